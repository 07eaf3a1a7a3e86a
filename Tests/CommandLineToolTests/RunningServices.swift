import Documents
import Files
import Foundation
import Processes
import Testing
import WaybillCore

/// `waybill up`, as the real program on a state folder of the test's own.
final class RunningServices {
    static let program =
        Bundle.main.executableURL.map { $0.deletingLastPathComponent().appendingPathComponent("waybill").path } ?? ""
    static var isBuilt: Bool { access(program, X_OK) == 0 }

    let process: Foundation.Process
    let addresses: Value

    /// Starts it and waits, for a bounded time, until it prints its addresses.
    init(state: String) async throws {
        process = Foundation.Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["up", "--state", state, "--output", "json"]
        let output = "\(state)-output"
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        process.standardOutput = FileHandle(forWritingAtPath: output)
        try process.run()
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            if let text = try? Files.text(output), text.hasSuffix("\n") {
                addresses = try JSONReader.value(from: Array(text.utf8))
                return
            }
            guard process.isRunning, ContinuousClock.now < deadline else {
                process.terminate()
                throw WaybillError(.failed, "the services did not start", subject: state)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Sends the signal and waits for the end.
    func end(_ signal: Int32) {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
    }

    static func processes(naming text: String) -> [String] {
        ((try? Files.names(in: "/proc")) ?? []).filter { Int($0) != nil }.compactMap { id in
            (try? Files.read("/proc/\(id)/cmdline")).map { String(decoding: $0, as: UTF8.self) }
        }.filter { $0.contains(text) }
    }
}
