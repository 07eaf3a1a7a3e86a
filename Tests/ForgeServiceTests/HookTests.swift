import Foundation
import GitRepositories
import Testing
import WaybillCore

@testable import ForgeService

struct HookTests {
    /// On a thread of its own, as the hook is a process of its own: it waits, and the answer is made by a task.
    private func run(
        _ answer: HookMessage.Answer?, environment: [String: String]? = nil
    ) async throws -> (status: Int32, words: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "wbh-\(UInt32.random(in: .min ... .max))"
        ).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let socket = try answer.map { answer in
            try HookSocket(in: folder) { bytes in
                let request = try? HookMessage.Request(parsing: bytes)
                return request?.ticket == "t1" ? answer : HookMessage.Answer(isAllowed: false, text: "unknown ticket")
            }
        }
        defer { socket?.stop() }
        let variables =
            environment ?? [
                HookMessage.socketVariable: socket?.path ?? "\(folder)/absent.sock", HookMessage.ticketVariable: "t1",
            ]
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var words = ""
                let status = ForgeService.runHook(input: Array("0 0 refs/heads/x\n".utf8), environment: variables) {
                    words += $0
                }
                continuation.resume(returning: (status, words))
            }
        }
    }

    @Test func `only a clear yes lets a push through`() async throws {
        #expect(try await run(.init(isAllowed: true, text: "fine")) == (0, "fine"))
        #expect(try await run(.init(isAllowed: false, text: "no")) == (1, "no"))
        let down = try await run(nil)
        #expect(down.status == 1 && down.words.contains("refused"))
        let around = try await run(.init(isAllowed: true), environment: [:])
        #expect(around.status == 1 && around.words.contains("did not come through the forge"))
    }

    @Test(arguments: ["", "allow", "yes\n", "ALLOW\n", "allow \n", "allowed\n", "\nallow\n"])
    func `an answer in another form is no yes`(_ text: String) {
        #expect(HookMessage.Answer(parsing: Array(text.utf8))?.isAllowed != true)
    }

    @Test func `what a hook sends is read back, and anything else is refused`() throws {
        let request = HookMessage.Request(ticket: "t", objectFolder: "/a", updates: [1, 2, 10])
        #expect(try HookMessage.Request(parsing: request.bytes) == request)
        for text in [
            "", "waybill-hook 2\nticket t\nobjects \n\n", "waybill-hook 1\nticket t\n",
            "waybill-hook 1\nticket t\nobjects /a\nmore\n\n",
        ] {
            #expect(throws: WaybillError.self) { try HookMessage.Request(parsing: Array(text.utf8)) }
        }
    }

    static let one = String(repeating: "1", count: 40), zero = String(repeating: "0", count: 40)

    @Test func `lines of a push are read exactly`() throws {
        let updates = try ReferenceUpdate.parse(Array("\(Self.zero) \(Self.one) refs/heads/a/b\n".utf8)[...])
        #expect(updates == [ReferenceUpdate(name: "refs/heads/a/b", old: nil, new: ObjectID(Self.one))])
    }

    @Test(arguments: [
        "", "\n", "\(one) \(one)\n", "\(one) \(one) main\n", "\(one) \(one) refs/heads/../x\n",
        "\(one) \(one) refs/heads/a b\n",
        "\(one)  refs/heads/x\n", "\(one) xyz refs/heads/x\n", "\(one) \(one) refs/heads/\u{7}x\n",
        "\(one) \(one) refs/heads/x.lock\n",
    ])
    func `a line with odd bytes refuses the push`(_ text: String) {
        #expect(throws: WaybillError.self) { try ReferenceUpdate.parse(Array(text.utf8)[...]) }
    }

    @Test func `a name that is not UTF-8 refuses the push`() {
        let line = Array("\(Self.one) \(Self.one) refs/heads/".utf8) + [0xFF, 0x0A]
        #expect(throws: WaybillError.self) { try ReferenceUpdate.parse(line[...]) }
    }
}
