import Crypto
import Documents
import Foundation
import WaybillCore

/// One encrypted value: `ENC[AES256_GCM,data:…,iv:…,tag:…,type:str]`.
struct SOPSValue {
    private static let prefix = "ENC[AES256_GCM,"
    private var data: [UInt8]
    private var nonce: [UInt8]
    private var tag: [UInt8]
    private var type: String

    static func isEncrypted(_ text: String) -> Bool { text.hasPrefix(prefix) && text.hasSuffix("]") }

    /// Nil where the text is no such value.
    init?(_ text: String) {
        guard Self.isEncrypted(text) else { return nil }
        var parts: [String: String] = [:]
        for part in text.dropFirst(Self.prefix.count).dropLast().split(separator: ",") {
            guard let colon = part.firstIndex(of: ":") else { return nil }
            guard parts.updateValue(String(part[colon...].dropFirst()), forKey: String(part[..<colon])) == nil else {
                return nil
            }
        }
        guard parts.count == 4, let data = parts["data"].flatMap(Base64.decode),
            let nonce = parts["iv"].flatMap(Base64.decode), let tag = parts["tag"].flatMap(Base64.decode),
            let type = parts["type"], nonce.count >= 12, tag.count == 16
        else { return nil }
        (self.data, self.nonce, self.tag, self.type) = (data, nonce, tag, type)
    }

    /// The plain text; nil where the key or the place is another, or a byte was changed.
    func text(key: SymmetricKey, place: String) -> [UInt8]? {
        guard let nonce = try? AES.GCM.Nonce(data: nonce),
            let box = try? AES.GCM.SealedBox(nonce: nonce, ciphertext: Data(data), tag: Data(tag)),
            let plain = try? AES.GCM.open(box, using: key, authenticating: Data(place.utf8))
        else { return nil }
        return Array(plain)
    }

    /// The value in its own type.
    func value(key: SymmetricKey, place: String) -> Value? {
        guard let bytes = text(key: key, place: place), let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        switch type {
        case "str", "bytes": return .string(text)
        case "int": return Int(text).map(Value.integer)
        case "float": return Double(text).map { .number(Number($0)) }
        case "bool": return ["true": .bool(true), "false": .bool(false)][text.lowercased()]
        default: return nil
        }
    }
}
