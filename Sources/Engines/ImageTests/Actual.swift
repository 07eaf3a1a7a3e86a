import Documents

/// What was found.
struct Actual: Sendable {
    var value: Value
    /// A text that is looked at line by line, such as a file's contents.
    var isReader: Bool

    init(_ value: Value, isReader: Bool = false) {
        self.value = value
        self.isReader = isReader
    }

    /// The text as matchers for strings see it; nil where the value has none.
    var text: String? {
        switch value {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let value): value ? "true" : "false"
        default: nil
        }
    }

    /// The number as matchers for numbers see it.
    var number: Double? {
        switch value {
        case .number(let number): number.double
        case .string(let text): Number(literal: text.filter { !$0.isWhitespace })?.double
        default: nil
        }
    }

    /// The lines of a text without the empty one behind its last line break.
    var lines: [[UInt8]]? {
        guard let text else { return value.array.map { $0.compactMap { Actual($0).text }.map { Array($0.utf8) } } }
        var lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(
            Array.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
