import Files
import Foundation
import Processes
import WaybillCore

/// The program as it was built, beside the tests, run as a process.
enum BuiltProgram {
    static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("waybill").path
    static let isThere = Files.exists(path)
    static let reason = "the program is not built beside the tests: swift build"

    static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("examples").path

    static func run(_ arguments: [String], in folder: String, timeout: Duration = .seconds(60)) async throws -> Outcome
    {
        try await ProcessRunner.run(
            Command(path, arguments, environment: ["HOME": folder], in: folder, timeout: timeout))
    }

    /// A new folder for one test.
    static func scratch() throws -> String {
        let folder = "/tmp/waybill-test-\(UInt64.random(in: .min ... .max))"
        try Files.makeFolder(folder, mode: 0o700)
        return folder
    }
}

/// What the whole road needs of a machine.
enum Machine {
    static let missing: [String] = {
        let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        var missing = ["buildah", "runc", "skopeo", "git", "ssh-keygen", "kubectl", "busybox"].filter { name in
            !folders.contains { Files.exists("\($0)/\(name)") }
        }
        if geteuid() != 0 { missing.append("the rights of root for pods") }
        if !Files.exists("/proc/self/ns/user") { missing.append("user namespaces") }
        if !BuiltProgram.isThere { missing.append("the built program") }
        return missing
    }()
}
