import Documents
import WaybillCore

/// A signed token in its compact form (RFC 7515): header, payload and signature, each in base 64.
struct WebToken {
    var header: Value
    var payload: Value
    private var signature: [UInt8]
    private var signed: [UInt8]

    static let bytesMax = 16 << 20

    init(parsing text: String, subject: String) throws(WaybillError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.bytesMax, parts.count == 3, let head = Base64.decode(parts[0].utf8),
            let body = Base64.decode(parts[1].utf8), let code = Base64.decode(parts[2].utf8)
        else { throw WaybillError(.invalidInput, "holds a signature that is not a signed token", subject: subject) }
        do {
            header = try JSONReader.value(from: head)
            payload = try JSONReader.value(from: body)
        } catch {
            throw WaybillError(.invalidInput, "holds a signed token that is not JSON: \(error)", subject: subject)
        }
        guard header.object != nil, payload.object != nil else {
            throw WaybillError(.invalidInput, "holds a signed token that is not of objects", subject: subject)
        }
        // What a critical extension means we do not know (RFC 7515, section 4.1.11).
        guard header["crit"] == nil else {
            throw WaybillError(.unsupported, "holds a token with critical extensions", subject: subject)
        }
        signature = code
        signed = Array("\(parts[0]).\(parts[1])".utf8)
    }

    /// The key's algorithm counts; a token cannot choose another.
    func isSigned(by key: VerificationKey) -> Bool {
        header["alg"]?.string == key.algorithm.rawValue && key.verifies(signature, over: signed)
    }

    static func text(payload: Value, keyIdentifier: String?, key: SigningKey) throws(WaybillError) -> String {
        var header: Object = ["alg": .string(key.algorithm.rawValue)]
        if let keyIdentifier { header["kid"] = .string(keyIdentifier) }
        let parts = [Value.object(header), payload].map { Base64.encode(JSONWriter.bytes($0), alphabet: .urlSafe) }
        let signed = parts.joined(separator: ".")
        return signed + "." + Base64.encode(try key.signature(over: Array(signed.utf8)), alphabet: .urlSafe)
    }
}
