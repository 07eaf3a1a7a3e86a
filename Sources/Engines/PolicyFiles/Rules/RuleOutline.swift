/// The package and the rules that a module defines, read from its text alone.
///
/// Hosts such as conftest choose rules by name. A rule is counted once for each of its definitions.
public struct RuleOutline: Sendable {
    public struct Rule: Hashable, Sendable {
        public var name: String
        public var line: Int
        public var isDefault: Bool
    }

    /// Without the word `data`; empty where there is none.
    public private(set) var package = ""
    public private(set) var rules: [Rule] = []

    public init(_ text: String) {
        var scanner = RuleScanner(text)
        var ruleColumn: Int?
        while let statement = scanner.nextStatement() {
            if ruleColumn == nil {
                guard statement.word == "package" else { continue }
                package = scanner.reference()
                ruleColumn = statement.column
            } else if statement.column == ruleColumn, statement.word != "import", statement.word != "else" {
                let isDefault = statement.word == "default"
                let name = isDefault ? scanner.word() : statement.word
                if !name.isEmpty { rules.append(Rule(name: name, line: statement.line, isDefault: isDefault)) }
            }
        }
    }

    public func names(where isWanted: (String) -> Bool) -> [String] {
        var names: [String] = []
        for rule in rules where isWanted(rule.name) && !names.contains(rule.name) { names.append(rule.name) }
        return names
    }
}

/// Finds the words that begin a line outside of brackets, texts and comments.
private struct RuleScanner {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0
    private var depth = 0
    private var isAtLineStart = true

    struct Statement {
        var word: String
        var line: Int
        var column: Int
    }

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func nextStatement() -> Statement? {
        while index < bytes.count {
            let byte = bytes[index]
            if Self.isWord(byte) {
                let (place, isFirst) = (index, isAtLineStart && depth == 0)
                let word = word()
                if isFirst { return Statement(word: word, line: line, column: place - lineStart) }
                continue
            }
            skip(byte)
        }
        return nil
    }

    mutating func word() -> String {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        let start = index
        while index < bytes.count, Self.isWord(bytes[index]) { index += 1 }
        isAtLineStart = false
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// `a.b["c"]` to the end of the line.
    mutating func reference() -> String {
        let start = index
        while index < bytes.count, bytes[index] != 0x0A, bytes[index] != UInt8(ascii: "#") { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        // `a["b"]` and `a.b` are one path.
        return String(text.filter { !$0.isWhitespace && $0 != "\"" && $0 != "]" }.map { $0 == "[" ? "." : $0 })
    }

    private mutating func skip(_ byte: UInt8) {
        index += 1
        switch byte {
        case 0x0A:
            line += 1
            lineStart = index
            isAtLineStart = true
            return
        case 0x20, 0x09, 0x0D: return
        case UInt8(ascii: "#"): while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        case UInt8(ascii: "\""): skipText()
        case UInt8(ascii: "`"):
            while index < bytes.count, bytes[index] != byte { skipByte() }
            index += 1
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
        default: break
        }
        isAtLineStart = false
    }

    private mutating func skipText() {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != 0x0A {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") { index += 1 }
    }

    private mutating func skipByte() {
        if bytes[index] == 0x0A {
            line += 1
            lineStart = index + 1
        }
        index += 1
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "_")
    }
}
