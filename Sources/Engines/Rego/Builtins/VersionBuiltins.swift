/// Semantic versions, units and identifiers.
enum VersionBuiltins {
    static let all = [
        Builtin("semver.is_valid", 1) { a in .bool(a[0].string.flatMap { SemanticVersion($0) } != nil) },
        Builtin("semver.compare", 2) { (a) throws(BuiltinFailure) in
            func version(_ index: Int) throws(BuiltinFailure) -> SemanticVersion {
                let text = try a.string(index)
                guard let version = SemanticVersion(text) else {
                    throw BuiltinFailure("operand \(index + 1): string \(RegoValue.string(text)) is not a valid SemVer")
                }
                return version
            }
            return .int(SemanticVersion.compare(try version(0), try version(1)))
        },
        Builtin("units.parse", 1) { (a) throws(BuiltinFailure) in try units(try a.string(0)) },
        Builtin("units.parse_bytes", 1) { (a) throws(BuiltinFailure) in try bytes(try a.string(0)) },
        Builtin("uuid.rfc4122", 1) { (a) throws(BuiltinFailure) in .string(identifier(try a.string(0), a.host)) },
        Builtin("uuid.parse", 1) { (a) throws(BuiltinFailure) in parseIdentifier(try a.string(0)) },
    ]

    /// The digits of an exponent.
    private static let exponentDigitsMax = 6

    /// A number and the unit behind it.
    private static func amount(_ text: String, _ what: String) throws(BuiltinFailure) -> (RegoNumber, String) {
        let bytes = Array(text.utf8.filter { $0 != UInt8(ascii: "\"") })
        guard !bytes.contains(0x20) else { throw BuiltinFailure("spaces not allowed in resource strings") }
        func isDigit(_ index: Int) -> Bool { index < bytes.count && (48...57).contains(bytes[index]) }
        func isSign(_ index: Int) -> Bool {
            index < bytes.count && (bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-"))
        }
        var end = 0
        while end < bytes.count {
            if bytes[end] | 0x20 == UInt8(ascii: "e") {
                guard isDigit(end + 1) || isSign(end + 1) else { break }
                if isSign(end + 1) { end += 1 }
                let digits = bytes[(end + 1)...].prefix { (48...57).contains($0) }
                guard digits.count <= exponentDigitsMax else { throw BuiltinFailure("exponent too large") }
            } else if !isDigit(end), !isSign(end), bytes[end] != UInt8(ascii: ".") {
                break
            }
            end += 1
        }
        guard end > 0 else { throw BuiltinFailure("no \(what)amount provided") }
        guard let number = TypeBuiltins.number(String(decoding: bytes[..<end], as: UTF8.self)) else {
            throw BuiltinFailure("could not parse \(what)amount to a number")
        }
        return (number, String(decoding: bytes[end...], as: UTF8.self))
    }

    private static func power(_ base: Int, _ exponent: Int) -> RegoNumber {
        (0..<exponent).reduce(RegoNumber(1)) { value, _ in value * RegoNumber(base) }
    }

    private static let letters = ["": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5, "e": 6]

    /// `m` is a thousandth and `M` a million; all other letters mean the same in both cases.
    private static func units(_ text: String) throws(BuiltinFailure) -> RegoValue {
        let (number, unit) = try amount(text, "")
        if unit == "m" { return .number(tenDecimals(number.divided(by: RegoNumber(1000)) ?? number)) }
        let lower = unit.lowercased()
        if let exponent = letters[lower] { return .number(tenDecimals(number * power(1000, exponent))) }
        guard lower.hasSuffix("i"), let exponent = letters[String(lower.dropLast())], exponent > 0 else {
            throw BuiltinFailure("unit \(unit.prefix(1) + lower.dropFirst()) not recognized")
        }
        return .number(tenDecimals(number * power(1024, exponent)))
    }

    private static func tenDecimals(_ number: RegoNumber) -> RegoNumber {
        let scale = RegoNumber(10_000_000_000)
        return (number * scale).rounded(.nearest).divided(by: scale) ?? number
    }

    private static func bytes(_ text: String) throws(BuiltinFailure) -> RegoValue {
        let (number, unit) = try amount(text.lowercased(), "byte ")
        var rest = unit
        if rest.utf8.count > 1, rest.hasSuffix("b") { rest.removeLast() }
        let isBinary = rest.hasSuffix("i")
        if isBinary { rest.removeLast() }
        guard let exponent = letters[rest], !(isBinary && exponent == 0) else {
            throw BuiltinFailure("byte unit \(unit) not recognized")
        }
        let product = number * power(isBinary ? 1024 : 1000, exponent)
        return .number(product.rounded(product.isNegative ? .up : .down))
    }

    private static func identifier(_ name: String, _ host: BuiltinHost) -> String {
        let high = host.random(name + "/high") & ~0xF000 | 0x4000
        let low = host.random(name + "/low") & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let digits = [high, low].map { value in
            let text = String(value, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }.joined()
        return hyphenated(Array(digits.utf8))
    }

    private static func hyphenated(_ digits: [UInt8]) -> String {
        [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(decoding: digits[$0], as: UTF8.self) }.joined(
            separator: "-")
    }

    /// Undefined for what is no identifier.
    private static func parseIdentifier(_ text: String) -> RegoValue? {
        var text = text.lowercased()
        if text.hasPrefix("urn:uuid:") { text = String(text.dropFirst(9)) }
        if text.hasPrefix("{"), text.hasSuffix("}") { text = String(text.dropFirst().dropLast()) }
        let digits = Array(text.utf8.filter { $0 != UInt8(ascii: "-") })
        guard digits.count == 32, text.utf8.count == 32 || hyphenated(digits) == text,
            digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        func number(_ range: Range<Int>) -> UInt64 {
            UInt64(String(decoding: digits[range], as: UTF8.self), radix: 16) ?? 0
        }
        let version = Int(number(12..<13))
        let variants: [(UInt64, String)] = [(8, "Reserved"), (12, "RFC4122"), (14, "Microsoft"), (16, "Future")]
        let variant = variants.first { number(16..<17) < $0.0 }?.1 ?? "Future"
        var members: [RegoObject.Member] = [
            .init(key: "version", value: .int(version)), .init(key: "variant", value: .string(variant)),
        ]
        if version == 1 || version == 2 {
            let time = Int(number(13..<16) << 48 | number(8..<12) << 32 | number(0..<8))
            members.append(
                .init(key: "time", value: .number(RegoNumber(time - 122_192_928_000_000_000) * RegoNumber(100))))
            members.append(.init(key: "clocksequence", value: .int(Int(number(16..<20) & 0x3FFF))))
            let node = stride(from: 20, to: 32, by: 2).map { String(decoding: digits[$0..<$0 + 2], as: UTF8.self) }
            members.append(.init(key: "nodeid", value: .string(node.joined(separator: "-"))))
            let first = Int(number(20..<22))
            members.append(
                .init(
                    key: "macvariables",
                    value: .string(
                        "\(first & 2 == 0 ? "global" : "local"):\(first & 1 == 0 ? "unicast" : "multicast")")))
            if version == 2 {
                let domains = ["Person", "Group", "Org"]
                let domain = Int(number(18..<20))
                members.append(.init(key: "id", value: .int(Int(number(0..<8)))))
                members.append(.init(key: "domain", value: .string(domain < 3 ? domains[domain] : "Domain\(domain)")))
            }
        }
        return .object(RegoObject(members))
    }
}
