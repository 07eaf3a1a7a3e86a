import Attestations
import Crypto
import Foundation
import Grafeas
import MetadataRules
import SwiftProtobuf
import Testing
import Trust
import WaybillCore

struct AttestationAuthorityTests {
    static let moment = Timestamp(seconds: 1_790_000_000)

    static func trusted(_ key: P256.Signing.PrivateKey, _ name: String) throws -> TrustedKey {
        TrustedKey(try PublicKey(pem: key.publicKey.pemRepresentation), name: name)
    }

    static func attestation(_ payload: String, _ keys: [P256.Signing.PrivateKey]) throws -> V1Occurrence {
        try .with { occurrence in
            occurrence.noteName = "projects/p/notes/built"
            occurrence.attestation.serializedPayload = Data(payload.utf8)
            occurrence.attestation.signatures = try keys.map { key in
                let signature = try key.signature(for: Array(payload.utf8))
                return .with { $0.signature = Data(signature.derRepresentation) }
            }
        }
    }

    static func envelope(_ key: P256.Signing.PrivateKey, payload: String = "{}") throws -> V1Occurrence {
        let encoding = Envelope.preAuthenticationEncoding(payloadType: "t", payload: Array(payload.utf8))
        let signature = try key.signature(for: encoding)
        return .with {
            $0.dsseAttestation.envelope.payload = Data(payload.utf8)
            $0.dsseAttestation.envelope.payloadType = "t"
            $0.dsseAttestation.envelope.signatures = [.with { $0.sig = Data(signature.derRepresentation) }]
        }
    }

    private func fails(_ authority: AttestationAuthority, _ occurrence: V1Occurrence) -> WaybillError.Code? {
        do throws(WaybillError) {
            try authority.verify(occurrence, at: Self.moment)
            return nil
        } catch { return error.code }
    }

    @Test func `signatures over the payload by accepted keys are needed`() throws {
        let first = P256.Signing.PrivateKey()
        let second = P256.Signing.PrivateKey()
        let stranger = P256.Signing.PrivateKey()
        let authority = AttestationAuthority(
            notes: PatternList(["*"]), keys: [try Self.trusted(first, "one"), try Self.trusted(second, "two")],
            threshold: 2)
        #expect(fails(authority, try Self.attestation("x", [first, second])) == nil)
        #expect(fails(authority, try Self.attestation("x", [first])) == .corrupted)
        #expect(fails(authority, try Self.attestation("x", [first, first])) == .corrupted)
        #expect(fails(authority, try Self.attestation("x", [first, stranger])) == .corrupted)
        var changed = try Self.attestation("x", [first, second])
        changed.attestation.serializedPayload = Data("y".utf8)
        #expect(fails(authority, changed) == .corrupted)
    }

    @Test func `envelopes are verified over their pre-authentication encoding`() throws {
        let key = P256.Signing.PrivateKey()
        let authority = AttestationAuthority(notes: PatternList(["*"]), keys: [try Self.trusted(key, "one")])
        #expect(fails(authority, try Self.envelope(key)) == nil)
        #expect(fails(authority, try Self.envelope(P256.Signing.PrivateKey())) == .corrupted)
        var decoded = try Self.envelope(key)
        decoded.dsseAttestation.statement.predicateType = "other"
        #expect(fails(authority, decoded) == .unsupported)
        var retyped = try Self.envelope(key)
        retyped.dsseAttestation.envelope.payloadType = "u"
        #expect(fails(authority, retyped) == .corrupted)
    }

    @Test func `keys that ended and tokens are not taken`() throws {
        let key = P256.Signing.PrivateKey()
        var ended = try Self.trusted(key, "one")
        ended.validBefore = Timestamp(seconds: Self.moment.seconds - 1)
        let authority = AttestationAuthority(notes: PatternList(["*"]), keys: [ended])
        #expect(fails(authority, try Self.attestation("x", [key])) == .corrupted)
        #expect(fails(authority, try Self.envelope(key)) == .corrupted)
        var token = try Self.attestation("x", [key])
        token.attestation.jwts = [.with { $0.compactJwt = "a.b.c" }]
        #expect(fails(authority, token) == .corrupted)
    }

    static func token(
        _ header: String, _ claims: String = #"{"sub":"container:digest:sha256:00"}"#,
        _ sign: ([UInt8]) throws -> [UInt8]
    ) rethrows -> String {
        func part(_ bytes: [UInt8]) -> String { Base64.encode(bytes, alphabet: .urlSafe) }
        let message = part(Array(header.utf8)) + "." + part(Array(claims.utf8))
        return message + "." + part(try sign(Array(message.utf8)))
    }

    static func tokens(_ texts: String...) -> V1Occurrence {
        .with { occurrence in
            occurrence.noteName = "projects/p/notes/built"
            occurrence.attestation.jwts = texts.map { text in .with { $0.compactJwt = text } }
        }
    }

    @Test func `tokens are verified by the accepted keys, in the algorithm of the key`() throws {
        let key = P256.Signing.PrivateKey(), stranger = P256.Signing.PrivateKey()
        let edwards = Curve25519.Signing.PrivateKey()
        let authority = AttestationAuthority(
            notes: PatternList(["*"]),
            keys: [
                try Self.trusted(key, "one"),
                TrustedKey(try #require(PublicKey(ed25519: Array(edwards.publicKey.rawRepresentation))), name: "two"),
            ])
        func es256(_ header: String, _ claims: String = "{}", by key: P256.Signing.PrivateKey) throws -> V1Occurrence {
            try Self.tokens(Self.token(header, claims) { Array(try key.signature(for: $0).rawRepresentation) })
        }
        let plain = #"{"alg":"ES256"}"#
        #expect(fails(authority, try es256(plain, by: key)) == nil)
        #expect(
            fails(
                authority,
                try Self.tokens(
                    Self.token(#"{"alg":"EdDSA","kid":"x"}"#) { Array(try edwards.signature(for: $0)) })) == nil)
        #expect(fails(authority, try es256(plain, #"{"exp":1790000001,"nbf":1789999999}"#, by: key)) == nil)
        let refused: [V1Occurrence] = [
            try es256(plain, by: stranger),
            try es256(#"{"alg":"none"}"#, by: key), try es256(#"{"alg":"ES384"}"#, by: key),
            try es256(#"{"alg":"HS256"}"#, by: key), try es256("{}", by: key),
            try es256(#"{"alg":"ES256","crit":["b64"],"b64":false}"#, by: key),
            try es256(plain, #"{"exp":1780000000}"#, by: key), try es256(plain, #"{"exp":"soon"}"#, by: key),
            try es256(plain, #"{"nbf":1800000000}"#, by: key),
            try es256(#"{"alg":"ES256","alg":"ES256"}"#, by: key), try es256(plain, "[]", by: key),
            try Self.tokens(
                Self.token(plain) { Array(try key.signature(for: $0).derRepresentation) }),
            Self.tokens(""), Self.tokens("a.b"), Self.tokens("a.b.c.d"),
        ]
        for occurrence in refused {
            #expect(fails(authority, occurrence) == .corrupted, "\(occurrence.attestation.jwts)")
        }
        // One good token does not cover a bad one beside it.
        var mixed = try es256(plain, by: key)
        mixed.attestation.jwts += try es256(plain, by: stranger).attestation.jwts
        #expect(fails(authority, mixed) == .corrupted)
        // A token's signer and a signature's signer of one name are one person.
        var both = try Self.attestation("x", [key])
        both.attestation.jwts = try es256(plain, by: key).attestation.jwts
        var two = authority
        two.threshold = 2
        #expect(fails(authority, both) == nil)
        #expect(fails(two, both) == .corrupted)
    }
}
