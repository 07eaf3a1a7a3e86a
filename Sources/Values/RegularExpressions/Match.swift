/// Where a pattern was found, in UTF-8 bytes.
public struct Match: Sendable {
    /// The whole match, then each group; nil for a group that took no part.
    public let ranges: [Range<Int>?]
    let names: [String?]

    /// The whole match.
    public var range: Range<Int> { ranges[0] ?? 0..<0 }

    /// The range of a group by number, 0 being the whole match; nil for one that took no part or does not exist.
    public subscript(group: Int) -> Range<Int>? { ranges.indices.contains(group) ? ranges[group] : nil }

    /// The range of a group by name.
    public subscript(name: String) -> Range<Int>? {
        names.firstIndex(of: name).flatMap { self[$0 + 1] }
    }
}

extension RegularExpression {
    /// The texts of the first match and its groups, nil for a group that took no part.
    public func groups(in text: String) -> [String?]? {
        let bytes = Array(text.utf8)
        return firstMatch(in: bytes).map { $0.ranges.map { $0.map { String(decoding: bytes[$0], as: UTF8.self) } } }
    }

    /// The text of the first match.
    public func find(in text: String) -> String? { groups(in: text)?[0] }

    /// The texts of every match.
    public func findAll(in text: String, limit: Int = .max) -> [String] {
        let bytes = Array(text.utf8)
        return allMatches(in: bytes, limit: limit).map { String(decoding: bytes[$0.range], as: UTF8.self) }
    }

    /// The pieces between matches, as Go's `Split` has them: at most `limit`, the last one unsplit.
    public func split(_ text: String, limit: Int = .max) -> [String] {
        let bytes = Array(text.utf8)
        if !pattern.isEmpty, bytes.isEmpty { return [""] }
        var pieces: [String] = []
        var start = 0
        var end = 0
        for match in allMatches(in: bytes) {
            if pieces.count >= limit - 1 { break }
            end = match.range.lowerBound
            if match.range.upperBound != 0 { pieces.append(String(decoding: bytes[start..<end], as: UTF8.self)) }
            start = match.range.upperBound
        }
        if end != bytes.count { pieces.append(String(decoding: bytes[start...], as: UTF8.self)) }
        return pieces
    }
}
