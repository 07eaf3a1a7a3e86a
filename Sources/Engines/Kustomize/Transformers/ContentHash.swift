import Documents
import WaybillCore

/// The ten letters that stand behind the name of a generated resource.
enum ContentHash {
    static func suffix(of value: Value) -> String {
        // The name takes no part, though the reference implementation has a member for it.
        var subject: Value = ["kind": value["kind"] ?? "", "name": "", "data": value["data"] ?? ""]
        if value["kind"]?.string == "Secret" {
            subject["type"] = value["type"] ?? ""
            if let text = value["stringData"], text.object != nil { subject["stringData"] = text }
        } else if let binary = value["binaryData"], binary.object != nil {
            subject["binaryData"] = binary
        }
        var bytes: [UInt8] = []
        write(subject, &bytes)
        // Letters that could spell words are replaced, as Kubernetes' own generated names do.
        return String(
            decoding: Digest.sha256(of: bytes).hex.utf8.prefix(10).map { letter in
                switch letter {
                case UInt8(ascii: "0"): UInt8(ascii: "g")
                case UInt8(ascii: "1"): UInt8(ascii: "h")
                case UInt8(ascii: "3"): UInt8(ascii: "k")
                case UInt8(ascii: "a"): UInt8(ascii: "m")
                case UInt8(ascii: "e"): UInt8(ascii: "t")
                default: letter
                }
            }, as: UTF8.self)
    }

    /// JSON as Go's encoder writes it: keys sorted, `<`, `>`, `&` and the two line separators escaped.
    private static func write(_ value: Value, _ bytes: inout [UInt8]) {
        switch value {
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in object.sorted().members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(.string(member.key), &bytes)
                bytes.append(UInt8(ascii: ":"))
                write(member.value, &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(element, &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .string(let text): write(text, &bytes)
        default: bytes += JSONWriter.bytes(value)
        }
    }

    private static func write(_ text: String, _ bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes += "\\\"".utf8
            case "\\": bytes += "\\\\".utf8
            case "\n": bytes += "\\n".utf8
            case "\r": bytes += "\\r".utf8
            case "\t": bytes += "\\t".utf8
            case "\u{8}": bytes += "\\b".utf8
            case "\u{C}": bytes += "\\f".utf8
            case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{0}"..<"\u{20}":
                let hex = String(scalar.value, radix: 16)
                bytes += "\\u\(String(repeating: "0", count: 4 - hex.count))\(hex)".utf8
            default: bytes += String(scalar).utf8
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension BuildState {
    mutating func addHashes() throws(WaybillError) {
        for index in list.items.indices where list.items[index].needsHash {
            let hash = ContentHash.suffix(of: list.items[index].value)
            list.items[index].rememberID()
            list.items[index].name += "-\(hash)"
        }
    }
}
