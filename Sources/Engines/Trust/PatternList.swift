/// A comma-separated list of patterns as OpenSSH matches them (ssh_config(5), PATTERNS): `*` stands for any text, `?`
/// for one character, and a match of a pattern that begins with `!` refuses whatever the others say.
public struct PatternList: Hashable, Sendable {
    public let patterns: [String]

    public init(_ patterns: [String]) { self.patterns = patterns }

    init(commaSeparated text: some StringProtocol) {
        patterns = text.utf8.split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) }
    }

    public func matches(_ text: String) -> Bool {
        var isMatched = false
        for pattern in patterns {
            if pattern.utf8.first == UInt8(ascii: "!") {
                if Self.matches(Array(pattern.utf8.dropFirst()), Array(text.utf8)) { return false }
            } else if Self.matches(Array(pattern.utf8), Array(text.utf8)) {
                isMatched = true
            }
        }
        return isMatched
    }

    /// The patterns that stand for exactly one text.
    public var literals: [String] {
        patterns.filter {
            !$0.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
                && $0.utf8.first != UInt8(ascii: "!")
        }
    }

    /// Time is bounded by the product of both lengths: a failed match goes back to the last star only.
    static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        var p = 0, t = 0
        var star: (p: Int, t: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = star {
                star = (last.p, last.t + 1)
                p = last.p + 1
                t = last.t + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
