import Blobs
import Clusters
import Delivery
import Documents
import Files
import Foundation
import HTTPServing
import Kubernetes
import Ledger
import OCI
import Processes
import Registries
import RegistryService
import Testing
import WaybillCore

@testable import CommandLineTool

/// Releases and applications on running services: what the commands say, and what happens by itself.
@Suite(.serialized, .enabled(if: RunningServices.isBuilt, "the product waybill is not built"))
struct DeliveryRoadTests {
    private let root = NSTemporaryDirectory() + "waybill-road-\(UInt32.random(in: .min ... .max))"
    /// The services may run as another user than the test.
    private var gitSettings: [String: String] {
        [
            "HOME": root, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
        ]
    }
    private var state: StateFolder { StateFolder(root + "/state") }

    private func run(_ words: String...) async throws -> Outcome {
        try await BuiltProgram.run(words + ["--state", state.path], in: root)
    }

    /// A hosted repository with these files on `main`. Returns the commit.
    private func push(
        _ name: String, _ files: [String: String], by author: Person, create signers: String?
    ) async throws -> String {
        let folder = "\(root)/\(name)"
        if let signers {
            try Files.write(Array(signers.utf8), to: root + "/signers")
            let made = try await run("repository", "create", name, "--signers", root + "/signers")
            try #require(made.exit == .exited(0), "\(made.errorText)")
            try Files.makeFolder(folder)
            try await author.git("init", "-q", in: folder)
            try await author.git("remote", "add", "origin", made.line, in: folder)
        }
        for (path, text) in files {
            try Files.makeFolder("\(folder)/\(path.split(separator: "/").dropLast().joined(separator: "/"))")
            try Files.write(Array(text.utf8), to: "\(folder)/\(path)")
        }
        try await author.git("add", "-A", in: folder)
        try await author.git("commit", "-q", "-S", "-m", "change", in: folder)
        try await author.git("push", "-q", "origin", "HEAD:main", in: folder)
        return try await author.git("rev-parse", "HEAD", in: folder).line
    }

    /// As the pipeline says that a commit's image passed every gate.
    private func pass(_ commit: String, image: Digest, in ledger: SQLiteLedger) async throws {
        try await ledger.record(
            Event(
                moment: Platform.now(), actor: "pipeline", action: "pipeline.finished", subject: "gitCommit:\(commit)",
                verdict: "allow", message: "passed",
                detail: [
                    "repository": "shop", "commit": .string(commit), "image": .string(image.description),
                    "reference": .string("shop@\(image)"),
                ]))
    }

    /// What the environment's `main` says of the project, once its newest commit names the image; nil after a while.
    private func promoted(_ image: Digest, within limit: Duration = .seconds(40)) async throws -> String? {
        let deadline = ContinuousClock.now + limit
        let folder = "\(state.repositories)/repositories/environments.git"
        while ContinuousClock.now < deadline {
            let shown = try await ProcessRunner.run(
                Command(
                    "git", ["show", "main:staging/shop/kustomization.yaml"], environment: gitSettings, in: folder))
            if shown.text.contains(image.hex) {
                return try await ProcessRunner.output(
                    of: Command(
                        "git", ["log", "-1", "--format=%ce %s", "main"], environment: gitSettings, in: folder)
                ).line
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }

    @Test func `a release comes by itself, a hold and a stop keep it away, and the commands say so`() async throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try Files.makeFolder(root)
        try state.prepare()
        let other = try await startRegistry()
        let result: Result<Void, any Error>
        do {
            try await walk(other)
            result = .success(())
        } catch { result = .failure(error) }
        await other.stop(grace: .milliseconds(100))
        try result.get()
    }

    private func walk(_ other: HTTPServer) async throws {
        let token = try state.token(for: "author@shop.example")
        let services = try await RunningServices(state: state.path)
        defer { services.end(SIGTERM) }
        let author = try await Person.make("author", email: "author@shop.example", home: root + "/home", token: token)
        let line = try await run("env", "signer")
        try #require(line.exit == .exited(0), "\(line.errorText)")
        #expect(line.line.hasPrefix("promoter@waybill.local namespaces=\"git\" ssh-ed25519 "))
        let signers = try author.allowedSigner() + line.line + "\n"

        let commit = try await push(
            "shop",
            [
                "waybill.yaml":
                    "version: 1\nname: shop\nowner: author@shop.example\nsource: { reviews: 0 }\nposture: { manifests: [deploy] }\nenvironments: [{ name: staging, repository: environments, path: staging/shop }]\n",
                "deploy/kustomization.yaml": "resources: [deployment.yaml]\n",
                "deploy/deployment.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: shop }\nspec:\n  selector: { matchLabels: { app: shop } }\n  template:\n    metadata: { labels: { app: shop } }\n    spec: { containers: [{ name: web, image: shop }] }\n",
            ], by: author, create: signers)
        let newest = try await pushTags(other)
        _ = try await push(
            "environments",
            [
                "waybill.yaml":
                    "version: 1\nsource: { reviews: 0 }\nenvironments:\n  - { name: staging, path: staging, promotion: { auto: true } }\n  - { name: settings, path: settings, drift: refuse }\n  - { name: followed, path: followed, follow: [{ image: proxy, repository: \"127.0.0.1:\(other.port)/proxy\", semver: ^1.2 }] }\n  - { name: limited, path: limited, applications: [{ name: colours, path: limited/colours, service-account: deployer }] }\n",
                "followed/kustomization.yaml": "configMapGenerator: [{ name: a, literals: [a=b] }]\n",
                "limited/colours/kustomization.yaml":
                    "configMapGenerator: [{ name: colours, literals: [sky=blue], options: { disableNameSuffixHash: true } }]\n",
                "settings/kustomization.yaml": "resources: [all.yaml]\n",
                "settings/all.yaml":
                    "apiVersion: v1\nkind: Namespace\nmetadata: { name: settings }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: colours }\ndata: { sky: blue }\n",
                "staging/kustomization.yaml": "resources: [namespace.yaml]\n",
                "staging/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: { name: staging }\n",
            ], by: author, create: signers)
        let ledger = try SQLiteLedger(path: state.ledger)

        // By itself.
        let first = Digest.sha256(of: "first".utf8)
        try await pass(commit, image: first, in: ledger)
        let head = try #require(try await promoted(first))
        #expect(head.hasPrefix("promoter@waybill.local Promote shop "))
        let list = try await run("release", "list", "shop")
        #expect(list.exit == .exited(0) && list.text.contains(String(commit.prefix(10))), "\(list.text)")
        let board = try await run("env", "board", "shop", "--output", "json")
        #expect(board.exit == .exited(0))
        #expect(try JSONReader.value(from: board.output)[Pointer(["0", "environment"])] == "staging")

        // A hold keeps the next one away.
        let person = ["--as", author.email, "--key", author.keyPath]
        let hold = try await BuiltProgram.run(
            ["release", "hold", "shop", "-e", "staging", "--reason", "sale", "--state", state.path] + person, in: root)
        #expect(hold.exit == .exited(0) && hold.line == "author@shop.example holds staging", "\(hold.errorText)")
        let second = Digest.sha256(of: "second".utf8)
        try await pass(commit, image: second, in: ledger)
        let closed = try await run("release", "gates", "shop", "--to", "staging")
        #expect(closed.exit == .exited(1))
        #expect(closed.text.contains("author@shop.example holds staging: sale"), "\(closed.text)")
        #expect(try await promoted(second, within: .seconds(4)) == nil)
        let resume = try await BuiltProgram.run(
            ["release", "resume", "shop", "-e", "staging", "--state", state.path] + person, in: root)
        #expect(resume.exit == .exited(0))
        #expect(try await promoted(second) != nil)

        try await lookAtSettings()
        try await lookAtFollowed(newest)
        try await lookAtLimited()

        // The agent refuses what has no papers, and says so.
        let applications = try await run("app", "list", "-e", "staging")
        #expect(applications.exit == .exited(1))
        #expect(applications.text.hasPrefix("staging  staging  refused"), "\(applications.text)")
        let shown = try await run("app", "show", "staging", "-e", "staging")
        #expect(shown.exit == .exited(1) && shown.text.contains("refused   "), "\(shown.text)")
        for words in [["app", "show", "shpo", "-e", "staging"], ["release", "gates", "shop", "--to", "stagin"]] {
            let wrong = try await BuiltProgram.run(words + ["--state", state.path], in: root)
            #expect(wrong.exit == .exited(2) && wrong.errorText.hasPrefix("error: "), "\(wrong.errorText)")
        }
        let suspended = try await run("app", "suspend", "staging", "-e", "staging", "--reason", "incident 7")
        #expect(suspended.exit == .exited(0), "\(suspended.errorText)")
        let stop = try await BuiltProgram.run(["release", "stop", "shop", "--state", state.path] + person, in: root)
        #expect(stop.exit == .exited(0) && stop.line.hasSuffix(" is stopped"), "\(stop.errorText)")
        let gates = try await run("release", "gates", "shop", "--to", "staging", "--output", "json")
        #expect(gates.exit == .exited(1))
        #expect(try JSONReader.value(from: gates.output)[Pointer(["0", "open"])] == false)
        let events = try await ledger.events(about: "environment:staging", limit: 200)
        #expect(events.contains { $0.action == "release.promoted" && $0.verdict == "allow" })
    }

    /// A registry of somebody else's, which serves without asking for papers.
    private func startRegistry() async throws -> HTTPServer {
        let service = try RegistryService(
            blobs: try DiskBlobs(root + "/other/store"), folder: root + "/other/registry",
            tokens: TokenTable([(token: "wb_test_token_of_some_length", identity: Identity("pusher"))]),
            anonymousPull: true)
        return try await HTTPServer.start(service.router(), name: "registry")
    }

    /// Three tags of an image. Returns the digest of the one that is followed.
    private func pushTags(_ server: HTTPServer) async throws -> Digest {
        let registry = try RegistryClient(
            "http://127.0.0.1:\(server.port)",
            credentials: .init(user: "pusher", token: "wb_test_token_of_some_length"))
        var newest: Digest?
        for tag in ["1.2.0", "1.10.0", "2.0.0"] {
            var builder = ImageBuilder()
            builder.process.command = ["/\(tag)"]
            let digest = try await registry.push(try builder.build(), tag: tag, to: "proxy")
            if tag == "1.10.0" { newest = digest }
        }
        return try #require(newest)
    }

    /// The newest tag of a range became a commit of the machine's own.
    private func lookAtFollowed(_ newest: Digest) async throws {
        let folder = "\(state.repositories)/repositories/environments.git"
        let deadline = ContinuousClock.now + .seconds(30)
        var text = ""
        while !text.contains(newest.hex), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(100))
            text = try await ProcessRunner.run(
                Command(
                    "git", ["show", "main:followed/kustomization.yaml"], environment: gitSettings, in: folder)
            ).text
        }
        #expect(text.contains("digest: \(newest)"), "\(text)")
        let log = try await ProcessRunner.output(
            of: Command(
                "git", ["log", "--format=%ce %s", "main", "--", "followed"], environment: gitSettings, in: folder))
        #expect(log.text.hasPrefix("promoter@waybill.local Follow proxy 1.10.0 in followed\n"), "\(log.text)")
    }

    /// An application in the name of a service account has that account's rights and no others.
    private func lookAtLimited() async throws {
        let before = try await untilListed("limited") { $0.contains("deployer") }
        #expect(before.contains("system:serviceaccount:limited:deployer"), "\(before)")
        #expect(before.contains("forbidden") || before.contains("cannot"), "\(before)")
        let client = try KubernetesClient(kubeconfig: state.kubeconfig)
        let result: Result<Void, any Error>
        do {
            for object: Value in [
                [
                    "apiVersion": "v1", "kind": "ServiceAccount",
                    "metadata": ["name": "deployer", "namespace": "limited"],
                ],
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                    "metadata": ["name": "deployer"],
                    "roleRef": [
                        "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin",
                    ],
                    "subjects": [["kind": "ServiceAccount", "name": "deployer", "namespace": "limited"]],
                ],
            ] {
                if object["kind"] == "ServiceAccount" {
                    try await client.apply(
                        Resource(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "limited"]]),
                        fieldManager: "test", force: true, dryRun: false)
                }
                try await client.apply(Resource(object), fieldManager: "test", force: true, dryRun: false)
            }
            result = .success(())
        } catch { result = .failure(error) }
        await client.stop()
        try result.get()
        let after = try await untilListed("limited") { $0.contains("synced") }
        #expect(after.contains("1 objects as the repository says"), "\(after)")
    }

    private func untilListed(_ environment: String, _ isReached: (String) -> Bool) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(40)
        var text = ""
        while ContinuousClock.now < deadline {
            text = try await run("app", "list", "-e", environment).text
            if isReached(text) { return text }
            try await Task.sleep(for: .milliseconds(200))
        }
        return text
    }

    /// An environment that is as its repository says, and takes no changes by hand.
    private func lookAtSettings() async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        var list = try await run("app", "list", "-e", "settings")
        while list.exit != .exited(0) || list.text.isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(200))
            list = try await run("app", "list", "-e", "settings")
        }
        #expect(list.text.hasPrefix("settings  settings  synced"), "\(list.text)")
        #expect(list.text.hasSuffix("2 objects as the repository says\n"), "\(list.text)")
        let diff = try await run("app", "diff", "settings", "-e", "settings")
        #expect(diff.exit == .exited(0), "\(diff.text)\(diff.errorText)")
        let history = try await run("app", "history", "settings", "-e", "settings")
        #expect(history.exit == .exited(0), "\(history.text)")
        #expect(history.text.contains("  healthy  2 objects as the repository says"), "\(history.text)")
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/kubectl") else { return }
        let edit = try await ProcessRunner.run(
            Command(
                "kubectl",
                [
                    "--kubeconfig", state.kubeconfig, "-n", "settings", "patch", "configmap", "colours", "--type=merge",
                    "-p", #"{"data":{"sky":"grey"}}"#,
                ], environment: ["HOME": root]))
        #expect(!edit.isSuccess)
        #expect(
            edit.errorText.contains("data.sky belongs to the environment settings, which refuses changes by hand"),
            "\(edit.errorText)")
    }
}
