import Crypto
import Foundation
import Testing
import WaybillCore

@testable import Secrets

@Suite struct AgeTests {
    private func identity() throws -> AgeIdentity {
        let key = Bech32.encode(prefix: "age-secret-key-", (0..<32).map { _ in UInt8.random(in: 0...255) })
        return try #require(AgeIdentity(key.uppercased()))
    }

    @Test func `what Bech32 writes it reads, and one wrong letter is noticed`() throws {
        let bytes = (0..<32).map { UInt8($0) }
        let text = Bech32.encode(prefix: "age", bytes)
        #expect(text.hasPrefix("age1"))
        let read = try #require(Bech32.decode(text))
        #expect(read.prefix == "age" && read.bytes == bytes)
        for index in text.indices.dropFirst(4) {
            var changed = text
            changed.replaceSubrange(index...index, with: text[index] == "q" ? "p" : "q")
            #expect(Bech32.decode(changed) == nil)
        }
        #expect(Bech32.decode("Age1qqqqqq") == nil)
        #expect(Bech32.decode("") == nil)
        #expect(Bech32.decode("1") == nil)
    }

    @Test(arguments: [0, 1, 65535, 65536, 65537, 200_000])
    func `a file is opened whatever its length`(_ count: Int) throws {
        let identity = try identity()
        let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let sealed = try AgeWriter.bytes(plain, for: identity.key.publicKey)
        #expect(try AgeFile(sealed).decrypted(with: [try self.identity(), identity]) == plain)
    }

    @Test func `a file for somebody else, cut off or changed is refused`() throws {
        let identity = try identity()
        let sealed = try AgeWriter.bytes(Array(repeating: 7, count: 70_000), for: identity.key.publicKey)
        #expect(throws: AgeFile.Failure("none of the keys fits")) {
            try AgeFile(sealed).decrypted(with: [try self.identity()])
        }
        for end in [sealed.count - 1, sealed.count - 5000, sealed.count / 2, 100, 10, 0] {
            #expect(throws: AgeFile.Failure.self) {
                try AgeFile(Array(sealed[..<end])).decrypted(with: [identity])
            }
        }
        for place in stride(from: 0, to: sealed.count, by: 997) {
            var changed = sealed
            changed[place] ^= 1
            #expect(throws: AgeFile.Failure.self) { try AgeFile(changed).decrypted(with: [identity]) }
        }
    }

    @Test func `a file of keys is read line by line, and what is no key is not shown`() throws {
        let first = try identity(), second = try identity()
        func text(_ identity: AgeIdentity) -> String {
            Bech32.encode(prefix: "age-secret-key-", Array(identity.key.rawRepresentation)).uppercased()
        }
        let file = "# created: today\n\(text(first))\r\n\n\(text(second))\n"
        let read = try AgeIdentity.identities(in: Array(file.utf8), file: "keys.txt")
        #expect(read.map(\.recipient) == [first.recipient, second.recipient])
        do {
            _ = try AgeIdentity.identities(in: Array("\(text(first).dropLast())X\n".utf8), file: "keys.txt")
            Issue.record("a broken key was taken")
        } catch {
            #expect(error.subject.hasPrefix("keys.txt:1"))
            #expect(!"\(error)".contains("AGE-SECRET-KEY-1Q") && !error.message.contains(text(first).dropLast(4)))
        }
        #expect(throws: WaybillError.self) { try AgeIdentity.identities(in: [], file: "keys.txt") }
    }

    private static let age = "/usr/bin/age"

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: age), "needs the program age"))
    func `what the program age seals is opened`() throws {
        let identity = try identity()
        for arguments in [["-r", identity.recipient], ["-a", "-r", identity.recipient]] {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Self.age)
            process.arguments = arguments
            let input = Pipe(), output = Pipe()
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            input.fileHandleForWriting.write(Data("for your eyes only".utf8))
            try input.fileHandleForWriting.close()
            let sealed = try #require(try output.fileHandleForReading.readToEnd())
            process.waitUntilExit()
            #expect(try AgeFile(Array(sealed)).decrypted(with: [identity]) == Array("for your eyes only".utf8))
        }
    }
}
