/// Terms.
extension FormatWriter {
    static let infixSigns: [String: String] = [
        "eq": "=", "assign": ":=", "equal": "==", "neq": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=",
        "plus": "+", "minus": "-", "mul": "*", "div": "/", "rem": "%", "and": "&", "or": "|",
        "internal.member_2": "in", "internal.member_3": "in",
    ]

    /// A term; where a comment inside it has no place, its text stays as it was.
    mutating func term(_ term: Term) throws(MisplacedComment) {
        guard !comments.isEmpty else { return try operand(term, keepsParentheses: false) }
        let before = state
        do {
            try operand(term, keepsParentheses: false)
        } catch {
            restore(before)
            if let comment = lineComment,
                (term.location.row...lastRow(term.location)).contains(comment.location.row)
            {
                lineComment = nil
            }
            writeUnchanged(term.location, before.comments)
            throw error
        }
    }

    func startsWithParenthesis(_ term: Term) -> Bool { bytes(term.location).first == UInt8(ascii: "(") }

    /// A term beside an infix sign: inner infix calls are put in parentheses.
    mutating func operand(_ term: Term, keepsParentheses: Bool = true) throws(MisplacedComment) {
        try takeComments(before: term.location.row)
        if !isInline { startLine() }
        switch term.kind {
        case .value(let value): constant(value, term)
        case .variable(let name): write(name)
        case .reference(let head, let keys):
            var isCall = false
            if case .call = head.kind { isCall = true }
            try operand(head, keepsParentheses: isCall && startsWithParenthesis(head))
            for key in keys { try bracketed(key) }
        case .call(let operation, let arguments):
            try call(operation, arguments, parenthesised: keepsParentheses)
        case .array(let terms):
            write("[")
            try list(terms.map { .term($0) }, behind: term.location, close: closingRow("[", term.location), .members)
            write("]")
        case .set(let terms):
            guard !terms.isEmpty else {
                write("set()")
                return try takeComments(before: closingRow("(", term.location))
            }
            write("{")
            try list(
                distinct(terms).map { .term($0) }, behind: term.location, close: closingRow("{", term.location),
                .members)
            write("}")
        case .object(let pairs):
            write("{")
            try list(
                distinct(pairs).map { .pair($0) }, behind: term.location, close: closingRow("{", term.location),
                .members)
            write("}")
        case .arrayComprehension(let head, let body):
            write("[")
            try comprehension(head, at: head.location, body, "[", term.location)
            write("]")
        case .setComprehension(let head, let body):
            write("{")
            try comprehension(head, at: head.location, body, "{", term.location)
            write("}")
        case .objectComprehension(let pair, let body):
            try objectComprehension(pair, body, term.location)
        case .template(let pieces): try template(pieces, term)
        }
        if !isInline { startLine() }
    }

    /// A reference's key.
    mutating func bracketed(_ key: Term) throws(MisplacedComment) {
        if key.value?.string != nil { return self.key(key) }
        if let name = key.variable, name != "input", name != "data" { return write("[\(name)]") }
        write("[")
        do {
            try term(key)
        } catch {
            // The bracket must not become part of the comment.
            write("\n")
        }
        write("]")
    }

    private mutating func constant(_ value: RegoValue, _ term: Term) {
        switch value {
        case .string:
            let text = bytes(term.location)
            if text.first == UInt8(ascii: "\"") || text.first == UInt8(ascii: "`") {
                write(term.location)
            } else {
                write(term.written)
            }
        case .number:
            // As it was written, for no digit is to change.
            write(String(decoding: bytes(term.location).filter { $0 > 0x20 }, as: UTF8.self).withoutParentheses)
        default: write(term.written)
        }
    }

    private mutating func call(
        _ operation: Term.Operator, _ arguments: [Term], parenthesised: Bool
    ) throws(MisplacedComment) {
        guard let sign = Self.infixSigns[operation.name],
            arguments.count == (operation.name == "internal.member_3" ? 3 : 2)
        else { return try plainCall(operation, arguments) }
        if sign == "in" { return try membership(arguments, parenthesised: true) }
        if parenthesised { write("(") }
        try operand(arguments[0])
        write(" \(sign) ")
        try operand(arguments[1])
        if parenthesised { write(")") }
    }

    mutating func membership(_ arguments: [Term], parenthesised: Bool) throws(MisplacedComment) {
        let needsParentheses = parenthesised && arguments.count == 3
        if needsParentheses { write("(") }
        try operand(arguments[0])
        if arguments.count == 3 {
            write(", ")
            try operand(arguments[1])
        }
        write(" in ")
        try operand(arguments[arguments.count - 1])
        if needsParentheses { write(")") }
    }

    mutating func plainCall(_ operation: Term.Operator, _ arguments: [Term]) throws(MisplacedComment) {
        var place = Location.none
        switch operation {
        case .builtin(let name): write(name)
        case .name(let name):
            place = name.location
            try operand(name, keepsParentheses: false)
        }
        write("(")
        defer { write(")") }
        try list(arguments.map { .term($0) }, behind: place, close: closingRow("(", place), .list)
    }

    private func distinct(_ terms: [Term]) -> [Term] {
        var seen: Set<String> = []
        return terms.filter { seen.insert($0.written).inserted }
    }

    private func distinct(_ pairs: [Term.Pair]) -> [Term.Pair] {
        var last: [String: Int] = [:]
        for (index, pair) in pairs.enumerated() { last[pair.key.written] = index }
        return pairs.enumerated().filter { last[$0.element.key.written] == $0.offset }.map(\.element)
    }

    private mutating func template(_ pieces: [Term.Piece], _ term: Term) throws(MisplacedComment) {
        let isRaw = bytes(term.location).dropFirst().first == UInt8(ascii: "`")
        write(isRaw ? "$`" : "$\"")
        for piece in pieces {
            switch piece {
            case .text(let text):
                let escaped = text.split(separator: "{", omittingEmptySubsequences: false).joined(separator: "\\{")
                if isRaw {
                    write(escaped)
                } else {
                    write(
                        Self.quotedContent(text).split(separator: "{", omittingEmptySubsequences: false)
                            .joined(separator: "\\{"))
                }
            case .expression(let literal): try interpolation(literal)
            }
        }
        write(isRaw ? "`" : "\"")
    }

    private mutating func interpolation(_ literal: Literal) throws(MisplacedComment) {
        let hasComment = comments.contains { $0.location.row < literal.location.row }
        if !hasComment, case .term(let term) = literal.kind, literal.modifiers.isEmpty, let value = term.value {
            // A constant needs no braces.
            return write(value.string.map(Self.quotedContent) ?? term.written)
        }
        write("{")
        indent()
        defer { outdent() }
        if lineComment != nil {
            endLine()
            startLine()
        } else {
            let before = comments.filter { $0.location.row < literal.location.row }
            if !before.isEmpty {
                comments.removeFirst(before.count)
                write(" ")
                isInline = true
                write(before)
            }
        }
        try statement(literal)
        let inside = comments.filter { $0.location.start < literal.location.end }
        if !inside.isEmpty {
            comments.removeFirst(inside.count)
            endLine()
            write(inside)
            startLine()
        }
        write("}")
    }

    private static func quotedContent(_ text: String) -> String {
        String(RegoValue.string(text).description.dropFirst().dropLast())
    }
}

extension String {
    fileprivate var withoutParentheses: String { filter { $0 != "(" && $0 != ")" } }
}
