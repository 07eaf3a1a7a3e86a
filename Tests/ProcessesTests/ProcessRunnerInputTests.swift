import Processes
import Testing
import WaybillCore

struct ProcessRunnerInputTests {
    @Test func `a program reads all of its input`() async throws {
        let bytes = [UInt8](repeating: 7, count: 300_000)
        #expect(try await ProcessRunner.output(of: Command("cat", input: bytes)).output == bytes)
    }

    @Test func `a program that leaves its input unread ends as it likes`() async throws {
        for _ in 0..<50 {
            let outcome = try await ProcessRunner.run(
                Command("sh", ["-c", "exit 3"], input: [UInt8](repeating: 7, count: 300_000)))
            #expect(outcome.exit == .exited(3))
        }
    }

    @Test func `cancelled programs are ended and nothing is left open`() async throws {
        for _ in 0..<20 {
            let task = Task { try await ProcessRunner.run(Command("sleep", ["30"], input: [1, 2, 3])) }
            await Task.yield()
            task.cancel()
            await #expect(throws: WaybillError.self) { try await task.value }
        }
    }
}
