import Attestations
import Documents
import Testing
import WaybillCore

@testable import Trust

struct EnvelopeVerifierTests {
    let builder = TestKey("builder"), other = TestKey("other")
    let statement = testStatement(PredicateType.testResult, ["result": "PASSED", "configuration": []])

    func failure(_ result: Result<VerifiedStatement, EnvelopeFailure>) -> EnvelopeFailure? {
        if case .failure(let failure) = result { failure } else { nil }
    }

    @Test func `a paper of a trusted key is believed, and what it says was in the signed bytes`() throws {
        let envelope = builder.envelope(statement)
        let verified = try EnvelopeVerifier(keys: [builder.trusted]).verify(envelope, at: testNow).get()
        #expect(verified.statement == statement)
        #expect(verified.signers.map(\.name) == ["builder"])
        #expect(verified.envelope == envelope.digest)
    }

    @Test func `the key's name in the envelope is not asked`() throws {
        var envelope = builder.envelope(statement)
        envelope.signatures[0].keyID = other.key.keyID
        #expect(throws: Never.self) { try EnvelopeVerifier(keys: [builder.trusted]).verify(envelope, at: testNow).get() }
        #expect(failure(EnvelopeVerifier(keys: [other.trusted]).verify(envelope, at: testNow)) == .unknownKeys([other.key.keyID]))
    }

    @Test func `two signatures of one key are one signer`() throws {
        var envelope = builder.envelope(statement)
        envelope.signatures.append(.init(keyID: "another", bytes: envelope.signatures[0].bytes))
        let alias = TrustedKey(builder.key, name: "alias")
        let verifier = EnvelopeVerifier(keys: [builder.trusted, alias, other.trusted], threshold: 2)
        #expect(failure(verifier.verify(envelope, at: testNow)) == .threshold(signed: 1, needed: 2))
        envelope.signatures += other.envelope(statement).signatures
        #expect(throws: Never.self) { try verifier.verify(envelope, at: testNow).get() }
    }

    @Test func `a key counts in its time and for its papers only`() {
        var key = builder.trusted
        key.validBefore = Timestamp(seconds: testNow.seconds - 1)
        #expect(failure(EnvelopeVerifier(keys: [key]).verify(builder.envelope(statement), at: testNow)) == .keyNotValid("builder"))
        key = builder.trusted
        key.predicateTypes = [PredicateType.provenance]
        #expect(
            failure(EnvelopeVerifier(keys: [key]).verify(builder.envelope(statement), at: testNow))
                == .predicateNotAllowed(type: PredicateType.testResult, signer: "builder"))
    }

    @Test func `an SSH signature counts for a person's key and namespace only`() {
        let person = TrustedKey(builder.key, name: "ann@x", scheme: .ssh(namespace: "waybill"))
        let verifier = EnvelopeVerifier(keys: [person])
        #expect(throws: Never.self) { try verifier.verify(builder.sshEnvelope(statement), at: testNow).get() }
        #expect(failure(verifier.verify(builder.sshEnvelope(statement, namespace: "git"), at: testNow)) != nil)
        #expect(failure(verifier.verify(builder.envelope(statement), at: testNow)) != nil)
        #expect(failure(EnvelopeVerifier(keys: [builder.trusted]).verify(builder.sshEnvelope(statement), at: testNow)) != nil)
    }

    @Test func `other payloads, other bytes and too many signatures are refused`() {
        let verifier = EnvelopeVerifier(keys: [builder.trusted])
        #expect(failure(verifier.verify(builder.envelope([], type: "text/plain"), at: testNow)) == .payloadType("text/plain"))
        guard case .malformed = failure(verifier.verify(builder.envelope(Array("{}".utf8), type: Statement.payloadType), at: testNow)) else {
            Issue.record("an empty object is no statement")
            return
        }
        var envelope = builder.envelope(statement)
        envelope.payload.append(0x20)
        #expect(failure(verifier.verify(envelope, at: testNow)) == .unknownKeys([builder.key.keyID]))
        envelope = builder.envelope(statement)
        envelope.signatures = Array(repeating: envelope.signatures[0], count: EnvelopeVerifier.signaturesMax + 1)
        #expect(failure(verifier.verify(envelope, at: testNow)) != nil)
    }

    @Test func `no mutation of an envelope is believed for another statement or ends the program`() {
        let verifier = EnvelopeVerifier(keys: [builder.trusted, TrustedKey(builder.key, name: "p", scheme: .ssh(namespace: "waybill"))])
        var generator = SeededGenerator(seed: 7)
        for original in [builder.envelope(statement).bytes, builder.sshEnvelope(statement).bytes] {
            for _ in 0..<2000 {
                guard let envelope = try? Envelope(parsing: generator.mutate(original)) else { continue }
                if case .success(let verified) = verifier.verify(envelope, at: testNow) { #expect(verified.statement == statement) }
            }
        }
    }

    @Test func `no mutation of an SSH signature or an allowed signers file ends the program`() {
        var generator = SeededGenerator(seed: 11)
        let message = Array("m".utf8)
        let signature = builder.sshSignature(message, namespace: "waybill")
        let file = Array("a@x,*@y namespaces=\"git\",valid-after=\"20260101\" \(builder.key.openSSH) c\n# x\n\"b c\" \(other.key.openSSH)\n".utf8)
        for _ in 0..<4000 {
            let bytes = generator.mutate(signature)
            if bytes != signature, let parsed = try? SSHSignature(parsing: bytes) {
                #expect(!parsed.isValid(of: message, namespace: "waybill"))
            }
            _ = try? AllowedSigners(parsing: generator.mutate(file))
            _ = try? RevokedKeys(parsing: generator.mutate(file))
            _ = try? PublicKey(der: generator.mutate(builder.key.der))
        }
    }
}
