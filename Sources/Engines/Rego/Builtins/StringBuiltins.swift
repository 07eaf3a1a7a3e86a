/// Texts. Positions count code points.
enum StringBuiltins {
    static let all = [
        Builtin("concat", 2) { (a) throws(BuiltinFailure) in .string(try a.strings(1).joined(separator: a.string(0))) },
        Builtin("contains", 2) { (a) throws(BuiltinFailure) in .bool(find(try a.string(1), in: try a.string(0)) != nil)
        },
        Builtin("startswith", 2) { (a) throws(BuiltinFailure) in .bool(starts(try a.string(0), with: try a.string(1)))
        },
        Builtin("endswith", 2) { (a) throws(BuiltinFailure) in .bool(ends(try a.string(0), with: try a.string(1))) },
        Builtin("lower", 1) { (a) throws(BuiltinFailure) in .string(try mapped(a.string(0), lower)) },
        Builtin("upper", 1) { (a) throws(BuiltinFailure) in .string(try mapped(a.string(0), upper)) },
        Builtin("indexof", 2, indexOf), Builtin("indexof_n", 2, indexesOf), Builtin("split", 2, split),
        Builtin("strings.split_n", 3, splitCounted), Builtin("replace", 3, replace),
        Builtin("strings.replace_n", 2, replaceMany), Builtin("substring", 3, substring),
        Builtin("trim", 2) { (a) throws(BuiltinFailure) in .string(try trim(a, left: true, right: true)) },
        Builtin("trim_left", 2) { (a) throws(BuiltinFailure) in .string(try trim(a, left: true, right: false)) },
        Builtin("trim_right", 2) { (a) throws(BuiltinFailure) in .string(try trim(a, left: false, right: true)) },
        Builtin("trim_space", 1) { (a) throws(BuiltinFailure) in .string(try a.string(0).trimmingSpaces) },
        Builtin("trim_prefix", 2) { (a) throws(BuiltinFailure) in
            let (text, part) = (try a.string(0), try a.string(1))
            return .string(
                starts(text, with: part) ? String(decoding: text.utf8.dropFirst(part.utf8.count), as: UTF8.self) : text)
        },
        Builtin("trim_suffix", 2) { (a) throws(BuiltinFailure) in
            let (text, part) = (try a.string(0), try a.string(1))
            return .string(
                ends(text, with: part) ? String(decoding: text.utf8.dropLast(part.utf8.count), as: UTF8.self) : text)
        },
        Builtin("strings.reverse", 1) { (a) throws(BuiltinFailure) in
            .string(string(try a.string(0).unicodeScalars.reversed()))
        },
        Builtin("strings.count", 2, countOf),
        Builtin("strings.any_prefix_match", 2) { (a) throws(BuiltinFailure) in try anyMatch(a, starts) },
        Builtin("strings.any_suffix_match", 2) { (a) throws(BuiltinFailure) in try anyMatch(a, ends) },
        Builtin("format_int", 2, formatInteger), Builtin("sprintf", 2, sprintf),
    ]

    /// Character by character, as Go does: no letter becomes two, and none looks at its neighbours.
    private static func mapped(_ text: String, _ map: (Unicode.Scalar) -> Unicode.Scalar) -> String {
        string(text.unicodeScalars.lazy.map(map))
    }

    private static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let mapped = scalar.properties.lowercaseMapping.unicodeScalars
        // The only one with two letters is the dotted I.
        return mapped.count == 1 ? mapped.first ?? scalar : scalar == "\u{130}" ? "i" : scalar
    }

    private static func upper(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let mapped = scalar.properties.uppercaseMapping.unicodeScalars
        if mapped.count == 1 { return mapped.first ?? scalar }
        // Greek letters with an iota beneath have one capital; a sharp s and ligatures have none.
        let title = scalar.properties.titlecaseMapping.unicodeScalars
        return title.count == 1 ? title.first ?? scalar : scalar
    }

    static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    static func starts(_ text: String, with part: String) -> Bool { text.utf8.starts(with: part.utf8) }
    static func ends(_ text: String, with part: String) -> Bool {
        text.utf8.count >= part.utf8.count && text.utf8.suffix(part.utf8.count).elementsEqual(part.utf8)
    }

    /// The first place at or after `start`, in bytes.
    static func find(_ part: [UInt8], in text: [UInt8], from start: Int = 0) -> Int? {
        guard let first = part.first else { return start <= text.count ? start : nil }
        guard text.count >= part.count else { return nil }
        var index = start
        while index <= text.count - part.count {
            if text[index] == first, text[index..<(index + part.count)].elementsEqual(part) { return index }
            index += 1
        }
        return nil
    }

    static func find(_ part: String, in text: String) -> Int? { find(Array(part.utf8), in: Array(text.utf8)) }

    private static func scalarCount(_ bytes: ArraySlice<UInt8>) -> Int { bytes.lazy.filter { $0 & 0xC0 != 0x80 }.count }

    @Sendable static func indexOf(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let (text, part) = (Array(try a.string(0).utf8), Array(try a.string(1).utf8))
        guard !part.isEmpty else { throw BuiltinFailure("empty search character") }
        return .int(find(part, in: text).map { scalarCount(text[..<$0]) } ?? -1)
    }

    @Sendable static func indexesOf(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let (text, part) = (Array(try a.string(0).utf8), Array(try a.string(1).utf8))
        guard !part.isEmpty else { throw BuiltinFailure("empty search character") }
        var result: [RegoValue] = []
        var start = 0
        while let index = find(part, in: text, from: start) {
            result.append(.int(scalarCount(text[..<index])))
            start = index + 1
        }
        return .array(result)
    }

    static func split(_ text: String, by separator: String, limit: Int = .max) -> [String] {
        let (bytes, part) = (Array(text.utf8), Array(separator.utf8))
        if part.isEmpty {
            let scalars = Array(text.unicodeScalars)
            guard scalars.count > limit else { return scalars.map { String($0) } }
            return scalars[..<(limit - 1)].map { String($0) } + [string(scalars[(limit - 1)...])]
        }
        var result: [String] = []
        var start = 0
        while result.count < limit - 1, let index = find(part, in: bytes, from: start) {
            result.append(String(decoding: bytes[start..<index], as: UTF8.self))
            start = index + part.count
        }
        result.append(String(decoding: bytes[start...], as: UTF8.self))
        return result
    }

    @Sendable static func split(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        .array(split(try a.string(0), by: try a.string(1)).map { .string($0) })
    }

    /// The first so many pieces; the last ones for a negative number.
    @Sendable static func splitCounted(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let pieces = split(try a.string(0), by: try a.string(1)).map { RegoValue.string($0) }
        let count = try a.int(2)
        return .array(count >= 0 ? Array(pieces.prefix(count)) : Array(pieces.suffix(Int(clamping: count.magnitude))))
    }

    @Sendable static func replace(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let (text, old, new) = (try a.string(0), try a.string(1), try a.string(2))
        if old.isEmpty {
            return .string(new + text.unicodeScalars.map { String($0) + new }.joined())
        }
        return .string(split(text, by: old).joined(separator: new))
    }

    /// All at once, from left to right; the first pattern in order wins. An empty pattern matches at every place, before
    /// the others have their turn there.
    @Sendable static func replaceMany(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        var pairs: [(old: [UInt8], new: [UInt8])] = []
        var filling: [UInt8] = []
        for member in try a.object(0) {
            guard let old = member.key.string, let new = member.value.string else {
                throw BuiltinFailure(
                    type: "operand 1 non-string \(member.key.string == nil ? "key" : "value") found in pattern object")
            }
            if old.isEmpty { filling = Array(new.utf8) } else { pairs.append((Array(old.utf8), Array(new.utf8))) }
        }
        let text = Array(try a.string(1).utf8)
        var result = filling
        var index = 0
        while index < text.count {
            if let pair = pairs.first(where: { text[index...].starts(with: $0.old) }) {
                result += pair.new
                index += pair.old.count
            } else {
                // Nothing is put between the bytes of one character.
                repeat {
                    result.append(text[index])
                    index += 1
                } while index < text.count && text[index] & 0xC0 == 0x80
            }
            result += filling
        }
        return .string(String(decoding: result, as: UTF8.self))
    }

    @Sendable static func substring(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let scalars = Array(try a.string(0).unicodeScalars)
        let (start, length) = (try a.int(1), try a.int(2))
        guard start >= 0 else { throw BuiltinFailure("negative offset") }
        guard start < scalars.count else { return .string("") }
        let rest = scalars[start...]
        return .string(string(length < 0 ? rest : rest.prefix(length)))
    }

    private static func trim(_ a: Arguments, left: Bool, right: Bool) throws(BuiltinFailure) -> String {
        var scalars = Array(try a.string(0).unicodeScalars)[...]
        let cut = Set(try a.string(1).unicodeScalars)
        while left, let first = scalars.first, cut.contains(first) { scalars.removeFirst() }
        while right, let last = scalars.last, cut.contains(last) { scalars.removeLast() }
        return string(scalars)
    }

    @Sendable static func countOf(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let (text, part) = (try a.string(0), try a.string(1))
        return .int(part.isEmpty ? text.unicodeScalars.count + 1 : split(text, by: part).count - 1)
    }

    private static func anyMatch(_ a: Arguments, _ matches: (String, String) -> Bool) throws(BuiltinFailure)
        -> RegoValue
    {
        func list(_ index: Int) throws(BuiltinFailure) -> [String] {
            if let text = a[index].string { return [text] }
            guard let elements = a[index].elements else { throw a.wrong(index, "one of {string, set, array}") }
            var result: [String] = []
            for element in elements {
                guard let text = element.string else {
                    throw BuiltinFailure(
                        type:
                            "operand \(index + 1) must be \(a[index].typeName) of strings but got \(a[index].typeName)"
                            + " containing \(element.typeName)")
                }
                result.append(text)
            }
            return result
        }
        let (texts, parts) = (try list(0), try list(1))
        return .bool(texts.contains { text in parts.contains { matches(text, $0) } })
    }

    @Sendable static func formatInteger(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let number = try a.number(0)
        let base = try a.number(1).int ?? 0
        guard [2, 8, 10, 16].contains(base) else {
            throw BuiltinFailure(type: "operand 2 must be one of {2, 8, 10, 16}")
        }
        guard let integer = number.rounded(number.isNegative ? .up : .down).integer else {
            throw BuiltinFailure("number too large")
        }
        return .string(integer.text(base: UInt32(base)))
    }

    @Sendable static func sprintf(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        .string(try Formatter(try a.string(0), try a.array(1)).text())
    }
}
