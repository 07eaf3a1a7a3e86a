import Attestations
import Crypto
import Documents
import Foundation
import Testing
import Trust
import WaybillCore

@testable import Signatures

struct NotationTests {
    static let image = WaybillCore.Digest.sha256(of: Array("manifest".utf8))

    static func signature(
        _ sample: Sample, _ chain: [SigningCertificate], algorithm: String = "ES256", expiry: Timestamp? = nil
    ) throws -> [UInt8] {
        let message = NotationSignature.message(
            image: image, mediaType: "application/vnd.oci.image.manifest.v1+json", size: 8, algorithm: algorithm,
            time: Sample.now, expiry: expiry)
        let signature = try sample.secret.signature(for: Data("\(message.protected).\(message.payload)".utf8))
        return NotationSignature.envelope(
            protected: message.protected, payload: message.payload, signature: Array(signature.rawRepresentation),
            chain: chain, agent: "test")
    }

    static func check(
        _ bytes: [UInt8], _ root: SigningCertificate, image: WaybillCore.Digest = image,
        at moment: Timestamp = Sample.now
    )
        -> SignatureFailure.Check?
    {
        do {
            _ = try NotationSignature(parsing: bytes).verify(image: image, authorities: [root], at: moment)
        } catch { return error.check }
        return nil
    }

    @Test func `a Notation signature is believed by its authority, for its image, in its time`() throws {
        let sample = Sample()
        let chain = try Sample.chain(leaf: sample.secret.publicKey)
        let bytes = try Self.signature(sample, [chain.leaf, chain.intermediate])
        #expect(Self.check(bytes, chain.root) == nil)
        #expect(Self.check(bytes, try Sample.chain(leaf: sample.secret.publicKey).root) == .certificate)
        #expect(Self.check(bytes, chain.root, image: .sha256(of: [1])) == .subject)
        #expect(Self.check(bytes, chain.root, at: Timestamp(seconds: Sample.now.seconds + 5000)) == .time)
        #expect(Self.check(try Self.signature(Sample(), [chain.leaf, chain.intermediate]), chain.root) == .signature)
        #expect(Self.check(try Self.signature(sample, [chain.leaf], algorithm: "PS256"), chain.root) == .signature)
        let ended = try Self.signature(sample, [chain.leaf, chain.intermediate], expiry: Sample.now)
        #expect(Self.check(ended, chain.root) == .time)
    }

    @Test func `a header that must be understood and is not stops everything`() throws {
        let sample = Sample()
        let chain = try Sample.chain(leaf: sample.secret.publicKey)
        let value = try JSONReader.value(from: Self.signature(sample, [chain.leaf, chain.intermediate]))
        let header = try #require(Base64.decode(value["protected"]?.string ?? ""))
        let changed = String(decoding: header, as: UTF8.self).replacing(
            "\"crit\":[", with: "\"crit\":[\"example.new\",")
        let protected = Base64.encode(Array(changed.utf8), alphabet: .urlSafe)
        let signature = try sample.secret.signature(for: Data("\(protected).\(value["payload"]?.string ?? "")".utf8))
        var bent = value
        bent["protected"] = .string(protected)
        bent["signature"] = .string(Base64.encode(signature.rawRepresentation, alphabet: .urlSafe))
        #expect(Self.check(JSONWriter.bytes(bent), chain.root) == .unsupported)
    }
}
