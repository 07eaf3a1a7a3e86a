import WaybillCore

/// Gives a scalar its type.
enum YAMLScalar {
    private static let prefix = "tag:yaml.org,2002:"

    static func value(
        of text: String, plain: Bool, tag: String?, schema: YAMLReader.Schema, at position: Position
    ) throws(DocumentError) -> Value {
        guard let tag, tag != "!" || plain == false else {
            return plain && tag == nil ? resolve(text, schema) : .string(text)
        }
        guard tag != "!" else { return .string(text) }
        let resolved = resolve(text, schema)
        switch tag {
        case prefix + "str": return .string(text)
        case prefix + "null" where text.isEmpty || resolved.isNull: return .null
        case prefix + "bool" where resolved.bool != nil: return resolved
        case prefix + "int" where resolved.number?.integer != nil: return resolved
        case prefix + "float" where resolved.number != nil: return resolved
        case prefix + "binary":
            guard let bytes = Base64.decode(text.utf8.filter { $0 > 0x20 }),
                let decoded = String(validating: bytes, as: UTF8.self)
            else { throw DocumentError(at: position, "!!binary: not base 64 of UTF-8 text") }
            return .string(decoded)
        case prefix + "timestamp": return .string(text)
        default:
            throw DocumentError(
                at: position, "\(Redaction.excerpt(text)) does not fit its tag \(Redaction.excerpt(tag))")
        }
    }

    /// The type of a plain scalar.
    static func resolve(_ text: String, _ schema: YAMLReader.Schema) -> Value {
        guard isWordOrNumber(text) else { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON":
            return schema == .kubernetes ? .bool(true) : .string(text)
        case "n", "N", "no", "No", "NO", "off", "Off", "OFF":
            return schema == .kubernetes ? .bool(false) : .string(text)
        default: break
        }
        guard let first = text.utf8.first, (48...57).contains(first) || "+-.".utf8.contains(first) else {
            return .string(text)
        }
        return number(text, schema).map(Value.number) ?? .string(text)
    }

    /// Whether the text can be anything but a string: most texts cannot, and are told by their first byte.
    private static func isWordOrNumber(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return true }
        switch first {
        case 48...57, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): return true
        case UInt8(ascii: "~"): return text.utf8.count == 1
        default: return text.utf8.count <= 5 && "ntfyoNTFYO".utf8.contains(first)
        }
    }

    private static func number(_ text: String, _ schema: YAMLReader.Schema) -> Number? {
        let plain = schema != .core ? text.filter { $0 != "_" } : text
        if let integer = integer(plain, schema) { return integer }
        // A decimal number in YAML may start with "+" or "." or end with "."; JSON's may not.
        var digits = Substring(plain)
        var sign = ""
        if digits.hasPrefix("+") || digits.hasPrefix("-") { sign = digits.removeFirst() == "-" ? "-" : "" }
        guard let first = digits.utf8.first, (48...57).contains(first) || first == UInt8(ascii: "."),
            digits.utf8.contains(where: { (48...57).contains($0) }),
            digits.utf8.allSatisfy({ (48...57).contains($0) || ".eE+-".utf8.contains($0) }),
            let double = Double(sign + (digits.hasPrefix(".") ? "0" + digits : digits)), double.isFinite
        else { return nil }
        return Number(literal: sign + digits) ?? Number(double)
    }

    private static func integer(_ text: String, _ schema: YAMLReader.Schema) -> Number? {
        var digits = Substring(text)
        var sign = ""
        if digits.hasPrefix("+") || digits.hasPrefix("-") { sign = digits.removeFirst() == "-" ? "-" : "" }
        func parse(_ radix: Int, dropping count: Int) -> Number? {
            let rest = digits.dropFirst(count)
            guard rest.first?.isHexDigit == true else { return nil }
            return Int(sign + rest, radix: radix).map { Number($0) }
        }
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") { return parse(16, dropping: 2) }
        if digits.hasPrefix("0o") { return parse(8, dropping: 2) }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return schema != .core && (digits.hasPrefix("0b") || digits.hasPrefix("0B")) ? parse(2, dropping: 2) : nil
        }
        if digits.utf8.count > 1, digits.hasPrefix("0") {
            // YAML 1.1 reads a leading zero as octal; where that fails the text stays a decimal number.
            if schema != .core, let octal = parse(8, dropping: 1) { return octal }
            return Double(sign + digits).map { Number($0) }
        }
        return Number(literal: sign + digits)
    }
}
