import Files
import Foundation
import OCI
import Processes
import Registries
import Testing
import WaybillCore

/// Programs of others that sign and verify, as `scripts/setup` puts them.
enum OtherTools {
    static let folder =
        ProcessInfo.processInfo.environment["WAYBILL_TOOLS"]
        ?? (ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? "\(NSHomeDirectory())/.cache") + "/waybill/tools"
    static let registry = "/usr/bin/docker-registry"
    static let python = "\(folder)/python/bin/python"

    static func cosign(_ version: Int) -> String { "\(folder)/cosign-\(version)" }

    /// What a test needs and does not find; empty where all is there.
    static func missing(_ paths: [String]) -> [String] {
        ([BuiltProgram.path] + paths).filter { !FileManager.default.isExecutableFile(atPath: $0) }
    }

    static let missingCosign = missing([registry, cosign(2), cosign(3)])
    static let missingSkopeo = missing([registry, "/usr/bin/skopeo", "/usr/bin/gpg"])
    static let missingPython = missing([python])
    static let missingSystem = missing(["/usr/bin/openssl", "/usr/bin/ssh-keygen", "/usr/bin/git"])
}

/// A folder, our program, and an independent registry with one image.
final class SignatureWorkshop: Sendable {
    let folder: String
    static let environment = ["COSIGN_PASSWORD": "pw", "WAYBILL_KEY_PASSWORD": "pw"]

    init() throws { folder = try BuiltProgram.scratch() }

    func clean() { try? Files.remove(folder) }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func write(_ text: String, to name: String) throws { try Files.write(Array(text.utf8), to: path(name)) }

    /// Runs a program; what it must end with is the caller's to say.
    func run(_ program: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:])
        async throws
        -> Outcome
    {
        try await ProcessRunner.run(
            Command(
                program, arguments,
                environment: ["HOME": folder].merging(Self.environment) { $1 }.merging(environment) { $1 }, in: folder,
                input: input, timeout: .seconds(120)))
    }

    /// Runs our program.
    func waybill(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
        try await run(BuiltProgram.path, arguments, environment: environment)
    }

    /// Runs something that must succeed.
    @discardableResult
    func succeed(_ program: String, _ arguments: [String], input: [UInt8] = []) async throws -> Outcome {
        let outcome = try await run(program, arguments, input: input)
        try #require(
            outcome.isSuccess, "\(program) \(arguments.joined(separator: " ")): \(outcome.errorText)\(outcome.text)")
        return outcome
    }

    @discardableResult
    func ours(_ arguments: String...) async throws -> Outcome { try await succeed(BuiltProgram.path, arguments) }

    /// Runs the body beside Debian's registry, with the name of an image in it.
    func withRegistry(_ body: (_ host: String, _ image: String, _ digest: WaybillCore.Digest) async throws -> Void)
        async throws
    {
        for _ in 0..<20 {
            let port = Int.random(in: 20_000..<60_000)
            try write(
                """
                version: 0.1
                log: {level: error}
                storage: {filesystem: {rootdirectory: \(path("registry"))}}
                http: {addr: 127.0.0.1:\(port)}
                """, to: "registry.yml")
            let process = Process()
            process.executableURL = URL(filePath: OtherTools.registry)
            process.arguments = ["serve", path("registry.yml")]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            defer {
                process.terminate()
                process.waitUntilExit()
            }
            let host = "127.0.0.1:\(port)"
            let client = try RegistryClient("http://\(host)")
            // The port may be somebody else's; then the process has ended.
            guard let digest = try await Self.push(client, while: process) else { continue }
            try await body(host, "\(host)/shop/cart@\(digest)", digest)
            return
        }
        Issue.record("no port is free for a registry")
    }

    private static func push(_ client: RegistryClient, while process: Process) async throws -> WaybillCore.Digest? {
        let configuration = Array(
            #"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#.utf8)
        let descriptor = Descriptor(of: configuration, mediaType: .imageConfiguration)
        let manifest = Manifest(configuration: descriptor, layers: [])
        for _ in 0..<100 where process.isRunning {
            do {
                try await client.push(blob: configuration, as: descriptor.digest, to: "shop/cart")
                try await client.push(.image(manifest), tag: "1.4", to: "shop/cart")
                return manifest.digest
            } catch {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        return nil
    }
}
