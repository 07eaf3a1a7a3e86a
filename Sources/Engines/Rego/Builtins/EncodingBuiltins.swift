import Documents
import WaybillCore

/// JSON, YAML, base 64, hexadecimal.
enum EncodingBuiltins {
    static let all = [
        Builtin("json.marshal", 1) { .string(escapedForHTML($0[0].json)) },
        Builtin("json.marshal_with_options", 2, marshalWithOptions),
        Builtin("json.unmarshal", 1) { (a) throws(BuiltinFailure) in
            let text = try a.string(0)
            if let value = LenientJSON.value(text.utf8) { return value }
            return RegoValue(try json(text))
        },
        Builtin("json.is_valid", 1) { a in .bool(a[0].string.map { LenientJSON.value($0.utf8) != nil } ?? false) },
        Builtin("yaml.marshal", 1) { .string(KubernetesYAMLWriter.string($0[0].document)) },
        Builtin("yaml.unmarshal", 1) { (a) throws(BuiltinFailure) in
            do {
                return RegoValue(try YAMLReader.node(from: try a.string(0)).value)
            } catch let error as BuiltinFailure {
                throw error
            } catch {
                throw BuiltinFailure("\(error)")
            }
        },
        Builtin("yaml.is_valid", 1) { a in .bool(a[0].string.map { (try? YAMLReader.node(from: $0)) != nil } ?? false)
        },
        Builtin("base64.encode", 1) { (a) throws(BuiltinFailure) in .string(Base64.encode(try a.string(0).utf8)) },
        Builtin("base64.decode", 1) { (a) throws(BuiltinFailure) in .string(try decoded(try a.string(0), isURL: false))
        },
        Builtin("base64.is_valid", 1) { a in .bool(a[0].string.map { (try? decoded($0, isURL: false)) != nil } ?? false)
        },
        Builtin("base64url.encode", 1) { (a) throws(BuiltinFailure) in
            let text = Base64.encode(try a.string(0).utf8, alphabet: .urlSafe)
            return .string(text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
        },
        Builtin("base64url.encode_no_pad", 1) { (a) throws(BuiltinFailure) in
            .string(Base64.encode(try a.string(0).utf8, alphabet: .urlSafe))
        },
        Builtin("base64url.decode", 1) { (a) throws(BuiltinFailure) in
            .string(try decoded(try a.string(0), isURL: true))
        },
        Builtin("hex.encode", 1) { (a) throws(BuiltinFailure) in .string(Hex.encode(try a.string(0).utf8)) },
        Builtin("hex.decode", 1, decodeHex),
        Builtin("urlquery.encode", 1) { (a) throws(BuiltinFailure) in .string(encodeQuery(try a.string(0))) },
        Builtin("urlquery.decode", 1) { (a) throws(BuiltinFailure) in .string(try decodeQuery(try a.string(0))) },
        Builtin("urlquery.encode_object", 1, encodeQueryObject),
        Builtin("urlquery.decode_object", 1, decodeQueryObject),
    ]

    static func json(_ text: String) throws(BuiltinFailure) -> Documents.Value {
        do {
            return try JSONReader.value(from: text)
        } catch {
            throw BuiltinFailure("\(error)")
        }
    }

    @Sendable static func marshalWithOptions(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        var indent = "\t"
        var prefix = ""
        var isPretty: Bool?
        var hasLayout = false
        for member in try a.object(1) {
            func text(_ name: String) throws(BuiltinFailure) -> String {
                hasLayout = true
                if let text = member.value.string { return text }
                throw BuiltinFailure(type: "operand 2 key \(name) failed cast to string")
            }
            switch member.key.string {
            case "indent": indent = try text("indent")
            case "prefix": prefix = try text("prefix")
            case "pretty":
                guard let flag = member.value.bool else {
                    throw BuiltinFailure(type: "operand 2 key pretty failed cast to bool")
                }
                isPretty = flag
            default: throw BuiltinFailure(type: "operand 2 object contained unknown key \(member.key)")
            }
        }
        guard isPretty ?? hasLayout else { return .string(escapedForHTML(a[0].json)) }
        let lines = JSONWriter.string(a[0].document, style: .pretty).split(
            separator: "\n", omittingEmptySubsequences: false)
        return .string(
            lines.map { line in
                let depth = line.prefix { $0 == " " }.count / 2
                return prefix + String(repeating: indent, count: depth)
                    + escapedForHTML(String(line.dropFirst(depth * 2)))
            }.joined(separator: "\n"))
    }

    /// Go's JSON may stand inside HTML and JavaScript: these signs occur in texts only.
    static func escapedForHTML(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: { unsafeInHTML[$0] != nil }) else { return json }
        var result = ""
        for scalar in json.unicodeScalars {
            if let escaped = unsafeInHTML[scalar] { result += escaped } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    private static let unsafeInHTML: [Unicode.Scalar: String] = [
        "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u{2028}": "\\u2028", "\u{2029}": "\\u2029",
    ]

    static func decoded(_ text: String, isURL: Bool) throws(BuiltinFailure) -> String {
        String(decoding: try decodedBytes(text, isURL: isURL), as: UTF8.self)
    }

    static func decodedBytes(_ text: String, isURL: Bool = false) throws(BuiltinFailure) -> [UInt8] {
        var letters = Array(text.utf8)
        if isURL, letters.last != UInt8(ascii: "=") {
            // RFC 7515 appendix C: padding may be left out.
            guard letters.count % 4 != 1 else { throw BuiltinFailure("illegal base64url string: \(text)") }
            letters += Array(repeating: UInt8(ascii: "="), count: (4 - letters.count % 4) % 4)
        }
        if let bad = firstBad(letters, isURL: isURL) {
            throw BuiltinFailure("illegal base64 data at input byte \(bad)")
        }
        guard let bytes = Base64.decode(letters.filter { $0 != 0x0A && $0 != 0x0D }) else {
            throw BuiltinFailure("illegal base64 data at input byte \(letters.count)")
        }
        return Array(bytes)
    }

    /// Where Go's reader stops: at a foreign letter, at padding in a wrong place, or at the start of a group that is
    /// not whole. Line breaks are let through.
    private static func firstBad(_ letters: [UInt8], isURL: Bool) -> Int? {
        let signs = Array((isURL ? "-_" : "+/").utf8)
        var count = 0
        for (index, byte) in letters.enumerated() where byte != 0x0A && byte != 0x0D {
            let isLetter =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || signs.contains(byte)
            if isLetter {
                count += 1
                continue
            }
            guard byte == UInt8(ascii: "="), count % 4 >= 2 else { return index }
            let rest = letters.indices[index...].filter { letters[$0] != 0x0A && letters[$0] != 0x0D }
            let wanted = 4 - count % 4
            guard rest.count >= wanted, letters[rest[wanted - 1]] == byte else {
                return rest.count > 1 && wanted == 2 ? rest[1] : letters.count
            }
            return rest.count > wanted ? rest[wanted] : nil
        }
        return count % 4 == 0 ? nil : letters.count - count % 4
    }

    @Sendable static func decodeHex(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let text = try a.string(0)
        let isDigit: (UInt8) -> Bool = { (48...57).contains($0) || (97...102).contains($0 | 0x20) }
        if let bad = text.utf8.first(where: { !isDigit($0) }) {
            let code = String(bad, radix: 16, uppercase: true)
            let character = (0x20..<0x7F).contains(bad) || bad > 0xA0 ? " '\(Unicode.Scalar(bad))'" : ""
            throw BuiltinFailure(
                "encoding/hex: invalid byte: U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code)\(character)"
            )
        }
        guard let bytes = Hex.decode(text) else { throw BuiltinFailure("encoding/hex: odd length hex string") }
        return .string(String(decoding: bytes, as: UTF8.self))
    }

    static func encodeQuery(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
                result.append(byte)
            case 0x20: result.append(UInt8(ascii: "+"))
            default: result += Array("%\(RegoNumberText.hex(byte).uppercased())".utf8)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func decodeQuery(_ text: String) throws(BuiltinFailure) -> String {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let pair = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)) else {
                    throw BuiltinFailure("invalid URL escape \"%\(String(decoding: rest.prefix(2), as: UTF8.self))\"")
                }
                result += pair
                rest = rest.dropFirst(2)
            } else {
                result.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    @Sendable static func encodeQueryObject(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let invalid = BuiltinFailure(type: "operand 1 values must be string, array[string], or set[string]")
        var pairs: [String] = []
        for member in try a.object(0) {
            for value in member.value.elements ?? [member.value] {
                guard let text = value.string else { throw invalid }
                pairs.append("\(encodeQuery(member.key.memberName))=\(encodeQuery(text))")
            }
        }
        return .string(pairs.joined(separator: "&"))
    }

    @Sendable static func decodeQueryObject(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        var result: [String: [RegoValue]] = [:]
        for pair in try a.string(0).utf8.split(separator: UInt8(ascii: "&")) {
            guard !pair.contains(UInt8(ascii: ";")) else {
                throw BuiltinFailure("invalid semicolon separator in query")
            }
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
            result[try decodeQuery(parts[0]), default: []].append(
                .string(parts.count > 1 ? try decodeQuery(parts[1]) : ""))
        }
        return .object(RegoObject(result.map { .init(key: .string($0.key), value: .array($0.value)) }))
    }
}
