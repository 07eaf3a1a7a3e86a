import Attestations
import Testing
import WaybillCore

@testable import Trust

struct AllowedSignersTests {
    static let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPmxeXWWJaDNVXh2mMJxBfwjPFWPDHn5EgwnzZ4jOJ1"

    func read(_ text: String) throws -> AllowedSigners { try AllowedSigners(parsing: Array(text.utf8)) }

    @Test func `lines, options, comments and quotes are read as OpenSSH reads them`() throws {
        let signers = try read(
            """
            # people
            a@x.example,*@y.example \(Self.key) Ann's key

              "b b@x.example" namespaces="git,way*",valid-after="20260101",valid-before="202612312359Z" \(Self.key)\r
            """)
        #expect(signers.entries.map(\.line) == [2, 4])
        #expect(signers.entries[0].principals.patterns == ["a@x.example", "*@y.example"])
        #expect(signers.entries[0].comment == "Ann's key")
        #expect(signers.entries[1].principals.patterns == ["b b@x.example"])
        #expect(signers.entries[1].validAfter?.description == "2026-01-01T00:00:00Z")
        #expect(signers.entries[1].validBefore?.description == "2026-12-31T23:59:00Z")
        #expect(
            signers.entries[1].serves("waybill") && signers.entries[1].serves("git")
                && !signers.entries[1].serves("file"))
    }

    struct Bad: Sendable {
        var text: String
        var line: Int
        var code: WaybillError.Code = .invalidInput
    }

    @Test(arguments: [
        Bad(text: "a@x", line: 1), Bad(text: "\na@x ssh-ed25519", line: 2), Bad(text: "a@x ssh-ed25519 AAAA", line: 1),
        Bad(text: "\(key)", line: 1), Bad(text: "a@x cert-authority \(key)", line: 1, code: .unsupported),
        Bad(text: "a@x CERT-AUTHORITY,namespaces=\"git\" \(key)", line: 1, code: .unsupported),
        Bad(text: "a@x namespace=\"git\" \(key)", line: 1), Bad(text: "a@x namespaces=git \(key)", line: 1),
        Bad(text: "a@x namespaces=\"\" \(key)", line: 1),
        Bad(text: "a@x namespaces=\"git\",namespaces=\"x\" \(key)", line: 1),
        Bad(text: "a@x valid-before=\"20261301\" \(key)", line: 1),
        Bad(text: "a@x valid-before=\"tomorrow\" \(key)", line: 1),
        Bad(text: "a@x valid-after=\"20270101\",valid-before=\"20260101\" \(key)", line: 1),
        Bad(text: "\"a@x \(key)", line: 1),
        Bad(text: ", \(key)", line: 1),
        Bad(
            text: "a@x sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t", line: 1, code: .unsupported
        ),
    ])
    func `a line that is not understood is an error that says where`(_ example: Bad) throws {
        let error = #expect(throws: WaybillError.self) { try read(example.text) }
        #expect(error?.code == example.code)
        #expect(error?.subject == "allowed_signers:\(example.line)")
    }

    @Test func `a key is valid from its first to its last moment`() throws {
        let signers = try read("a@x valid-after=\"20260101\",valid-before=\"20260201\" \(Self.key)")
        let key = try PublicKey(openSSH: Self.key)
        let start = try #require(Timestamp("2026-01-01T00:00:00Z")),
            end = try #require(Timestamp("2026-02-01T00:00:00Z"))
        #expect(signers.principals(of: key, namespace: "git", at: start) == ["a@x"])
        #expect(signers.principals(of: key, namespace: "git", at: end) == ["a@x"])
        #expect(
            signers.standing(of: key, namespace: "git", at: Timestamp(seconds: start.seconds - 1))
                == .notYetValid(start))
        #expect(signers.standing(of: key, namespace: "git", at: Timestamp(seconds: end.seconds + 1)) == .expired(end))
    }

    @Test(arguments: [
        ("a@x", "a@x", true), ("*", "", true), ("*@x", "me@x", true), ("*@x", "me@x.y", false), ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false), ("*@x,!bad@x", "bad@x", false),
        ("!bad@x,*@x", "good@x", true),
        ("!bad@x", "good@x", false), ("A@x", "a@x", false), ("", "a", false),
    ])
    func `patterns match as in OpenSSH`(_ pattern: String, _ text: String, _ expected: Bool) {
        #expect(PatternList(commaSeparated: pattern).matches(text) == expected)
    }

    @Test func `a pattern of many stars ends in time`() {
        let pattern = String(repeating: "*a", count: 2000) + "b"
        #expect(!PatternList([pattern]).matches(String(repeating: "a", count: 4000)))
    }

    @Test func `revoked keys are read as keys and as fingerprints, and a binary list is refused`() throws {
        let key = try PublicKey(openSSH: Self.key)
        #expect(try RevokedKeys(parsing: Array("# gone\n\(Self.key) old laptop\n".utf8)).contains(key))
        #expect(try RevokedKeys(parsing: Array("\(key.sshFingerprint) lost\n".utf8)).contains(key))
        #expect(try !RevokedKeys(parsing: []).contains(key))
        let openPGP = try RevokedKeys(
            parsing: Array("ab:CD".utf8) + Array(repeating: UInt8(ascii: "0"), count: 36) + Array(" lost\n".utf8))
        #expect(openPGP.contains("ABCD" + String(repeating: "0", count: 36)))
        #expect(throws: WaybillError.self) { try RevokedKeys(parsing: Array("SSHKRL\n\u{0}".utf8)) }
        #expect(throws: WaybillError.self) { try RevokedKeys(parsing: Array("SHA256:short\n".utf8)) }
    }
}
