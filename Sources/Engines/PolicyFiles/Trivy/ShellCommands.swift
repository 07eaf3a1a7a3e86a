/// The simple commands in a shell's text: words as they are written, without assignments in front, redirections,
/// comments and the shell's own words. Commands in `$(…)` and backquotes follow the one that they are in.
struct ShellCommands {
    /// Substitutions inside each other, and commands that are told.
    static let depthMax = 16
    static let commandsMax = 10_000

    static func commands(in text: String) -> [[String]] {
        var found: [[String]] = []
        collect(ShellLexer.tokens(text), 0, &found)
        return found
    }

    /// Whether one command's output is another's input.
    static func hasPipe(_ text: String) -> Bool {
        ShellLexer.tokens(text).contains { token in
            if case .separator(let sign) = token { sign == "|" || sign == "|&" } else { false }
        }
    }

    private static func collect(_ tokens: [ShellLexer.Token], _ depth: Int, _ found: inout [[String]]) {
        for group in tokens.split(whereSeparator: \.isSeparator) {
            var words: [String] = []
            var inner: [String] = []
            for token in group {
                switch token {
                case .word(let text, let substitutions):
                    words.append(text)
                    inner += substitutions
                case .redirection(let substitutions): inner += substitutions
                case .separator: break
                }
            }
            guard found.count < commandsMax else { return }
            let command = Array(words.drop(while: isLeading))
            if let first = words.first, !openers.contains(first), !command.isEmpty { found.append(command) }
            guard depth < depthMax else { continue }
            for text in inner { collect(ShellLexer.tokens(text), depth + 1, &found) }
        }
    }

    private static let openers: Set<String> = ["for", "case", "select", "function"]
    private static let leading: Set<String> = [
        "if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}", "time", "esac",
    ]

    /// A word of the shell's own, or an assignment.
    private static func isLeading(_ word: String) -> Bool {
        if leading.contains(word) { return true }
        guard let sign = word.utf8.firstIndex(of: UInt8(ascii: "=")), sign > word.utf8.startIndex else { return false }
        let name = word.utf8[..<sign]
        return !(48...57).contains(name.first ?? 48)
            && name.allSatisfy { $0 == 0x5F || (48...57).contains($0) || (97...122).contains($0 | 0x20) }
    }
}

/// Cuts a shell's text into words and signs.
struct ShellLexer {
    enum Token {
        /// As it is written, with the texts of the substitutions in it.
        case word(String, [String])
        case redirection([String])
        case separator(String)

        var isSeparator: Bool { if case .separator = self { true } else { false } }
    }

    private let bytes: [UInt8]
    private var index = 0
    private var tokens: [Token] = []
    /// Words that end texts which begin at the next line.
    private var delimiters: [String] = []

    private init(_ text: String) { bytes = Array(text.utf8) }

    static func tokens(_ text: String) -> [Token] {
        var lexer = ShellLexer(text)
        lexer.run()
        return lexer.tokens
    }

    private func at(_ offset: Int = 0) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }
    private func starts(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return bytes[index...].starts(with: wanted)
    }

    private mutating func run() {
        while index < bytes.count {
            switch at() {
            case 0x20, 0x09, 0x0D: index += 1
            case 0x0A:
                tokens.append(.separator("\n"))
                index += 1
                skipTexts()
            case UInt8(ascii: "\\") where at(1) == 0x0A: index += 2
            case UInt8(ascii: "\\") where at(1) == 0x0D && at(2) == 0x0A: index += 3
            case UInt8(ascii: "#"): while index < bytes.count, at() != 0x0A { index += 1 }
            case UInt8(ascii: "&") where at(1) == UInt8(ascii: ">"): redirection()
            case UInt8(ascii: "<"), UInt8(ascii: ">"): redirection()
            case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"): sign()
            default: word()
            }
        }
    }

    private mutating func sign() {
        for pair in ["&&", "||", "|&", ";;"] where bytes[index...].starts(with: pair.utf8) {
            index += 2
            return tokens.append(.separator(pair))
        }
        tokens.append(.separator(String(decoding: [at()], as: UTF8.self)))
        index += 1
    }

    private mutating func redirection() {
        // `<(…)` is a word that is a command's output.
        if at(1) == UInt8(ascii: "("), at() != UInt8(ascii: "&") {
            index += 1
            let inner = enclosed(UInt8(ascii: "("), UInt8(ascii: ")"))
            return tokens.append(.redirection(inner.map { [$0] } ?? []))
        }
        let isText = starts("<<") && !starts("<<<")
        while index < bytes.count, "<>&|".utf8.contains(at()) { index += 1 }
        if isText, at() == UInt8(ascii: "-") { index += 1 }
        while at() == 0x20 || at() == 0x09 { index += 1 }
        guard let (text, inner) = wordText() else { return tokens.append(.redirection([])) }
        if isText { delimiters.append(text.filter { !"'\"\\".contains($0) }) }
        tokens.append(.redirection(isText ? [] : inner))
    }

    /// What `<<END` begins is no command.
    private mutating func skipTexts() {
        for delimiter in delimiters {
            while index < bytes.count {
                let line = bytes[index...].prefix { $0 != 0x0A }
                index = min(bytes.count, line.endIndex + 1)
                if String(decoding: line.drop { $0 == 0x09 }, as: UTF8.self) == delimiter { break }
            }
        }
        delimiters = []
    }

    private mutating func word() {
        let start = index
        guard let (text, inner) = wordText() else {
            // A quote without an end stands for nothing.
            index = max(index, start + 1)
            return
        }
        // The number of a file that is redirected.
        if at() == UInt8(ascii: "<") || at() == UInt8(ascii: ">"), text.utf8.allSatisfy({ (48...57).contains($0) }) {
            return redirection()
        }
        tokens.append(.word(text, inner))
    }

    private mutating func wordText() -> (String, [String])? {
        var text: [UInt8] = []
        var inner: [String] = []
        /// Takes bytes up to the end of what has been read.
        func taken(from start: Int) { text += bytes[start..<index] }
        scan: while index < bytes.count {
            let start = index
            switch at() {
            case 0x20, 0x09, 0x0D, 0x0A, UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "("),
                UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"):
                break scan
            case UInt8(ascii: "\\"):
                if at(1) == 0x0A {
                    index += 2
                    continue
                }
                index = min(bytes.count, index + 2)
                taken(from: start)
            case UInt8(ascii: "'"):
                guard let end = bytes[(index + 1)...].firstIndex(of: UInt8(ascii: "'")) else { break scan }
                index = end + 1
                taken(from: start)
            case UInt8(ascii: "\""):
                guard quoted(&inner) else {
                    index = start
                    break scan
                }
                taken(from: start)
            case UInt8(ascii: "`"):
                guard let end = bytes[(index + 1)...].firstIndex(of: UInt8(ascii: "`")) else { break scan }
                inner.append(String(decoding: bytes[(index + 1)..<end], as: UTF8.self))
                index = end + 1
                taken(from: start)
            case UInt8(ascii: "$"):
                expansion(&inner)
                taken(from: start)
            default:
                index += 1
                taken(from: start)
            }
        }
        return text.isEmpty ? nil : (String(decoding: text, as: UTF8.self), inner)
    }

    /// `"…"`, in which substitutions happen; false where it has no end.
    private mutating func quoted(_ inner: inout [String]) -> Bool {
        index += 1
        while index < bytes.count {
            switch at() {
            case UInt8(ascii: "\""):
                index += 1
                return true
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "$"): expansion(&inner)
            case UInt8(ascii: "`"):
                guard let end = bytes[(index + 1)...].firstIndex(of: UInt8(ascii: "`")) else { return false }
                inner.append(String(decoding: bytes[(index + 1)..<end], as: UTF8.self))
                index = end + 1
            default: index += 1
            }
        }
        return false
    }

    /// `$(…)`, `$((…))`, `${…}` or a bare sign.
    private mutating func expansion(_ inner: inout [String]) {
        index += 1
        switch at() {
        case UInt8(ascii: "("):
            let isArithmetic = at(1) == UInt8(ascii: "(")
            if let text = enclosed(UInt8(ascii: "("), UInt8(ascii: ")")), !isArithmetic { inner.append(text) }
        case UInt8(ascii: "{"): _ = enclosed(UInt8(ascii: "{"), UInt8(ascii: "}"))
        default: break
        }
    }

    /// What stands between brackets, with those inside it; nil, and one byte taken, where they are not closed.
    private mutating func enclosed(_ open: UInt8, _ close: UInt8) -> String? {
        let start = index + 1
        var level = 0
        var place = index
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\\"): place += 1
            case UInt8(ascii: "'"):
                place = bytes[(place + 1)...].firstIndex(of: UInt8(ascii: "'")) ?? bytes.count
            case UInt8(ascii: "\""):
                place += 1
                while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                    place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
                }
            case open: level += 1
            case close:
                level -= 1
                if level == 0 {
                    index = place + 1
                    return String(decoding: bytes[start..<place], as: UTF8.self)
                }
            default: break
            }
            place += 1
        }
        index = start
        return nil
    }
}
