import Crypto
public import Documents
public import WaybillCore

/// Decrypts files that SOPS has encrypted, and believes them only when the code over all values fits.
///
///     let plain = try SOPSFile.decrypted(bytes, file: "secret.yaml", with: identities)
///
/// Plain values never stand in errors.
public enum SOPSFile {
    /// Whether the bytes look like a file of SOPS. Cheap, and right for every file that SOPS writes.
    public static func isEncrypted(_ bytes: [UInt8]) -> Bool {
        // Most files of a repository are plain; those are told apart without making a text of them.
        guard holdsSeal(bytes), let text = String(validating: bytes, as: UTF8.self) else { return false }
        guard text.contains("ENC[AES256_GCM,") || text.contains("sops_mac=") else { return false }
        return text.hasPrefix("sops:") || text.contains("\nsops:") || text.contains("\"sops\"")
            || text.contains("sops_mac=")
    }

    private static func holdsSeal(_ bytes: [UInt8]) -> Bool {
        let words = [Array("ENC[AES".utf8), Array("sops_mac".utf8)]
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "E") || byte == UInt8(ascii: "s") else { continue }
            if words.contains(where: { bytes[index...].starts(with: $0) }) { return true }
        }
        return false
    }

    /// The plain form of a YAML, JSON or dotenv file, in the same format.
    public static func decrypted(
        _ bytes: [UInt8], file: String, with identities: [AgeIdentity]
    ) throws(WaybillError) -> [UInt8] {
        if file.hasSuffix(".env") || SOPSDotenv.looksRight(bytes) {
            return try SOPSDotenv.decrypted(bytes, file: file, with: identities)
        }
        let isJSON = file.hasSuffix(".json") || bytes.first { $0 > 0x20 } == UInt8(ascii: "{")
        let nodes: [Node]
        do {
            nodes =
                isJSON
                ? [try JSONReader.node(from: bytes)] : try YAMLReader.nodes(from: bytes, schema: .kustomize)
        } catch { throw error.inFile(file) }
        let documents = try decrypted(nodes.map(\.value).filter { !$0.isNull }, file: file, with: identities)
        if isJSON, let document = documents.first { return JSONWriter.bytes(document, style: .pretty) + [0x0A] }
        return KubernetesYAMLWriter.bytes(documents: documents)
    }

    /// The documents of one file; the first one's metadata counts for all.
    public static func decrypted(
        _ documents: [Value], file: String, with identities: [AgeIdentity]
    ) throws(WaybillError) -> [Value] {
        guard let metadata = documents.first(where: { $0["sops"] != nil })?["sops"] else {
            throw WaybillError(.invalidInput, "holds no metadata of SOPS", subject: file)
        }
        var opening = try SOPSOpening(SOPSMetadata(metadata, file: file), identities, file: file)
        var plain: [Value] = []
        for document in documents {
            var document = document
            document["sops"] = nil
            plain.append(try opening.opened(document, []))
        }
        try opening.finish()
        return plain
    }
}

/// Goes through the values of a file in their order, opens what is encrypted and adds all up for the code.
struct SOPSOpening {
    private let metadata: SOPSMetadata
    private let key: SymmetricKey
    private let file: String
    private var sum = SHA512()

    init(_ metadata: SOPSMetadata, _ identities: [AgeIdentity], file: String) throws(WaybillError) {
        self.metadata = metadata
        self.file = file
        key = try metadata.dataKey(identities, file: file)
        // So that one kind of code is never taken for the other.
        if metadata.coversEncryptedOnly { sum.update(data: Array(SHA256.hash(data: Array("sops".utf8)))) }
    }

    mutating func opened(_ value: Value, _ path: [String]) throws(WaybillError) -> Value {
        switch value {
        case .null: return value
        case .object(let object):
            var result = Object()
            for member in object { result[member.key] = try opened(member.value, path + [member.key]) }
            return .object(result)
        case .array(let elements):
            var result: [Value] = []
            for element in elements { result.append(try opened(element, path)) }
            return .array(result)
        case .string(let text):
            guard metadata.isSecret(path) else { break }
            // An empty text stays as it is.
            guard !text.isEmpty else { break }
            guard let sealed = SOPSValue(text) else { throw failure(path, "should be encrypted, and is not") }
            guard let plain = sealed.value(key: key, place: path.joined(separator: ":") + ":") else {
                throw failure(path, "cannot be decrypted: it was changed, or stood elsewhere")
            }
            add(plain)
            return plain
        case .bool, .number:
            guard !metadata.isSecret(path) else { throw failure(path, "should be encrypted, and is not") }
        }
        if !metadata.coversEncryptedOnly { add(value) }
        return value
    }

    private func failure(_ path: [String], _ message: String) -> WaybillError {
        WaybillError(
            .invalidInput, "\(Redaction.excerpt(Pointer(path).fieldPath)): \(message)", subject: file)
    }

    /// Values as the code has them: numbers in decimal, booleans with a capital.
    private mutating func add(_ value: Value) {
        let text: String
        switch value {
        case .string(let string): text = string
        case .bool(let flag): text = flag ? "True" : "False"
        case .number(let number): text = Self.decimal(number)
        default: return
        }
        sum.update(data: Array(text.utf8))
    }

    /// Without an exponent.
    private static func decimal(_ number: Number) -> String {
        if let whole = number.integer { return String(whole) }
        let text = "\(number.double)"
        guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[mark...].dropFirst()), abs(exponent) < 400
        else { return text }
        let isNegative = text.hasPrefix("-")
        let digits = text[..<mark].filter(\.isNumber)
        let decimal =
            exponent < 0
            ? "0." + String(repeating: "0", count: -exponent - 1)
                + String(digits.reversed().drop { $0 == "0" }.reversed())
            : digits + String(repeating: "0", count: max(0, exponent + 1 - digits.count))
        return (isNegative ? "-" : "") + decimal
    }

    /// Throws where the code does not fit: something was added, removed or put in another order.
    func finish() throws(WaybillError) {
        let expected = sum.finalize().map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
            .uppercased()
        guard let sealed = SOPSValue(metadata.code),
            let found = sealed.text(key: key, place: metadata.lastModified),
            found.count == expected.utf8.count, zip(found, expected.utf8).allSatisfy(==)
        else {
            throw WaybillError(
                .invalidInput, "the code over its values (sops.mac) does not fit: the file was changed", subject: file,
                remedy: "restore it, or edit it with sops")
        }
    }
}
