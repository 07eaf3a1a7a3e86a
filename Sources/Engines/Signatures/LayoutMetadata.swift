import Attestations
import Documents
import Trust
import WaybillCore

/// A layout or link with its signatures, in in-toto's own wrapping or in a DSSE envelope.
struct LayoutMetadata {
    /// What is signed, as it was parsed from the very bytes that were verified.
    let payload: Value
    private let message: [UInt8]
    private let signatures: [(keyID: String, bytes: [UInt8])]

    static let bytesMax = 16 << 20
    static let signaturesMax = 64

    init(parsing bytes: [UInt8], needsSignature: Bool = true) throws(SignatureFailure) {
        guard bytes.count <= Self.bytesMax else { throw SignatureFailure(.format, "is too large") }
        let value: Value
        do { value = try JSONReader.value(from: bytes, limits: DocumentLimits(depthMax: 64)) } catch {
            throw SignatureFailure(.format, "is not JSON: \(error)")
        }
        if value["payload"] != nil {
            // A template of a layout has an empty list.
            var value = value
            if !needsSignature, value["signatures"]?.array?.isEmpty == true {
                value["signatures"] = [["keyid": "", "sig": "AA=="]]
            }
            let envelope = try reading(.format) { [value] () throws(WaybillError) in try Envelope(value) }
            guard envelope.payloadType.utf8.elementsEqual(Statement.payloadType.utf8) else {
                throw SignatureFailure(.format, "holds a payload of type \(Redaction.excerpt(envelope.payloadType))")
            }
            do { payload = try JSONReader.value(from: envelope.payload, limits: DocumentLimits(depthMax: 64)) } catch {
                throw SignatureFailure(.format, "the payload is not JSON: \(error)")
            }
            message = envelope.preAuthenticationEncoding
            signatures = envelope.signatures.map { ($0.keyID, $0.bytes) }
        } else {
            guard let signed = value["signed"], let list = value["signatures"]?.array else {
                throw SignatureFailure(.format, "is neither an envelope nor signed metadata")
            }
            payload = signed
            message = Self.canonical(signed)
            var signatures: [(keyID: String, bytes: [UInt8])] = []
            for element in list {
                guard let keyID = element["keyid"]?.string, let signature = element["sig"]?.string.flatMap(Hex.decode)
                else {
                    throw SignatureFailure(.format, "a signature cannot be read")
                }
                signatures.append((keyID, signature))
            }
            self.signatures = signatures
        }
        guard signatures.count <= Self.signaturesMax else { throw SignatureFailure(.format, "has too many signatures") }
    }

    /// The keys of those that signed; each once. The signature's own word for its key is not asked.
    func signers(among keys: [LayoutKey]) -> [LayoutKey] {
        var seen: Set<PublicKey> = []
        return keys.filter { key in
            guard !seen.contains(key.key) else { return false }
            let signed = signatures.contains { key.key.isValid(signature: $0.bytes, of: message) }
            if signed { seen.insert(key.key) }
            return signed
        }
    }

    /// "Canonical JSON" as in-toto signs it: keys in order, no spaces, only quotation marks and backslashes escaped.
    static func canonical(_ value: Value) -> [UInt8] {
        switch value {
        case .string(let text):
            var bytes: [UInt8] = [UInt8(ascii: "\"")]
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(byte)
            }
            return bytes + [UInt8(ascii: "\"")]
        case .array(let list):
            return [UInt8(ascii: "[")] + list.map(canonical).joined(separator: [UInt8(ascii: ",")]) + [
                UInt8(ascii: "]")
            ]
        case .object(let object):
            let members = object.sorted().members.map {
                canonical(.string($0.key)) + [UInt8(ascii: ":")] + canonical($0.value)
            }
            return [UInt8(ascii: "{")] + members.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "}")]
        default: return JSONWriter.bytes(value, style: .compact)
        }
    }
}
