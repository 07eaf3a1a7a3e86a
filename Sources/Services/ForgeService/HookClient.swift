import Foundation
import WaybillCore

extension ForgeService {
    /// Seconds that a hook waits for the forge's verdict.
    static let hookAnswerSeconds: Int32 = 120

    /// What `waybill hook pre-receive` does: asks the forge about the push that git describes on standard input.
    /// Returns the exit status: 0 allows the push; everything that is not a clear yes is 1.
    public static func runHook(
        input: [UInt8], environment: [String: String], say: (String) -> Void
    ) -> Int32 {
        do throws(WaybillError) {
            let answer = try ask(input, environment)
            if !answer.text.isEmpty { say(answer.text) }
            return answer.isAllowed ? 0 : 1
        } catch {
            say(Refusal.text(error))
            return 1
        }
    }

    /// The same with the process's own standard input, environment and standard error.
    public static func runHook() -> Int32 {
        var input: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while input.count <= HookMessage.bytesMax {
            let count = read(0, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            input += buffer[..<count]
        }
        return runHook(input: input, environment: ProcessInfo.processInfo.environment) { text in
            FileHandle.standardError.write(Data("\(text)\n".utf8))
        }
    }

    private static func ask(_ input: [UInt8], _ environment: [String: String]) throws(WaybillError) -> HookMessage.Answer {
        guard let path = environment[HookMessage.socketVariable], let ticket = environment[HookMessage.ticketVariable] else {
            throw WaybillError(
                .forbidden, "the push did not come through the forge", subject: "hook",
                remedy: "push to the forge's URL, not to the repository's folder")
        }
        guard input.count <= HookMessage.bytesMax / 2, !ticket.contains("\n") else {
            throw WaybillError(.limitExceeded, "too many references in one push", subject: "hook")
        }
        let request = HookMessage.Request(
            ticket: ticket, objectFolder: environment["GIT_OBJECT_DIRECTORY"] ?? "", updates: input)
        let descriptor = try LocalSocket.open(path) { connect($0, $1, $2) }
        defer { close(descriptor) }
        try LocalSocket.writeAll(descriptor, request.bytes, seconds: 10)
        shutdown(descriptor, Int32(SHUT_WR))
        let bytes = try LocalSocket.readAll(descriptor, bytesMax: HookMessage.bytesMax, seconds: hookAnswerSeconds)
        guard let answer = HookMessage.Answer(parsing: bytes) else {
            throw WaybillError(.corrupted, "the forge's answer is not understood", subject: "hook")
        }
        return answer
    }
}
