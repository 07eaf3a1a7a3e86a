import Documents
import WaybillCore

/// JSON, YAML, base 64, hexadecimal.
enum EncodingBuiltins {
    static let all = [
        Builtin("json.marshal", 1) { .string($0[0].json) },
        Builtin("json.marshal_with_options", 2, marshalWithOptions),
        Builtin("json.unmarshal", 1) { (a) throws(BuiltinFailure) in RegoValue(try json(try a.string(0))) },
        Builtin("json.is_valid", 1) { a in .bool(a[0].string.map { (try? JSONReader.value(from: $0)) != nil } ?? false)
        },
        Builtin("yaml.marshal", 1) { .string(YAMLWriter.string($0[0].sortedDocument)) },
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
        let options = try a.object(1)
        let indent = options["indent"]?.string ?? "\t"
        let prefix = options["prefix"]?.string ?? ""
        let isPretty = options["pretty"]?.bool ?? (options["indent"] != nil || options["prefix"] != nil)
        for member in options where !["indent", "prefix", "pretty"].contains(member.key.string) {
            throw BuiltinFailure(type: "operand 2 object contained unknown key \(member.key)")
        }
        guard isPretty else { return .string(a[0].json) }
        let lines = JSONWriter.string(a[0].sortedDocument, style: .pretty).split(
            separator: "\n", omittingEmptySubsequences: false)
        return .string(
            lines.map { line in
                let depth = line.prefix { $0 == " " }.count / 2
                return prefix + String(repeating: indent, count: depth) + line.dropFirst(depth * 2)
            }.joined(separator: "\n"))
    }

    static func decoded(_ text: String, isURL: Bool) throws(BuiltinFailure) -> String {
        String(decoding: try decodedBytes(text, isURL: isURL), as: UTF8.self)
    }

    static func decodedBytes(_ text: String, isURL: Bool = false) throws(BuiltinFailure) -> [UInt8] {
        let foreign: [UInt8] = Array((isURL ? "+/" : "-_").utf8)
        var index = 0
        var letters: [UInt8] = []
        // Line breaks are let through, as everywhere base 64 is read.
        for byte in text.utf8 {
            if byte != 0x0A, byte != 0x0D { letters.append(byte) }
            if foreign.contains(byte) { throw BuiltinFailure("illegal base64 data at input byte \(index)") }
            index += 1
        }
        let isPaddingRequired = !isURL
        guard !isPaddingRequired || letters.count.isMultiple(of: 4), let bytes = Base64.decode(letters) else {
            throw BuiltinFailure("illegal base64 data at input byte \(firstBad(letters))")
        }
        return Array(bytes)
    }

    private static func firstBad(_ letters: [UInt8]) -> Int {
        letters.firstIndex { byte in
            !((48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "+/-_=".utf8.contains(byte))
        } ?? max(0, letters.count - 1)
    }

    @Sendable static func decodeHex(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let text = try a.string(0)
        if let bad = text.unicodeScalars.first(where: { !$0.isASCII || Int(String($0), radix: 16) == nil }) {
            let code = String(bad.value, radix: 16, uppercase: true)
            throw BuiltinFailure(
                "invalid byte: U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code) '\(bad)'")
        }
        guard let bytes = Hex.decode(text) else { throw BuiltinFailure("odd length hex string") }
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
        var pairs: [String] = []
        for member in try a.object(0) {
            guard let key = member.key.string else {
                throw BuiltinFailure(type: "keys must be string but got \(member.key.typeName)")
            }
            let values: [RegoValue] = member.value.elements ?? [member.value]
            for value in values {
                guard let text = value.string else {
                    throw BuiltinFailure(type: "value must be one of {string, array, set} but got \(value.typeName)")
                }
                pairs.append("\(encodeQuery(key))=\(encodeQuery(text))")
            }
        }
        return .string(pairs.joined(separator: "&"))
    }

    @Sendable static func decodeQueryObject(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        var result: [String: [RegoValue]] = [:]
        for pair in try a.string(0).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            result[try decodeQuery(parts[0]), default: []].append(
                .string(parts.count > 1 ? try decodeQuery(parts[1]) : ""))
        }
        return .object(RegoObject(result.map { .init(key: .string($0.key), value: .array($0.value)) }))
    }
}

extension RegoValue {
    /// As a document with members in order.
    var sortedDocument: Documents.Value { document }
}
