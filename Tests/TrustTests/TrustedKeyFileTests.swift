import Attestations
import Crypto
import Documents
import Testing
import Trust
import WaybillCore

struct TrustedKeyFileTests {
    static let first = Curve25519.Signing.PrivateKey()
    static let second = Curve25519.Signing.PrivateKey()

    static func key(_ secret: Curve25519.Signing.PrivateKey) throws -> PublicKey {
        try #require(PublicKey(ed25519: Array(secret.publicKey.rawRepresentation)))
    }

    static func envelope(_ secrets: [Curve25519.Signing.PrivateKey]) throws -> Envelope {
        let statement = Statement(
            subjects: [.init(name: "n", digest: ["sha256": "00"])], predicateType: PredicateType.testResult,
            predicate: ["result": "PASSED"])
        let message = Envelope.preAuthenticationEncoding(payloadType: Statement.payloadType, payload: statement.bytes)
        return Envelope(
            payloadType: Statement.payloadType, payload: statement.bytes,
            signatures: try secrets.map { .init(keyID: "", bytes: Array(try $0.signature(for: message))) })
    }

    static func entry(_ secret: Curve25519.Signing.PrivateKey, _ name: String, _ more: String = "") throws -> String {
        let pem = try key(secret).pem.split(separator: "\n").map { "      \($0)" }.joined(separator: "\n")
        return "  - name: \(name)\n    key: |\n\(pem)\n\(more)"
    }

    static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    @Test func `while two keys overlap both count, and afterwards the new one alone`() throws {
        let text = """
            keys:
            \(try Self.entry(Self.first, "builder", "    validBefore: 2026-06-30T00:00:00Z"))
            \(try Self.entry(Self.second, "builder", "    validAfter: 2026-06-01T00:00:00Z"))
            """
        let verifier = EnvelopeVerifier(keys: try TrustedKeyFile(parsing: Array(text.utf8)).keys)
        let old = try Self.envelope([Self.first])
        let new = try Self.envelope([Self.second])
        let cases: [(String, Bool, Bool)] = [
            ("2026-05-15T00:00:00Z", true, false), ("2026-06-15T00:00:00Z", true, true),
            ("2026-07-15T00:00:00Z", false, true),
        ]
        for (moment, oldCounts, newCounts) in cases {
            let moment = try Self.time(moment)
            #expect(((try? verifier.verify(old, at: moment).get()) != nil) == oldCounts)
            #expect(((try? verifier.verify(new, at: moment).get()) != nil) == newCounts)
        }
    }

    @Test func `a revoked key counts only where the signature is known to be older`() throws {
        let text = "keys:\n\(try Self.entry(Self.first, "builder", "    revoked: 2026-06-30T12:00:00Z"))"
        let verifier = EnvelopeVerifier(keys: try TrustedKeyFile(parsing: Array(text.utf8)).keys)
        let envelope = try Self.envelope([Self.first])
        let revoked = try Self.time("2026-06-30T12:00:00Z")
        #expect((try? verifier.verify(envelope, at: Timestamp(seconds: revoked.seconds - 1)).get()) != nil)
        #expect(verifier.verify(envelope, at: revoked) == .failure(.keyRevoked("builder", revoked)))
    }

    @Test func `two keys of one person are one person, and one key under two names is one key`() throws {
        let envelope = try Self.envelope([Self.first, Self.second])
        let one = try Self.key(Self.first)
        let two = try Self.key(Self.second)
        func signers(_ keys: [TrustedKey]) throws -> EnvelopeFailure? {
            switch EnvelopeVerifier(keys: keys, threshold: 2).verify(envelope, at: Timestamp(seconds: 0)) {
            case .success: nil
            case .failure(let failure): failure
            }
        }
        #expect(try signers([TrustedKey(one, name: "ann"), TrustedKey(two, name: "ben")]) == nil)
        #expect(
            try signers([TrustedKey(one, name: "ann"), TrustedKey(two, name: "ann")])
                == .threshold(signed: 1, needed: 2))
        #expect(
            try signers([TrustedKey(one, name: "ann"), TrustedKey(one, name: "ben")])
                == .threshold(signed: 1, needed: 2))
    }

    @Test(arguments: [
        "keys: []", "key: []", "keys:\n  - name: a", "keys:\n  - {name: a, key: nothing}",
        "keys:\n  - {name: a, key: ssh-ed25519 AAAA}", "keys:\n  - {name: a, kye: x, key: y}",
    ])
    func `a file of keys that is not understood is refused with the place`(_ text: String) throws {
        do {
            _ = try TrustedKeyFile(parsing: Array(text.utf8))
            Issue.record("was accepted")
        } catch { #expect(error.subject.hasPrefix("keys.yaml:")) }
    }

    @Test func `the hash belongs to the key`() throws {
        let secret = P256.Signing.PrivateKey()
        var key = try PublicKey(der: Array(secret.publicKey.derRepresentation))
        let message = Array("message".utf8)
        let signature = Array(try secret.signature(for: SHA512.hash(data: message)).derRepresentation)
        #expect(!key.isValid(signature: signature, of: message))
        key.hash = .sha512
        #expect(key.isValid(signature: signature, of: message))
    }
}
