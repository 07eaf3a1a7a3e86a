import Foundation
import Processes
import Testing
import WaybillCore

struct RunningProcessTests {
    private func readAll(_ process: RunningProcess) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = try await process.read()
            guard !more.isEmpty else { return bytes }
            bytes += more
        }
    }

    @Test func `what is written flows through and the end is seen`() async throws {
        let process = try RunningProcess.start(Command("cat", timeout: .seconds(600)))
        let sent = [UInt8](repeating: 7, count: 1_000_000)
        async let received = readAll(process)
        try await process.write(sent)
        process.closeInput()
        #expect(try await received == sent)
        #expect(await process.wait() == .exited(0))
    }

    @Test func `writing to a program that has gone is an error and not the end of us`() async throws {
        let process = try RunningProcess.start(Command("true"))
        _ = await process.wait()
        await #expect(throws: WaybillError.self) { try await process.write([1, 2, 3]) }
        #expect(try await process.read().isEmpty)
    }

    @Test func `a program that makes no progress is ended`() async throws {
        let process = try RunningProcess.start(Command("sleep", ["600"], timeout: .seconds(1)))
        let error = await #expect(throws: WaybillError.self) { try await process.read() }
        #expect(error?.code == .timeout)
        #expect(await process.wait() == .signalled(SIGKILL))
    }

    @Test func `cancelling the task ends the program and its children`() async throws {
        let process = try RunningProcess.start(Command("sh", ["-c", "echo ready; sleep 600 & wait"]))
        #expect(try await process.read() == Array("ready\n".utf8))
        let reading = Task { try await process.read() }
        reading.cancel()
        #expect(try await reading.value.isEmpty)
        #expect(await process.wait() == .signalled(SIGKILL))
    }

    @Test func `the last words of a program are kept where asked for`() async throws {
        let process = try RunningProcess.start(Command("sh", ["-c", "echo no >&2; exit 3"]), errorOutput: .kept)
        #expect(await process.wait() == .exited(3))
        #expect(process.errorText == "no\n")
    }

    @Test func `a program that is not installed is told apart`() {
        let error = #expect(throws: WaybillError.self) { try RunningProcess.start(Command("/no/such/program")) }
        #expect(error?.code == .notFound)
    }
}
