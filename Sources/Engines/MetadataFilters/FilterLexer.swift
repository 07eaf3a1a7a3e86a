/// Cuts a filter into tokens; the longest match wins, and keywords win over text of the same length.
struct FilterLexer {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private(set) var tokens: [FilterToken] = []
    private(set) var problems: [FilterError.Problem] = []

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        while index < scalars.count { next() }
        tokens.append(FilterToken(kind: .end, offset: scalars.count, text: ""))
    }

    private func scalar(_ position: Int) -> Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func add(_ kind: FilterToken.Kind, length: Int) {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[index..<index + length])
        tokens.append(FilterToken(kind: kind, offset: index, text: String(text)))
        index += length
    }

    private mutating func next() {
        let first = scalars[index]
        let equalsFollows = scalar(index + 1) == "="
        switch first {
        case " ", "\r", "\t", "\u{0C}", "\n": add(.blank, length: 1)
        case ".": add(.dot, length: 1)
        case ",": add(.comma, length: 1)
        case ":": add(.has, length: 1)
        case "(": add(.openParenthesis, length: 1)
        case ")": add(.closeParenthesis, length: 1)
        case "[": add(.openBracket, length: 1)
        case "]": add(.closeBracket, length: 1)
        case "{", "}": add(.stray, length: 1)
        case "-": add(.minus, length: 1)
        case "+": add(.plus, length: 1)
        case "=": add(.equals, length: 1)
        case "<": equalsFollows ? add(.lessOrEquals, length: 2) : add(.less, length: 1)
        case ">": equalsFollows ? add(.greaterOrEquals, length: 2) : add(.greater, length: 1)
        case "!": equalsFollows ? add(.notEquals, length: 2) : add(.exclamation, length: 1)
        case "\"": string()
        case "0"..."9": number()
        default: text()
        }
    }

    private mutating func number() {
        if scalars[index] == "0", scalar(index + 1) == "x" {
            var end = index + 2
            while let digit = scalar(end), Self.isHexadecimal(digit) { end += 1 }
            if end > index + 2 { return add(.hexadecimal, length: end - index) }
        }
        add(.digit, length: 1)
    }

    private mutating func text() {
        var end = index
        while let scalar = scalar(end) {
            if scalar == "\\" {
                let length = Self.escapeLength(scalars[end...])
                guard length > 0 else { break }
                end += length
            } else if Self.beginsText(scalar)
                || end > index && (Self.isDigit(scalar) || scalar == "+" || scalar == "-")
            {
                end += 1
            } else {
                break
            }
        }
        guard end > index else {
            if scalars[index] == "\\" { return add(.stray, length: 1) }
            problems.append(.init(offset: index, message: "Syntax error"))
            index += 1
            return
        }
        add(Self.kind(of: scalars[index..<end]), length: end - index)
    }

    /// Up to the last quote that can close the string; a backslash may stand for itself.
    private mutating func string() {
        var end = index + 1
        var escapedQuote: Int?
        while let scalar = scalar(end) {
            if scalar == "\"" { return add(.string, length: end + 1 - index) }
            if scalar == "\\" {
                if self.scalar(end + 1) == "\"" { escapedQuote = end + 1 }
                end += self.scalar(end + 1).map { "\"\\".unicodeScalars.contains($0) } ?? false ? 2 : 1
            } else if Self.isInString(scalar) {
                end += 1
            } else {
                break
            }
        }
        if let escapedQuote { return add(.string, length: escapedQuote + 1 - index) }
        problems.append(.init(offset: index, message: "Syntax error"))
        index = min(end + 1, scalars.count)
    }

    private static func kind(of text: ArraySlice<Unicode.Scalar>) -> FilterToken.Kind {
        switch text.count {
        case 2 where text.elementsEqual("OR".unicodeScalars): return .or
        case 3 where text.elementsEqual("AND".unicodeScalars): return .and
        case 3 where text.elementsEqual("NOT".unicodeScalars): return .not
        default: break
        }
        guard let first = text.first, first == "e" || first == "E" else { return .text }
        var digits = text.dropFirst()
        if let sign = digits.first, sign == "+" || sign == "-" { digits = digits.dropFirst() }
        return !digits.isEmpty && digits.allSatisfy(isDigit) ? .exponent : .text
    }

    /// How long the escape at the beginning is; 0 where there is none.
    private static func escapeLength(_ rest: ArraySlice<Unicode.Scalar>) -> Int {
        let following = rest.dropFirst()
        guard let kind = following.first else { return 0 }
        func hexadecimal(_ count: Int) -> Int {
            let digits = following.dropFirst().prefix(count)
            return digits.count == count && digits.allSatisfy(isHexadecimal) ? count + 2 : 0
        }
        switch kind {
        case ":", "=", "<", ">", "+", "~", "\"", "\\", ".", "*": return 2
        case "u": return hexadecimal(4)
        case "x": return hexadecimal(2)
        case "0"..."7":
            let digits = following.prefix(kind <= "3" ? 3 : 2).prefix { ("0"..."7").contains($0) }
            return digits.count + 1
        default: return 0
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isHexadecimal(_ scalar: Unicode.Scalar) -> Bool {
        isDigit(scalar) || ("a"..."f").contains(scalar) || ("A"..."F").contains(scalar)
    }

    private static func beginsText(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "#"..."'", "*", "/", ";", "?", "@", "A"..."Z", "^"..."z", "|", "\u{A1}"..."\u{FFFE}": true
        default: false
        }
    }

    private static func isInString(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " "..."~", "\r", "\t", "\u{0C}", "\n", "\u{A1}"..."\u{FFFE}": true
        default: false
        }
    }
}
