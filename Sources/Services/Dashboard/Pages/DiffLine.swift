/// A line of a unified diff.
struct DiffLine: Equatable {
    static let linesMax = 4000
    static let lineLengthMax = 1000

    let kind: String
    let text: String

    static func lines(_ diff: String) -> (shown: [DiffLine], isCut: Bool) {
        var lines = diff.utf8.split(
            separator: UInt8(ascii: "\n"), maxSplits: linesMax, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        let shown = lines.prefix(linesMax).map { DiffLine(String(Substring($0).unicodeScalars.prefix(lineLengthMax))) }
        return (shown, lines.count > linesMax)
    }

    private init(_ text: String) {
        self.text = text
        kind =
            switch text.utf8.first {
            case UInt8(ascii: "+"): "plus"
            case UInt8(ascii: "-"): "minus"
            case UInt8(ascii: "@"): "hunk"
            case UInt8(ascii: "d"), UInt8(ascii: "i"): "head"
            default: "same"
            }
    }
}
