import Clusters
import Documents
import Files
import Foundation
import Kubernetes
import LocalCluster
import Processes
import Testing
import WaybillCore

@testable import CommandLineTool

/// Environments in a second cluster.
@Suite(.serialized, .enabled(if: RunningServices.isBuilt, "the product waybill is not built"))
struct OtherClustersTests {
    private let root = NSTemporaryDirectory() + "waybill-clusters-\(UInt32.random(in: .min ... .max))"
    private var state: StateFolder { StateFolder(root + "/state") }

    private func run(_ words: String...) async throws -> Outcome {
        try await BuiltProgram.run(words + ["--state", state.path], in: root)
    }

    private static let colours = ObjectKey(
        kind: ObjectKind(group: "", version: "v1", kind: "ConfigMap"), namespace: "far", name: "colours")

    @Test func `an environment is kept in the cluster that it names`() async throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try Files.makeFolder(root)
        let second = try await LocalCluster.start(
            LocalClusterConfiguration(folder: root + "/second", runsContainers: false))
        let there = try KubernetesClient(kubeconfig: second.kubeconfigPath)
        let result: Result<Void, any Error>
        do {
            try await walk(second, there)
            result = .success(())
        } catch { result = .failure(error) }
        await there.stop()
        await second.stop()
        try result.get()
    }

    private func walk(_ second: LocalCluster, _ there: KubernetesClient) async throws {
        try state.prepare()
        let token = try state.token(for: "author@shop.example")
        let services = try await RunningServices(state: state.path)
        defer { services.end(SIGTERM) }
        let author = try await Person.make("author", email: "author@shop.example", home: root + "/home", token: token)
        let folder = root + "/environments"
        try Files.write(Array(try author.allowedSigner().utf8), to: root + "/signers")
        let made = try await run("repository", "create", "environments", "--signers", root + "/signers")
        try #require(made.exit == .exited(0), "\(made.errorText)")
        try Files.makeFolder(folder + "/far")
        try await author.git("init", "-q", in: folder)
        try await author.git("remote", "add", "origin", made.line, in: folder)
        for (path, text) in [
            "waybill.yaml":
                "version: 1\nsource: { reviews: 0 }\nenvironments: [{ name: far, path: far, cluster: edge }]\n",
            "far/kustomization.yaml": "resources: [all.yaml]\n",
            "far/all.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: colours }\ndata: { sky: blue }\n",
        ] {
            try Files.write(Array(text.utf8), to: "\(folder)/\(path)")
        }
        try await author.git("add", "-A", in: folder)
        try await author.git("commit", "-q", "-S", "-m", "change", in: folder)
        try await author.git("push", "-q", "origin", "HEAD:main", in: folder)

        // Before the cluster is known the agent waits, and says for what.
        try await untilListed("no cluster is known by the name “edge”")
        let added = try await run("cluster", "add", "edge", "--kubeconfig", second.kubeconfigPath)
        #expect(added.line == "edge is \(second.address)", "\(added.errorText)")
        let file = "\(state.clusters)/edge.kubeconfig"
        #expect(FileStatus(of: file)?.mode == 0o600)
        try await untilListed("1 objects as the repository says")
        #expect(try await there.get(Self.colours)?["data", "sky"] == "blue")
        let here = try KubernetesClient(kubeconfig: state.kubeconfig)
        let found = try await here.get(Self.colours)
        await here.stop()
        #expect(found == nil)
        let diff = try await run("app", "diff", "far", "-e", "far")
        #expect(diff.exit == .exited(0), "\(diff.text)\(diff.errorText)")

        let list = try await run("cluster", "list", "--output", "json")
        #expect(try JSONReader.value(from: list.output)[Pointer(["0", "server"])]?.string == second.address)
        let used = try await run("cluster", "remove", "edge")
        #expect(used.exit == .exited(2) && used.errorText.contains("environments are kept there: far"))
        let forced = try await run("cluster", "remove", "edge", "--force")
        #expect(forced.exit == .exited(0) && !Files.exists(file), "\(forced.errorText)")
        // Nothing there was changed by that.
        #expect(try await there.get(Self.colours) != nil)
    }

    private func untilListed(_ text: String) async throws {
        let deadline = ContinuousClock.now + .seconds(40)
        var list = try await run("app", "list", "-e", "far")
        while !list.text.contains(text), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(200))
            list = try await run("app", "list", "-e", "far")
        }
        #expect(list.text.contains(text), "\(list.text)")
    }
}

/// The kubeconfigs of clusters in the state folder.
@Suite struct ClusterRegistryTests {
    private func withRegistry(_ body: (ClusterRegistry, _ folder: String) throws -> Void) throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        try body(ClusterRegistry(StateFolder(folder)), folder)
    }

    private func kubeconfig(user: String) -> [UInt8] {
        Array(
            """
            apiVersion: v1
            kind: Config
            current-context: other
            clusters: [{ name: a, cluster: { server: "https://10.0.0.1:6443/" } }]
            contexts:
              - { name: mine, context: { cluster: a, user: u, namespace: shop } }
              - { name: other, context: { cluster: missing } }
            users: [{ name: u, user: \(user) }]
            """.utf8)
    }

    @Test func `one context is kept whole, with paths that hold everywhere`() throws {
        try withRegistry { registry, folder in
            try Files.write(
                kubeconfig(user: "{ exec: { apiVersion: client.authentication.k8s.io/v1, command: bin/login } }"),
                to: folder + "/config")
            let entry = try registry.add(
                "edge", kubeconfig: folder + "/config", context: "mine", allowsPrograms: true)
            #expect(entry.server == "https://10.0.0.1:6443" && entry.allowsPrograms)
            let text = String(decoding: try registry.content("edge"), as: UTF8.self)
            #expect(text.contains("command: \(folder)/bin/login"), "\(text)")
            #expect(try registry.access("edge").namespace == "shop")
            #expect(try registry.names() == ["edge"])
            #expect(FileStatus(of: folder + "/clusters")?.mode == 0o700)
        }
    }

    @Test(
        arguments: [
            ("edge", nil, "clusters has no entry"), ("edge", "mine", "exec"), ("Edge", "mine", "is not a name"),
            ("../x", "mine", "is not a name"), ("local", "mine", "waybill up runs"),
        ] as [(String, String?, String)])
    func `what could not be used is not kept`(_ name: String, _ context: String?, _ reason: String) throws {
        try withRegistry { registry, folder in
            try Files.write(
                kubeconfig(user: "{ exec: { apiVersion: client.authentication.k8s.io/v1, command: login } }"),
                to: folder + "/config")
            let error = #expect(throws: WaybillError.self) {
                try registry.add(name, kubeconfig: folder + "/config", context: context, allowsPrograms: false)
            }
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
            #expect(try registry.names().isEmpty)
        }
    }

    @Test func `a kubeconfig that others can read is no way to a cluster`() throws {
        try withRegistry { registry, folder in
            try Files.write(kubeconfig(user: "{ token: abc }"), to: folder + "/config")
            _ = try registry.add("edge", kubeconfig: folder + "/config", context: "mine", allowsPrograms: false)
            let path = folder + "/clusters/edge.kubeconfig"
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            #expect(throws: WaybillError.self) { try registry.access("edge") }
            #expect(throws: WaybillError.self) { try registry.access("other") }
        }
    }
}
