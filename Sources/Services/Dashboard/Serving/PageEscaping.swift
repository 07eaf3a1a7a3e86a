import Mustache

/// Text as it may stand in HTML, between tags and in quoted attributes.
///
/// The library's own escaping compares characters, and a quote that is followed by a combining mark is another
/// character: it would end an attribute. This one looks at each scalar.
struct PageEscaping: MustacheContentType {
    static let name = "WAYBILL"
    /// Longer texts are cut: a page stays readable whatever somebody wrote into a title.
    static let textLengthMax = 1 << 20

    func escapeText(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars.prefix(Self.textLengthMax) {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "`": result += "&#96;"
            case "\n", "\t", "\r": result.unicodeScalars.append(scalar)
            // Control characters say nothing, and those that turn the direction of writing make a text look like another
            // (Unicode TR 36): they are shown by their number.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}",
                "\u{2066}"..."\u{2069}", "\u{061C}":
                result += "[U+\(Self.number(scalar))]"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func number(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
