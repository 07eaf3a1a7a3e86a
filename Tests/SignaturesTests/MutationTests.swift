import Attestations
import Crypto
import Testing
import Trust
import WaybillCore

@testable import Signatures

/// Bytes from outside, bent in every place: nothing traps, and nothing that was bent is believed for something else.
struct MutationTests {
    /// The same bytes with one changed, taken out or doubled, for every place that `step` names.
    static func mutants(of bytes: [UInt8], step: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: step).flatMap { index -> [[UInt8]] in
            var flipped = bytes
            flipped[index] ^= 1 << UInt8(index % 8)
            var zero = bytes
            zero[index] = 0xFF
            return [
                flipped, zero, Array(bytes[..<index]), Array(bytes[..<index] + bytes[(index + 1)...]),
                Array(bytes[...index] + bytes[index...]),
            ]
        }
    }

    @Test func `a bent bundle is refused or still says what was signed`() throws {
        let sample = Sample()
        let file = Array("the file".utf8)
        let chain = try Sample.chain(leaf: sample.secret.publicKey)
        let bundle = try sample.keyless(file, chain.leaf)
        let verifier = BundleVerifier(
            root: try sample.root(chain.root, chain.intermediate), identities: [BundleVerifierTests.who],
            needsCertificateLog: false)
        for mutant in Self.mutants(of: bundle.bytes, step: 11) {
            guard let bent = try? SigstoreBundle(parsing: mutant),
                let verified = try? verifier.verify(bent, subject: .bytes(file), at: Sample.now)
            else { continue }
            #expect(bent.signature == bundle.signature)
            #expect(verified.times == [Sample.now])
        }
        let other = Array("another file".utf8)
        for mutant in Self.mutants(of: bundle.bytes, step: 41) {
            guard let bent = try? SigstoreBundle(parsing: mutant) else { continue }
            #expect((try? verifier.verify(bent, subject: .bytes(other), at: Sample.now)) == nil)
        }
    }

    @Test func `a bent envelope is refused or still says what was signed`() throws {
        let sample = Sample()
        let bundle = try sample.keyed(Sample.statement(.sha256(of: [1])))
        guard case .envelope(let envelope) = bundle.content else { return }
        let verifier = EnvelopeVerifier(keys: [try sample.trusted])
        for mutant in Self.mutants(of: envelope.bytes, step: 1) {
            guard let bent = try? Envelope(parsing: mutant),
                let verified = try? verifier.verify(bent, at: Sample.now).get()
            else { continue }
            #expect(verified.statement == Sample.statement(.sha256(of: [1])))
        }
    }

    @Test func `a bent certificate is refused`() throws {
        let sample = Sample()
        let chain = try Sample.chain(leaf: sample.secret.publicKey)
        for mutant in Self.mutants(of: chain.leaf.der, step: 3) where mutant != chain.leaf.der {
            guard let bent = try? SigningCertificate(der: mutant) else { continue }
            let accepted = try? CertificateChain(
                of: bent, intermediates: [chain.intermediate], roots: [chain.root], at: Sample.now, for: .codeSigning)
            // The outer signature's encoding is not covered by itself: what is certified must be the same.
            if accepted != nil {
                #expect(bent.identities == chain.leaf.identities)
                #expect(bent.key == chain.leaf.key)
            }
        }
    }

    @Test(
        arguments: [
            [], [0x30], [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], [UInt8](repeating: 0x30, count: 4000),
            [UInt8](repeating: 0xA0, count: 4000), [0xA3, 0x01], [0x90], [0xC2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x88, 0x05, 0x04, 0x00, 0x01, 0x08, 0x00], [0xD1, 0xE0],
        ] as [[UInt8]])
    func `bytes that are nothing trap nothing`(_ bytes: [UInt8]) {
        #expect((try? SigningCertificate(der: bytes)) == nil)
        #expect((try? TimestampToken(parsing: bytes)) == nil)
        #expect((try? OpenPGPMessage(parsing: bytes)) == nil)
        #expect((try? OpenPGPKey.all(in: bytes)) == nil)
        #expect((try? NotationSignature(parsing: bytes)) == nil)
        #expect((try? SSHSignature(parsing: bytes)) == nil)
        #expect((try? TrustedRoot(parsing: bytes)) == nil)
        #expect((try? Checkpoint(parsing: String(decoding: bytes, as: UTF8.self))) == nil)
    }
}
