/// Questions about types, and conversions.
enum TypeBuiltins {
    static let all = [
        Builtin("is_null", 1) { $0[0] == .null ? .bool(true) : .bool(false) },
        Builtin("is_boolean", 1) { .bool($0[0].bool != nil) },
        Builtin("is_number", 1) { .bool($0[0].number != nil) },
        Builtin("is_string", 1) { .bool($0[0].string != nil) },
        Builtin("is_array", 1) { .bool($0[0].array != nil) },
        Builtin("is_object", 1) { .bool($0[0].object != nil) },
        Builtin("is_set", 1) { .bool($0[0].set != nil) },
        Builtin("type_name", 1) { .string($0[0].typeName) },
        Builtin("to_number", 1, toNumber),
        Builtin("cast_array", 1) { (a) throws(BuiltinFailure) in .array(try a.elements(0, "one of {array, set}")) },
        Builtin("cast_set", 1) { (a) throws(BuiltinFailure) in .set(RegoSet(try a.elements(0, "one of {array, set}")))
        },
        Builtin("cast_string", 1) { (a) throws(BuiltinFailure) in .string(try a.string(0)) },
        Builtin("cast_boolean", 1) { (a) throws(BuiltinFailure) in .bool(try a.bool(0)) },
        Builtin("cast_object", 1) { (a) throws(BuiltinFailure) in .object(try a.object(0)) },
        Builtin("cast_null", 1) { (a) throws(BuiltinFailure) in
            guard a[0] == .null else { throw a.wrong(0, "null") }
            return .null
        },
        Builtin("print", 1) { _ in .bool(true) },
        Builtin("trace", 1) { _ in .bool(true) },
        Builtin("opa.runtime", 0) { a in
            let members = a.host.surroundings.environment.map {
                RegoObject.Member(key: .string($0.key), value: .string($0.value))
            }
            return members.isEmpty ? .object(RegoObject([])) : ["env": .object(RegoObject(members))]
        },
        Builtin("rego.metadata.rule", 0, isIrreplaceable: true) { _ in nil },
        Builtin("rego.metadata.chain", 0, isIrreplaceable: true) { _ in nil },
    ]

    /// What Go reads as a number: also with a plus sign, and without digits on one side of the point.
    static func number(_ text: String) -> RegoNumber? {
        var digits = text[...]
        if digits.hasPrefix("+") {
            digits.removeFirst()
            guard let first = digits.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+") else {
                return nil
            }
        }
        if let number = RegoNumber(String(digits)) { return number }
        let sign = digits.hasPrefix("-") ? "-" : ""
        var parts = digits.dropFirst(sign.utf8.count).split(
            maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 == "e" || $0 == "E" }
        ).map(String.init)
        guard var mantissa = parts.first, mantissa.contains("."), mantissa != "." else { return nil }
        if mantissa.hasPrefix(".") { mantissa = "0" + mantissa }
        if mantissa.hasSuffix(".") { mantissa += "0" }
        parts[0] = mantissa
        return RegoNumber(sign + parts.joined(separator: "e"))
    }

    @Sendable static func toNumber(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        switch a[0] {
        case .null: return .int(0)
        case .bool(let value): return .int(value ? 1 : 0)
        case .number: return a[0]
        case .string(let text):
            let letters = text.lowercased().drop { $0 == "-" || $0 == "+" }
            guard !["nan", "inf", "infinity"].contains(letters) else {
                throw BuiltinFailure(type: "operand 1 must be valid number string but got string")
            }
            guard let number = number(text) else {
                throw BuiltinFailure("strconv.ParseFloat: parsing \(GoText.quoted(text)): invalid syntax")
            }
            guard number.double.isFinite else {
                throw BuiltinFailure("strconv.ParseFloat: parsing \(GoText.quoted(text)): value out of range")
            }
            return .number(number)
        default: throw a.wrong(0, "one of {null, boolean, number, string}")
        }
    }
}
