extension RegularExpression {
    /// The text with every match replaced by the template: `$1`, `${1}`, `$name`, `${name}` stand for groups, `$$` for
    /// a dollar sign. A group that does not exist gives nothing. An unbraced name is as long as it can be.
    public func replaceAll(in text: String, with template: String) -> String {
        replaceAll(in: text) { match, bytes in expand(template, match, bytes) }
    }

    /// The text with every match replaced by the text given, taken as it is.
    public func replaceAll(in text: String, literally replacement: String) -> String {
        let replacement = Array(replacement.utf8)
        return replaceAll(in: text) { _, _ in replacement }
    }

    private func replaceAll(in text: String, by replacement: (Match, [UInt8]) -> [UInt8]) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var end = 0
        for match in allMatches(in: bytes) {
            result += bytes[end..<match.range.lowerBound]
            result += replacement(match, bytes)
            end = match.range.upperBound
        }
        result += bytes[end...]
        return String(decoding: result, as: UTF8.self)
    }

    private func expand(_ template: String, _ match: Match, _ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = Array(template.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "$") else {
                result.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "$") {
                rest.removeFirst()
                result.append(byte)
            } else if let name = Self.takeName(from: &rest) {
                let range = Int(name).map { match[$0] } ?? match[name]
                if let range { result += bytes[range] }
            } else {
                result.append(byte)
            }
        }
        return result
    }

    /// The name behind a dollar sign, nil (and nothing taken) when there is none.
    private static func takeName(from rest: inout ArraySlice<UInt8>) -> String? {
        let isBraced = rest.first == UInt8(ascii: "{")
        let name = rest.dropFirst(isBraced ? 1 : 0).prefix {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_")
        }
        guard !name.isEmpty else { return nil }
        if isBraced {
            guard name.endIndex < rest.endIndex, rest[name.endIndex] == UInt8(ascii: "}") else { return nil }
            rest = rest[(name.endIndex + 1)...]
        } else {
            rest = rest[name.endIndex...]
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// The text as a pattern that matches just it.
    public static func quoted(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if #"\.+*?()|[]{}^$"#.utf8.contains(byte) { result.append(UInt8(ascii: "\\")) }
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }
}
