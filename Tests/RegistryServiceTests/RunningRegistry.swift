import Blobs
import Files
import Foundation
import HTTPServing
import OCI
import Registries
import RegistryService
import WaybillCore

/// A registry on a free port of this machine with a folder of its own.
struct RunningRegistry {
    static let token = "wb_test_token_of_some_length"

    let server: HTTPServer
    let folder: String
    var address: String { "http://127.0.0.1:\(server.port)" }
    var host: String { "127.0.0.1:\(server.port)" }

    static func start(anonymousPull: Bool = true, folder: String? = nil, gate: ServeGate? = nil) async throws
        -> RunningRegistry
    {
        let folder = folder ?? NSTemporaryDirectory() + "/waybill-registry-\(UUID().uuidString)"
        let service = try RegistryService(
            blobs: try DiskBlobs(folder + "/store"), folder: folder + "/registry",
            tokens: TokenTable([(token: token, identity: Identity("builder@shop.example"))]),
            anonymousPull: anonymousPull,
            gate: gate)
        return RunningRegistry(server: try await HTTPServer.start(service.router(), name: "registry"), folder: folder)
    }

    /// Runs a test against a registry that is stopped and removed afterwards.
    static func with(
        anonymousPull: Bool = true, gate: ServeGate? = nil, _ body: (RunningRegistry) async throws -> Void
    ) async throws {
        let registry = try await start(anonymousPull: anonymousPull, gate: gate)
        do {
            try await body(registry)
        } catch {
            await registry.stop()
            throw error
        }
        await registry.stop()
    }

    func stop() async {
        await server.stop(grace: .milliseconds(200))
        try? FileManager.default.removeItem(atPath: folder)
    }

    func client(token: String? = Self.token) throws -> RegistryClient {
        try RegistryClient(address, credentials: token.map { RegistryClient.Credentials(user: "builder", token: $0) })
    }

    static func image(_ text: String = "papers") throws -> BuiltImage {
        var builder = ImageBuilder()
        builder.process.command = ["/bin/sh"]
        builder.addLayer([
            FileEntry(path: "etc/os-release", kind: .file, contents: Array("ID=test\n".utf8)),
            FileEntry(path: "etc/motd", kind: .file, contents: Array(text.utf8)),
        ])
        return try builder.build()
    }
}
