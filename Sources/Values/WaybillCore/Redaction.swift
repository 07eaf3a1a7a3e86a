/// Keeps secrets and endless texts out of messages.
public enum Redaction {
    /// The longest piece of outside text that a message quotes, in characters.
    public static let excerptLengthMax = 80

    /// A quotable piece of text from outside: shortened, control characters replaced.
    public static func excerpt(_ text: some StringProtocol) -> String {
        let clean = text.prefix(excerptLengthMax).unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
        }
        return "\u{201C}\(clean.joined())\(text.count > excerptLengthMax ? "…" : "")\u{201D}"
    }

    /// A URL without its user information and query, for messages and logs.
    public static func url(_ text: String) -> String {
        var rest = Substring(text)
        if let query = rest.firstIndex(where: { $0 == "?" || $0 == "#" }) { rest = rest[..<query] }
        guard let scheme = rest.range(of: "://") else { return String(rest) }
        let authorityEnd = rest[scheme.upperBound...].firstIndex(of: "/") ?? rest.endIndex
        guard let at = rest[scheme.upperBound..<authorityEnd].lastIndex(of: "@") else { return String(rest) }
        return String(rest[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }

    /// A secret's first characters and its length, enough to recognise and too little to use.
    public static func secret(_ text: some StringProtocol) -> String {
        "\(text.prefix(text.count >= 16 ? 4 : 0))… (\(text.count) characters)"
    }
}

extension Substring {
    /// The first occurrence of a literal text.
    func range(of needle: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
