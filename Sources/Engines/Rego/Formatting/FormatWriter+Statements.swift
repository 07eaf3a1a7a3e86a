/// Statements of a body.
extension FormatWriter {
    mutating func statement(_ literal: Literal) throws(MisplacedComment) {
        try takeComments(before: literal.location.row)
        if !isInline { startLine() }
        try kind(literal)
        guard let first = literal.modifiers.first else { return }
        var rest = literal.modifiers[...]
        var row = lastRow(before: first, of: literal)
        if first.location.row == row {
            try modifier(first, isIndented: false)
            rest = rest.dropFirst()
        }
        var isIndented = false
        defer { if isIndented { outdent() } }
        for modifier in rest {
            let startsLine = modifier.location.row > row
            if startsLine {
                if !isIndented {
                    indent()
                    isIndented = true
                }
                endLine()
                self.startLine()
                row = modifier.location.row
            }
            try self.modifier(modifier, isIndented: startsLine)
        }
    }

    /// Where the statement itself ends, without what follows `with`.
    private func lastRow(before modifier: Literal.With, of literal: Literal) -> Int {
        var location = literal.location
        location.end = max(location.start, min(location.end, modifier.location.start))
        while location.end > location.start, [0x20, 0x09, 0x0A, 0x0D].contains(source[location.end - 1]) {
            location.end -= 1
        }
        return lastRow(location)
    }

    private mutating func modifier(_ modifier: Literal.With, isIndented: Bool) throws(MisplacedComment) {
        try takeComments(before: modifier.location.row)
        write(isIndented ? "with " : " with ")
        try term(modifier.target)
        write(" as ")
        // What could not be laid out has been written as it was.
        try? term(modifier.value)
    }

    private mutating func kind(_ literal: Literal) throws(MisplacedComment) {
        switch literal.kind {
        case .term(let term):
            if case .call(let operation, let arguments) = term.kind {
                try statementCall(operation, arguments)
            } else {
                try self.term(term)
            }
        case .unify(let left, let right): try infix(left, "=", right)
        case .assign(let left, let right): try infix(left, ":=", right)
        case .not(let inner):
            write("not ")
            let needsParentheses = style.hasBodiesInNot && inner.startsWithBrace
            if needsParentheses { write("(") }
            try statement(inner)
            if needsParentheses { write(")") }
        case .notBody(let body):
            write("not {")
            try nested(body, "{", behind: literal.location, in: literal.location)
            if let last = body.last, last.location.row == literal.location.row { write(" ") }
            write("}")
        case .logical(let logic, let left, let right):
            try side(left, of: logic, isRight: false, in: literal.location)
            write(" \(logic.rawValue) ")
            try side(right, of: logic, isRight: true, in: literal.location)
        case .some(let names): try some(names, literal.location)
        case .someIn(let key, let value, let collection):
            write("some ")
            if let key {
                try operand(key)
                write(", ")
            }
            try operand(value)
            write(" in ")
            try operand(collection)
        case .every(let key, let value, let domain, let body):
            write("every ")
            if let key {
                try term(key)
                write(", ")
            }
            try term(value)
            write(" in ")
            try term(domain)
            write(" {")
            try nested(body, "{", behind: literal.location, in: literal.location)
            if body.count == 1, body[0].location.row == literal.location.row { write(" ") }
            write("}")
        }
    }

    /// One side of `and` or `or`, with brackets where it would be read otherwise without.
    private mutating func side(
        _ side: Literal.Operand, of logic: Literal.Logic, isRight: Bool, in location: Location
    ) throws(MisplacedComment) {
        guard !side.isExplicit, let inner = side.body.first else {
            write("{")
            try nested(side.body, "{", behind: location, in: location)
            if let last = side.body.last, last.location.row == location.row { write(" ") }
            return write("}")
        }
        var needsParentheses = !inner.modifiers.isEmpty
        if case .logical(let other, _, _) = inner.kind {
            needsParentheses = needsParentheses || other == .or && logic == .and || isRight && other == logic
        }
        if needsParentheses { write("(") }
        try statement(inner)
        if needsParentheses { write(")") }
    }

    private mutating func infix(_ left: Term, _ sign: String, _ right: Term) throws(MisplacedComment) {
        try term(left)
        write(" \(sign) ")
        try term(right)
    }

    /// A call that is a statement by itself; infix signs are written as such.
    private mutating func statementCall(
        _ operation: Term.Operator, _ arguments: [Term]
    ) throws(MisplacedComment) {
        guard let sign = Self.infixSigns[operation.name] else {
            return try plainCall(operation, arguments)
        }
        if sign == "in" { return try membership(arguments, parenthesised: false) }
        switch arguments.count {
        case 2: try infix(arguments[0], sign, arguments[1])
        case 3:
            // The third argument is where the result goes.
            try term(arguments[2])
            write(" = ")
            try infix(arguments[0], sign, arguments[1])
        default: try plainCall(operation, arguments)
        }
    }

    private mutating func some(_ names: [Term], _ location: Location) throws(MisplacedComment) {
        write("some ")
        var row = location.row
        for (index, name) in names.enumerated() {
            if name.location.row > row {
                endLine()
                startLine()
                write("\t")
                row = name.location.row
            } else if index > 0 {
                write(" ")
            }
            try term(name)
            if index < names.count - 1 { write(",") }
        }
    }
}

extension Literal {
    /// Whether the statement, laid out, begins with a brace.
    var startsWithBrace: Bool {
        switch kind {
        case .term(let term): term.startsWithBrace
        case .unify(let left, _), .assign(let left, _): left.startsWithBrace
        default: false
        }
    }
}

extension Term {
    var startsWithBrace: Bool {
        switch kind {
        case .set(let terms): !terms.isEmpty
        case .object, .setComprehension, .objectComprehension: true
        case .reference(let head, _): head.startsWithBrace
        case .call(.builtin, let arguments): arguments.first?.startsWithBrace ?? false
        default: false
        }
    }
}
