import Blobs
import Documents
import Files
import Foundation
import HTTPServing
import OCI
import PolicyTools
import Processes
import Registries
import RegistryService
import Rego
import Testing
import WaybillCore

@testable import PolicyService

@Suite struct ArtifactTests {
    static let files = [
        BundleFile(path: ".manifest", text: #"{"revision": "r1", "roots": ["shop"]}"#),
        BundleFile(path: "data.json", text: #"{"shop": {"x": 1}}"#),
        BundleFile(path: "shop/shop.rego", text: "package shop\n\nimport rego.v1\n\nallow := true\n"),
    ]
    static let token = "wb_test_token_of_some_length"

    /// Our own registry on a free port.
    func withRegistry(_ body: (String) async throws -> Void) async throws {
        let folder = try RunningServer.scratch()
        defer { try? Files.remove(folder) }
        let service = try RegistryService(
            blobs: try DiskBlobs(folder + "/store"), folder: folder + "/registry",
            tokens: TokenTable([(token: Self.token, identity: Identity("builder@shop.example"))]), anonymousPull: true)
        let server = try await HTTPServer.start(service.router(), name: "registry")
        do {
            try await body("127.0.0.1:\(server.port)")
        } catch {
            await server.stop(grace: .milliseconds(100))
            throw error
        }
        await server.stop(grace: .milliseconds(100))
    }

    static func roundTrip(_ host: String, token: String?) async throws {
        let address = try PolicyAddress(parsing: "oci://\(host)/policies/shop:1.0")
        let registry = try address.registry(credentials: token.map { .init(user: "builder", token: $0) })
        for form in PolicyArtifact.Form.allCases {
            let digest = try await PolicyArtifact.push(
                files, as: form, to: address.reference.repository, tag: "1.0", in: registry)
            let pulled = try await PolicyArtifact.pull("1.0", from: address.reference.repository, in: registry)
            #expect(pulled.digest == digest && pulled.form == form)
            // conftest knows no manifest.
            #expect(pulled.files == (form == .bundle ? files : Array(files.dropFirst())))
            let manifest = try await registry.image(digest.description, in: address.reference.repository)
            let types = manifest.layers.map(\.mediaType.rawValue)
            #expect(
                types
                    == (form == .bundle
                        ? ["application/vnd.oci.image.layer.v1.tar+gzip"]
                        : [
                            "application/vnd.cncf.openpolicyagent.data.layer.v1+json",
                            "application/vnd.cncf.openpolicyagent.policy.layer.v1+rego",
                        ]))
        }
    }

    @Test func `policies go to our registry and come back, in both forms`() async throws {
        try await withRegistry { host in try await Self.roundTrip(host, token: Self.token) }
    }

    @Test(.enabled(if: Files.exists("/usr/bin/docker-registry"), "docker-registry is not installed"))
    func `policies go to another registry and come back, in both forms`() async throws {
        let folder = try RunningServer.scratch()
        defer { try? Files.remove(folder) }
        let port = Int.random(in: 30000..<32000)
        try Files.write(
            Array(
                """
                version: 0.1
                log: {level: error}
                storage: {filesystem: {rootdirectory: "\(folder)/store"}}
                http: {addr: "127.0.0.1:\(port)"}

                """.utf8), to: folder + "/config.yml")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/docker-registry")
        process.arguments = ["serve", folder + "/config.yml"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let registry = try RegistryClient("http://127.0.0.1:\(port)")
        for _ in 0..<200 {
            if (try? await registry.hasBlob(.sha256(of: []), in: "a/b")) != nil { break }
            try await Task.sleep(for: .milliseconds(25))
        }
        try await Self.roundTrip("127.0.0.1:\(port)", token: nil)
    }

    @Test(arguments: ["../../etc/passwd", "/etc/passwd", "a/../../b", "", ".", "a\\b"])
    func `a title cannot lead out of the folder`(_ title: String) async throws {
        try await withRegistry { host in
            let registry = try RegistryClient(
                "http://\(host)", credentials: .init(user: "builder", token: Self.token))
            let configuration = Array("{}".utf8), content = Array("package x".utf8)
            let head = Descriptor(of: configuration, mediaType: PolicyArtifact.configurationType)
            let layer = Descriptor(
                of: content, mediaType: PolicyArtifact.policyLayerType,
                annotations: [PolicyArtifact.titleAnnotation: title])
            try await registry.push(blob: configuration, as: head.digest, to: "p/x")
            try await registry.push(blob: content, as: layer.digest, to: "p/x")
            try await registry.push(.image(Manifest(configuration: head, layers: [layer])), tag: "1", to: "p/x")
            let error = await #expect(throws: WaybillError.self) {
                try await PolicyArtifact.pull("1", from: "p/x", in: registry)
            }
            #expect(error?.code == .invalidInput)
        }
    }

    @Test func `what is no policy is not pulled`() async throws {
        try await withRegistry { host in
            let registry = try RegistryClient(
                "http://\(host)", credentials: .init(user: "builder", token: Self.token))
            var error = await #expect(throws: WaybillError.self) {
                try await PolicyArtifact.pull("none", from: "p/x", in: registry)
            }
            #expect(error?.code == .notFound)
            error = await #expect(throws: WaybillError.self) {
                try await PolicyArtifact.push([], as: .conftest, to: "p/x", tag: "1", in: registry)
            }
            #expect(error?.message == "there is no policy to push")
        }
    }

    @Test(arguments: ["shop", "oci://", "oci://registry.example", "oci://Registry/X", ""])
    func `an address needs a registry and a name`(_ text: String) {
        #expect(throws: WaybillError.self) { try PolicyAddress(parsing: text) }
    }

    @Test func `nothing is written through a link`() throws {
        let folder = try RunningServer.scratch()
        defer { try? Files.remove(folder) }
        try Files.makeFolder(folder + "/elsewhere")
        try Files.makeFolder(folder + "/policy")
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/policy/shop", withDestinationPath: folder + "/elsewhere")
        #expect(throws: WaybillError.self) { try FolderWriter.write(Self.files, to: folder + "/policy") }
        #expect(try Files.names(in: folder + "/elsewhere") == [])
    }

    @Test func `a bundle is polled from a registry too`() async throws {
        try await withRegistry { host in
            let registry = try RegistryClient("http://\(host)", credentials: .init(user: "builder", token: Self.token))
            try await PolicyArtifact.push(Self.files, as: .bundle, to: "policies/shop", tag: "1.0", in: registry)
            let store = try PolicyStore()
            let configuration = try PolicyServerConfiguration(
                parsing: Array(
                    """
                    services: {reg: {url: "http://\(host)", type: oci}}
                    bundles: {shop: {service: reg, resource: "policies/shop:1.0"}}
                    """.utf8), environment: [:], subject: "test")
            let plugins = try PolicyPlugins(configuration, store: store, host: .system(), console: { _ in })
            await plugins.start()
            #expect(plugins.status()["bundles"]?["shop"]?["active_revision"] == "r1")
            #expect(try store.snapshot.compiled.document(at: ["shop", "allow"], input: nil) == .bool(true))
            await plugins.stop()
        }
    }
}
