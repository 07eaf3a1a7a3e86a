import Attestations
import Documents
import Testing
import WaybillCore

struct BundleTests {
    static let entry = SigstoreBundle.LogEntry(
        logIndex: 1 << 40, logID: [1, 2, 3], kind: "dsse", kindVersion: "0.0.1", integratedTime: Timestamp(seconds: 7),
        promise: [9],
        proof: .init(
            index: 3, treeSize: 4, rootHash: [UInt8](repeating: 1, count: 32),
            hashes: [[UInt8](repeating: 2, count: 32)],
            checkpoint: "log\n"), body: [4])

    @Test(arguments: [SigstoreBundle.Version.v01, .v02, .v03])
    func `a bundle survives writing`(_ version: SigstoreBundle.Version) throws {
        let bundle = SigstoreBundle(
            version: version, material: .certificates([[1, 2]]), logEntries: [Self.entry], timestamps: [[5]],
            content: .message(digest: .init(bytes: [8]), signature: [6]))
        #expect(try SigstoreBundle(parsing: bundle.bytes) == bundle)
    }

    @Test func `a bundle with a key and an envelope survives writing`() throws {
        let envelope = Envelope(payloadType: "t", payload: [1], signatures: [.init(keyID: "k", bytes: [2])])
        let bundle = SigstoreBundle(material: .publicKey(hint: "h"), content: .envelope(envelope))
        #expect(try SigstoreBundle(parsing: bundle.bytes) == bundle)
        #expect(bundle.value["mediaType"]?.string == SigstoreBundle.mediaType)
    }

    @Test(arguments: [
        "{}", "[]", "{", #"{"mediaType":"application/vnd.dev.sigstore.bundle+json;version=0.4"}"#,
        #"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{}}}"#,
        #"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{},"messageSignature":{"signature":"AA=="}}"#,
        #"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{},"certificate":{"rawBytes":"AA=="}},"messageSignature":{"signature":"AA=="}}"#,
        #"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"x509CertificateChain":{"certificates":[{"rawBytes":"AA=="}]}},"messageSignature":{"signature":"AA=="}}"#,
        #"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{}},"messageSignature":{"signature":"no base 64!"}}"#,
        #"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{}},"dsseEnvelope":{"payload":"","payloadType":"t","signatures":[{"sig":"AA=="},{"sig":"AA=="}]}}"#,
        #"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{}},"messageSignature":{"signature":"AA=="},"messageSignature":{"signature":"AQ=="}}"#,
    ])
    func `a bundle that is not whole is refused`(_ text: String) {
        #expect(throws: WaybillError.self) { try SigstoreBundle(parsing: Array(text.utf8)) }
    }

    @Test func `an image payload is read strictly where it must be obeyed`() throws {
        let payload = SimpleSigningPayload(
            kind: .cosign, reference: "r/x", digest: .sha256(of: [1]), optional: ["creator": "me"])
        #expect(try SimpleSigningPayload(parsing: payload.bytes) == payload)
        let text = String(decoding: payload.bytes, as: UTF8.self)
        for wrong in [
            text.replacing("\"image\":{", with: "\"image\":{\"also\":1,"),
            text.replacing("cosign container", with: "other"),
            text.replacing("sha256:", with: "md5:"), "{}",
        ] {
            #expect(throws: WaybillError.self) { try SimpleSigningPayload(parsing: Array(wrong.utf8)) }
        }
    }
}
