/// Rules: heads, bodies, alternatives.
extension FormatWriter {
    mutating func write(_ rules: [Rule]) {
        for (index, rule) in rules.enumerated() {
            try? takeComments(before: rule.location.row)
            write(rule)
            let next = index + 1 < rules.count ? rules[index + 1] : nil
            if let next, staysTogether(rule), staysTogether(next), next.location.row == rule.location.row + 1 {
                continue
            }
            blankLine()
        }
    }

    /// Rules of one line may stand without an empty line between them.
    private func staysTogether(_ rule: Rule) -> Bool {
        rule.body.count <= 1 && !rule.isDefault && style.usesIf && (style.usesContains || rule.head.element == nil)
    }

    private mutating func write(_ rule: Rule) {
        startLine()
        if rule.isDefault { write("default ") }
        let isValueOnly = rule.alternatives.isEmpty && Self.isTrue(rule.body)
        keepsLastComment = isValueOnly
        var hasStrayComment = false
        do {
            try head(rule, isValueOnly: isValueOnly)
        } catch {
            hasStrayComment = true
        }
        if isValueOnly { return endLine() }
        keepsLastComment = true
        let usesIf = style.usesIf && (style.usesContains || rule.head.element == nil)
        let close = closing(of: rule)
        body(
            rule.body, usesIf: usesIf, head: rule.head.location, close: close, hasStrayComment: hasStrayComment,
            else: rule.alternatives[...], whole: rule.location, from: rule)
    }

    /// Nothing but `true`, written or meant.
    static func isTrue(_ body: [Literal]) -> Bool {
        guard let literal = body.first else { return true }
        guard body.count == 1, literal.modifiers.isEmpty, case .term(let term) = literal.kind else { return false }
        return term.value == .bool(true)
    }

    private func closing(of rule: Rule) -> Int {
        if rule.head.parameters?.isEmpty == false { return closingRow("{", behind: "(", rule.location) }
        if rule.head.element != nil || rule.form.key != nil { return closingRow("{", behind: "[", rule.location) }
        return closingRow("{", rule.location)
    }

    private mutating func body(
        _ body: [Literal], usesIf: Bool, head: Location, close: Int, hasStrayComment: Bool,
        else alternatives: ArraySlice<Rule.Alternative>, whole: Location, from rule: Rule
    ) {
        if usesIf {
            write(" if")
            if body.count == 1, body[0].location.row == lastRow(head), !Self.isSet(body[0]) {
                write(" ")
                try? statement(body[0])
                endLine()
                writeElse(alternatives, whole, rule)
                return
            }
        }
        if hasStrayComment, !comments.isEmpty {
            write(" { ")
        } else {
            write(" {")
            endLine()
        }
        indent()
        try? statements(body)
        try? takeComments(before: close)
        outdent()
        startLine()
        write("}")
        writeElse(alternatives, whole, rule)
    }

    /// A set alone would be read as a body.
    private static func isSet(_ literal: Literal) -> Bool {
        guard case .term(let term) = literal.kind else { return false }
        if case .set = term.kind { return true }
        return false
    }

    private mutating func writeElse(_ alternatives: ArraySlice<Rule.Alternative>, _ whole: Location, _ rule: Rule) {
        guard let alternative = alternatives.first else { return }
        let row = alternative.location.row
        let isBehindBrace = row > whole.row && !startsLine(alternative.location)
        let hasCommentAbove = comments.first.map { $0.location.row < row } ?? false || lineComment != nil
        if !hasCommentAbove, isBehindBrace {
            write(" ")
        } else {
            blankLine()
            startLine()
        }
        try? takeComments(before: row)
        if hasCommentAbove, !isBehindBrace { startLine() }
        let rest = alternatives.dropFirst()
        let isValueOnly = rest.isEmpty && Self.isTrue(alternative.body)
        keepsLastComment = isValueOnly
        write("else")
        var hasStrayComment = false
        if let value = alternative.value, isValueOnly || value.value != .bool(true) {
            write(alternative.isAssigned || style.isNew ? " := " : " = ")
            do {
                try term(value)
            } catch {
                hasStrayComment = true
            }
        } else if alternative.value == nil, isValueOnly {
            write(alternative.isAssigned || style.isNew ? " := true" : " = true")
        }
        if isValueOnly { return endLine() }
        keepsLastComment = true
        body(
            alternative.body, usesIf: style.usesIf, head: alternative.headLocation,
            close: closingRow("{", alternative.location), hasStrayComment: hasStrayComment, else: rest,
            whole: alternative.location, from: rule)
    }

    /// Whether only space stands before the place in its row.
    private func startsLine(_ location: Location) -> Bool {
        var index = location.start - 1
        while index >= 0, index < source.count, source[index] != 0x0A {
            guard source[index] == 0x20 || source[index] == 0x09 || source[index] == 0x0D else { return false }
            index -= 1
        }
        return true
    }

    private mutating func head(_ rule: Rule, isValueOnly: Bool) throws(MisplacedComment) {
        let head = rule.head
        let path = head.reference
        let name = path[0].value?.string ?? ""
        if style.hasReferenceHeads || path.count == 1 {
            write(name)
            for key in path.dropFirst() { try bracketed(key) }
        } else {
            if let comment = comments.first, comment.location.row == path[1].location.row {
                return writeUnchanged(head.location, comments)
            }
            write("\(name)[\(path[1].written)]")
        }
        if let parameters = head.parameters, !parameters.isEmpty {
            write("(")
            defer { write(")") }
            try list(
                parameters.map { .term($0) }, behind: head.location, close: closingRow("(", head.location), .list)
        }
        if let element = head.element {
            if style.usesContains {
                write(" contains ")
                try term(element)
            } else {
                write("[")
                try term(element)
                write("]")
            }
            return
        }
        try value(of: rule, isValueOnly: isValueOnly)
    }

    private mutating func value(of rule: Rule, isValueOnly: Bool) throws(MisplacedComment) {
        let head = rule.head
        let isTrue = head.value == nil || head.value?.value == .bool(true)
        guard rule.form.key != nil || !isTrue || isValueOnly || rule.isDefault else { return }
        if head.value == nil, rule.form.isValueAtHead {
            let isConstantPath = style.isNew && isValueOnly && rule.form.key == nil && head.parameters == nil
            guard isConstantPath else { return }
        }
        write(head.isAssigned || style.isNew ? " := " : " = ")
        if let value = head.value { try term(value) } else { write("true") }
    }

    /// Statements in lines of their own; empty lines between them are kept.
    mutating func statements(_ body: [Literal]) throws(MisplacedComment) {
        guard let first = body.first else { return }
        try takeComments(before: first.location.row)
        var previous: Literal?
        for literal in body {
            if let previous, literal.location.row > lastRow(previous.location) + 1 { blankLine() }
            startLine()
            try? statement(literal)
            endLine()
            previous = literal
        }
    }
}
