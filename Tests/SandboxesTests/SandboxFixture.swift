import Files
import Foundation
import WaybillCore

@testable import Sandboxes

/// A folder with a base image and a sandbox; removed when the test lets go of it.
final class SandboxFixture {
    let folder: String
    let base: LocalImage
    let sandbox: BuildahSandbox
    private var builds = 0

    static let missing = ["buildah", "skopeo", "runc", "busybox"].filter { name in
        !["/usr/bin", "/usr/sbin", "/bin"].contains { Files.exists("\($0)/\(name)") }
    }

    init() async throws {
        folder = "/tmp/waybill-sandbox-\(UInt64.random(in: .min ... .max))"
        try Files.makeFolder(folder, mode: 0o700)
        base = try await BaseImage.makeBusybox(in: "\(folder)/base")
        sandbox = try await BuildahSandbox(stateFolder: "\(folder)/state", now: { 1_000 })
    }

    deinit { try? Files.remove(folder) }

    func build(
        _ containerfile: String, files: [String: String] = [:], arguments: [String: String] = [:],
        limits: ResourceLimits = .standard, secrets: [String] = []
    ) async throws -> BuildOutcome {
        builds += 1
        let context = "\(folder)/context-\(builds)"
        try Files.makeFolder(context)
        try Files.write(Array(containerfile.utf8), to: "\(context)/Containerfile")
        for (name, text) in files { try Files.write(Array(text.utf8), to: "\(context)/\(name)") }
        return try await sandbox.build(
            BuildRequest(
                context: context, arguments: arguments,
                baseImages: [BaseImageSource(name: "waybill.local/busybox:1", image: base)], limits: limits,
                output: "\(folder)/image-\(builds)", secrets: secrets))
    }

    /// What is left of builds: folders, processes with the marker in their command line, control groups.
    func leftovers(marker: String) throws -> [String] {
        var found = try Files.names(in: "\(folder)/state/builds")
        for process in try Files.names(in: "/proc") where Int(process) != nil {
            let line = (try? Files.read("/proc/\(process)/cmdline")) ?? []
            if String(decoding: line, as: UTF8.self).contains(marker), Int32(process) != getpid() {
                found.append(process)
            }
        }
        return found
    }
}
