public import Attestations
import Documents
import OCI
import Trust
public import WaybillCore

/// A layer of a cosign signature or attestation manifest: the bytes that are signed, or an envelope, and annotations.
public struct CosignLayer: Hashable, Sendable {
    public static let signatureAnnotation = "dev.cosignproject.cosign/signature"
    static let certificateAnnotation = "dev.sigstore.cosign/certificate"
    static let chainAnnotation = "dev.sigstore.cosign/chain"
    static let logAnnotation = "dev.sigstore.cosign/bundle"
    static let timestampAnnotation = "dev.sigstore.cosign/rfc3161timestamp"
    public static let predicateAnnotation = "predicateType"

    public var mediaType: String
    public var content: [UInt8]
    public var annotations: [String: String]

    public init(mediaType: String, content: [UInt8], annotations: [String: String] = [:]) {
        self.mediaType = mediaType
        self.content = content
        self.annotations = annotations
    }

    /// The tag under which the signatures (`sig`), attestations (`att`) or contents (`sbom`) of an image stand.
    public static func tag(of digest: Digest, suffix: String) -> String {
        "\(digest.algorithm.rawValue)-\(digest.hex).\(suffix)"
    }

    /// A signature over an image's name and digest.
    public init(payload: SimpleSigningPayload, bytes: [UInt8], signature: [UInt8]) {
        self.init(
            mediaType: SimpleSigningPayload.mediaType, content: bytes,
            annotations: [Self.signatureAnnotation: Base64.encode(signature)])
    }

    /// An attestation; cosign looks at the annotation before it opens the envelope.
    public init(envelope: Envelope, predicateType: String) {
        self.init(
            mediaType: Envelope.mediaType, content: envelope.bytes,
            annotations: [Self.signatureAnnotation: "", Self.predicateAnnotation: predicateType])
    }

    /// The layer as a bundle, so that one verifier judges old and new forms alike.
    public func bundle() throws(SignatureFailure) -> SigstoreBundle {
        let content: SigstoreBundle.Content
        if mediaType == Envelope.mediaType {
            let envelope = try reading(.format) { () throws(WaybillError) in try Envelope(parsing: self.content) }
            guard envelope.signatures.count == 1 else {
                throw SignatureFailure(.format, "the envelope has more than one signature")
            }
            content = .envelope(envelope)
        } else if mediaType == SimpleSigningPayload.mediaType {
            guard let text = annotations[Self.signatureAnnotation], let bytes = Base64.decode(text), !bytes.isEmpty
            else {
                throw SignatureFailure(.format, "the layer has no signature")
            }
            content = .message(digest: nil, signature: bytes)
        } else {
            throw SignatureFailure(.unsupported, "layers of type \(Redaction.excerpt(mediaType)) are not supported")
        }
        return SigstoreBundle(
            version: .v01, material: try material(), logEntries: try logEntries(), timestamps: try timestamps(),
            content: content)
    }

    private func material() throws(SignatureFailure) -> SigstoreBundle.Material {
        guard let text = annotations[Self.certificateAnnotation], !text.isEmpty else { return .publicKey(hint: "") }
        var list = [try SigningCertificate(pem: text).der]
        for block in PEMBlocks.split(annotations[Self.chainAnnotation] ?? "").prefix(SigstoreBundle.entriesMax) {
            let certificate = try SigningCertificate(pem: block)
            // cosign's chain goes up to the root; the root that counts is the verifier's own.
            if !certificate.isSelfIssued { list.append(certificate.der) }
        }
        return .certificates(list)
    }

    /// The log's promise as cosign keeps it beside a signature.
    private func logEntries() throws(SignatureFailure) -> [SigstoreBundle.LogEntry] {
        guard let text = annotations[Self.logAnnotation], !text.isEmpty else { return [] }
        let value: Value
        do { value = try JSONReader.value(from: text, limits: DocumentLimits(depthMax: 32, bytesMax: 16 << 20)) } catch
        {
            throw SignatureFailure(.format, "the log's promise is not JSON")
        }
        guard let promise = value["SignedEntryTimestamp"]?.string.flatMap({ Base64.decode($0) }),
            let payload = value["Payload"], let body = payload["body"]?.string.flatMap({ Base64.decode($0) }),
            let time = payload["integratedTime"]?.integer, let index = payload["logIndex"]?.integer,
            let log = payload["logID"]?.string.flatMap({ Hex.decode($0) }),
            let entry = try? JSONReader.value(from: body, limits: DocumentLimits(depthMax: 32))
        else { throw SignatureFailure(.format, "the log's promise cannot be read") }
        return [
            SigstoreBundle.LogEntry(
                logIndex: index, logID: log, kind: entry["kind"]?.string ?? "",
                kindVersion: entry["apiVersion"]?.string ?? "", integratedTime: Timestamp(seconds: Int64(time)),
                promise: promise, body: body)
        ]
    }

    private func timestamps() throws(SignatureFailure) -> [[UInt8]] {
        guard let text = annotations[Self.timestampAnnotation], !text.isEmpty else { return [] }
        guard let value = try? JSONReader.value(from: text, limits: DocumentLimits(depthMax: 16, bytesMax: 1 << 20)),
            let bytes = value["SignedRFC3161Timestamp"]?.string.flatMap({ Base64.decode($0) })
        else { throw SignatureFailure(.format, "the timestamp cannot be read") }
        return [bytes]
    }
}

extension CosignLayer {
    /// Verifies the layer about an image. A name is compared where one is asked for: cosign's payload names the
    /// repository that was signed.
    public func verify(
        _ verifier: BundleVerifier, image: Digest, reference: String? = nil, at moment: Timestamp
    ) throws(SignatureFailure) -> VerifiedBundle {
        let bundle = try bundle()
        guard mediaType == SimpleSigningPayload.mediaType else {
            return try verifier.verify(
                bundle, subject: .digest(algorithm: image.algorithm.rawValue, hash: image.hex), at: moment)
        }
        let verified = try verifier.verify(bundle, subject: .bytes(content), at: moment)
        let payload = try reading(.format) { () throws(WaybillError) in try SimpleSigningPayload(parsing: content) }
        guard payload.kind == .cosign else {
            throw SignatureFailure(.format, "the payload is an \(payload.kind.rawValue)")
        }
        guard payload.digest == image else {
            throw SignatureFailure(.subject, "the signature is about \(payload.digest), not \(image)")
        }
        if let reference, !payload.reference.utf8.elementsEqual(reference.utf8) {
            throw SignatureFailure(
                .subject,
                "the signature is about \(Redaction.excerpt(payload.reference)), not \(Redaction.excerpt(reference))")
        }
        return verified
    }
}

/// Cuts a text into its PEM blocks.
enum PEMBlocks {
    static func split(_ text: String) -> [String] {
        var blocks: [String] = []
        var block = ""
        for line in text.utf8.split(separator: 0x0A).map({ String(decoding: $0, as: UTF8.self) }) {
            block += line + "\n"
            if line.hasPrefix("-----END ") {
                blocks.append(block)
                block = ""
            }
        }
        return blocks
    }
}
