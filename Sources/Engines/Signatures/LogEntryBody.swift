import Attestations
import Crypto
import Documents
import Trust
import WaybillCore

/// What a log took: the signature, the hash of what was signed, and the key or certificate, as the entry's body says it.
struct LogEntryBody {
    /// What the entry must be about, from the bundle and the file that are verified.
    struct Expectation {
        var content: SigstoreBundle.Content
        /// SHA-256, SHA-384 and SHA-512 of the file; for an envelope of its pre-authentication encoding.
        var digest: (PublicKey.HashAlgorithm) -> [UInt8]
        /// The certificate's or key's DER form.
        var verifier: [UInt8]
        var isCertificate: Bool
    }

    let value: Value

    init(_ entry: SigstoreBundle.LogEntry) throws(SignatureFailure) {
        do {
            value = try JSONReader.value(from: entry.body, limits: DocumentLimits(depthMax: 32, bytesMax: 32 << 20))
        } catch {
            throw SignatureFailure(.transparencyLog, "the entry's body is not JSON")
        }
        guard value["kind"]?.string == entry.kind, value["apiVersion"]?.string == entry.kindVersion else {
            throw SignatureFailure(.transparencyLog, "the entry's body is of another kind than the bundle says")
        }
    }

    /// Throws where the entry is about something else than what is verified.
    func check(_ expected: Expectation) throws(SignatureFailure) {
        let kind = "\(value["kind"]?.string ?? "") \(value["apiVersion"]?.string ?? "")"
        let spec = value["spec"] ?? .null
        let agrees: Bool
        switch kind {
        case "hashedrekord 0.0.1": agrees = hashedRecord(spec, expected)
        case "hashedrekord 0.0.2": agrees = hashedRecord2(spec["hashedRekordV002"] ?? .null, expected)
        case "dsse 0.0.1": agrees = envelope(spec, expected)
        case "dsse 0.0.2": agrees = envelope2(spec["dsseV002"] ?? .null, expected)
        case "intoto 0.0.2": agrees = statement(spec["content"] ?? .null, expected)
        default:
            throw SignatureFailure(.unsupported, "log entries of kind \(Redaction.excerpt(kind)) are not supported")
        }
        guard agrees else { throw SignatureFailure(.transparencyLog, "the log entry is about something else") }
    }

    private func hashedRecord(_ spec: Value, _ expected: Expectation) -> Bool {
        guard case .message(_, let signature) = expected.content, let hash = spec["data"]?["hash"],
            let algorithm = hash["algorithm"]?.string.flatMap(PublicKey.HashAlgorithm.init(rawValue:))
        else { return false }
        return hash["value"]?.string.flatMap(Hex.decode) == expected.digest(algorithm)
            && Self.bytes(spec["signature"]?["content"]) == signature
            && Self.isVerifier(pem: Self.bytes(spec["signature"]?["publicKey"]?["content"]), expected)
    }

    private func hashedRecord2(_ spec: Value, _ expected: Expectation) -> Bool {
        let signature: [UInt8]?
        switch expected.content {
        case .message(_, let bytes): signature = bytes
        case .envelope(let envelope): signature = envelope.signatures.first?.bytes
        }
        guard let algorithm = spec["data"]?["algorithm"]?.string.flatMap(PublicKey.HashAlgorithm.init(sigstore:)) else {
            return false
        }
        return Self.bytes(spec["data"]?["digest"]) == expected.digest(algorithm)
            && Self.bytes(spec["signature"]?["content"]) == signature
            && Self.isVerifier(spec["signature"]?["verifier"], expected)
    }

    private func envelope(_ spec: Value, _ expected: Expectation) -> Bool {
        guard case .envelope(let envelope) = expected.content, let signatures = spec["signatures"]?.array,
            signatures.count == 1, let signature = envelope.signatures.first, let hash = spec["payloadHash"],
            let algorithm = hash["algorithm"]?.string.flatMap(PublicKey.HashAlgorithm.init(rawValue:))
        else { return false }
        return hash["value"]?.string.flatMap(Hex.decode) == algorithm.hash(envelope.payload)
            && Self.bytes(signatures[0]["signature"]) == signature.bytes
            && Self.isVerifier(pem: Self.bytes(signatures[0]["verifier"]), expected)
    }

    private func envelope2(_ spec: Value, _ expected: Expectation) -> Bool {
        guard case .envelope(let envelope) = expected.content, let signatures = spec["signatures"]?.array,
            signatures.count == 1, let signature = envelope.signatures.first,
            let algorithm = spec["payloadHash"]?["algorithm"]?.string.flatMap(PublicKey.HashAlgorithm.init(sigstore:))
        else { return false }
        return Self.bytes(spec["payloadHash"]?["digest"]) == algorithm.hash(envelope.payload)
            && Self.bytes(signatures[0]["content"]) == signature.bytes
            && Self.isVerifier(signatures[0]["verifier"], expected)
    }

    private func statement(_ content: Value, _ expected: Expectation) -> Bool {
        guard case .envelope(let envelope) = expected.content,
            let signatures = content["envelope"]?["signatures"]?.array, signatures.count == 1,
            let signature = envelope.signatures.first, let hash = content["payloadHash"],
            let algorithm = hash["algorithm"]?.string.flatMap(PublicKey.HashAlgorithm.init(rawValue:)),
            content["envelope"]?["payloadType"]?.string == envelope.payloadType
        else { return false }
        // The log keeps the text of the signature, in base 64 once more.
        let text = Self.bytes(signatures[0]["sig"]).map { String(decoding: $0, as: UTF8.self) }
        return hash["value"]?.string.flatMap(Hex.decode) == algorithm.hash(envelope.payload)
            && text.flatMap { Base64.decode($0) } == signature.bytes
            && Self.isVerifier(pem: Self.bytes(signatures[0]["publicKey"]), expected)
    }

    private static func bytes(_ value: Value?) -> [UInt8]? { value?.string.flatMap { Base64.decode($0) } }

    /// A key or certificate as PEM.
    private static func isVerifier(pem: [UInt8]?, _ expected: Expectation) -> Bool {
        guard let pem else { return false }
        let label = expected.isCertificate ? "CERTIFICATE" : "PUBLIC KEY"
        return (try? PEM.decode(pem, label: label)) == expected.verifier
    }

    private static func isVerifier(_ value: Value?, _ expected: Expectation) -> Bool {
        let member = expected.isCertificate ? value?["x509Certificate"] : value?["publicKey"]
        return bytes(member?["rawBytes"]) == expected.verifier
    }
}
