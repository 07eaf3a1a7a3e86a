/// Members in brackets, and bodies in them.
extension FormatWriter {
    enum Element {
        case term(Term)
        case pair(Term.Pair)

        var location: Location {
            switch self {
            case .term(let term): term.location
            case .pair(let pair): pair.key.location
            }
        }

        /// Where its last row is.
        var end: Location {
            switch self {
            case .term(let term): term.location
            case .pair(let pair): pair.value.location
            }
        }
    }

    enum ListKind {
        /// Arguments, in which a union needs no parentheses.
        case list
        case members
    }

    /// Members in the lines in which they were; one line where all were in one.
    mutating func list(
        _ elements: [Element], behind start: Location, close: Int, _ kind: ListKind
    ) throws(MisplacedComment) {
        let lines = lines(elements, \.location, behind: start, endRow: { lastRow($0.end) })
        var isBroken = lines.count > 1
        if lines.count == 1, let first = lines[0].first {
            if comments.contains(where: { $0.location.row > start.row && $0.location.row < close }) {
                throw MisplacedComment()
            }
            isBroken = hasBreak(before: first.location, in: start)
        } else if lines.isEmpty, comments.contains(where: { $0.location.row > start.row && $0.location.row < close }) {
            throw MisplacedComment()
        }
        if isBroken { startLines() }
        for (index, line) in lines.enumerated() {
            for (position, element) in line.enumerated() {
                if position > 0 { write(", ") }
                try write(element, kind)
            }
            guard index < lines.count - 1 else { continue }
            write(",")
            endLine()
            startLine()
        }
        guard isBroken else { return }
        write(",")
        endLine()
        try takeComments(before: close)
        outdent()
        startLine()
    }

    /// Whether a line ends between the opening sign and the first member, as far as its text can be found.
    private func hasBreak(before first: Location, in outer: Location) -> Bool {
        let text = Array(bytes(outer))
        let wanted = Array(bytes(first))
        guard !wanted.isEmpty, text.count >= wanted.count else { return false }
        for offset in 0...(text.count - wanted.count) where text[offset] == wanted[0] {
            guard text[offset..<offset + wanted.count].elementsEqual(wanted) else { continue }
            guard let lineEnd = text[..<offset].firstIndex(of: 0x0A) else { return false }
            return lineEnd > 0
        }
        return false
    }

    private mutating func write(_ element: Element, _ kind: ListKind) throws(MisplacedComment) {
        switch element {
        case .term(let term):
            let isWrapped = term.isUnion && (kind == .members || startsWithParenthesis(term))
            if isWrapped { write("(") }
            defer { if isWrapped { write(")") } }
            try self.term(term)
        case .pair(let pair):
            if pair.key.isUnion { write("(") }
            try term(pair.key)
            if pair.key.isUnion { write(")") }
            write(": ")
            if pair.value.isUnion { write("(") }
            defer { if pair.value.isUnion { write(")") } }
            try term(pair.value)
        }
    }

    private func lines<Item>(
        _ elements: [Item], _ location: (Item) -> Location, behind start: Location, endRow: (Item) -> Int
    ) -> [[Item]] {
        let sorted = elements.enumerated().sorted { one, other in
            let (left, right) = (location(one.element), location(other.element))
            return (left.row, left.column, one.offset) < (right.row, right.column, other.offset)
        }.map(\.element)
        var lines: [[Item]] = []
        var row = start.row
        for (index, element) in sorted.enumerated() {
            let place = location(element)
            if lines.isEmpty || place.row > row && index > 0 {
                lines.append([element])
            } else {
                lines[lines.count - 1].append(element)
            }
            row = endRow(element)
        }
        return lines
    }

    /// The row of the closing sign; -1 when the text has none. Strings are not seen as such.
    func closingRow(_ open: Character, behind skipped: Character? = nil, _ location: Location) -> Int {
        let text = bytes(location)
        var index = text.startIndex
        var row = location.row
        if let skipped {
            var ignored = 0
            index = pass(skipped, text, from: index, &ignored)
            row += ignored
        }
        guard let opening = text[min(index, text.endIndex)...].firstIndex(of: open.asciiValue ?? 0) else { return -1 }
        var breaks = 0
        let end = pass(open, text, from: opening, &breaks)
        return end < text.endIndex ? row + breaks : -1
    }

    /// The index of the sign that closes the first one found.
    private func pass(_ open: Character, _ text: ArraySlice<UInt8>, from start: Int, _ breaks: inout Int) -> Int {
        let close: UInt8 = open == "(" ? UInt8(ascii: ")") : open == "[" ? UInt8(ascii: "]") : UInt8(ascii: "}")
        let opening = open.asciiValue ?? 0
        guard var index = text[start...].firstIndex(of: opening) else { return text.endIndex }
        var depth = 1
        while depth > 0 {
            index += 1
            guard index < text.endIndex else { return text.endIndex }
            switch text[index] {
            case opening: depth += 1
            case close: depth -= 1
            case 0x0A: breaks += 1
            default: break
            }
        }
        return index
    }

    mutating func objectComprehension(
        _ pair: Term.Pair, _ body: [Literal], _ location: Location
    ) throws(MisplacedComment) {
        write("{")
        if pair.key.location.row - location.row > 1 {
            endLine()
            startLine()
        }
        if pair.key.isUnion { write("(") }
        try term(pair.key)
        if pair.key.isUnion { write(")") }
        write(": ")
        try comprehension(pair.value, at: pair.key.location, body, "{", location)
        write("}")
    }

    mutating func comprehension(
        _ head: Term, at place: Location, _ body: [Literal], _ open: Character, _ location: Location
    ) throws(MisplacedComment) {
        if place.row > location.row {
            endLine()
            startLine()
        }
        var isWrapped = false
        if case .call = head.kind { isWrapped = head.isUnion || startsWithParenthesis(head) }
        try operand(head, keepsParentheses: isWrapped)
        write(" |")
        try nested(body, open, behind: place, in: location)
    }

    /// A body in brackets: in one line where it was, else in lines of its own.
    mutating func nested(
        _ body: [Literal], _ open: Character, behind head: Location, in location: Location
    ) throws(MisplacedComment) {
        let lines = lines(body, \.location, behind: head, endRow: { lastRow($0.location) })
        let close = closingRow(open, location)
        guard let first = body.first else { return }
        if first.location.row > head.row || lines.count > 1 {
            endLine()
            indent()
            defer {
                outdent()
                startLine()
            }
            try statements(body)
            try takeComments(before: close)
        } else {
            write(" ")
            for (index, literal) in body.enumerated() {
                if index > 0 { write("; ") }
                try statement(literal)
            }
            try takeComments(before: close)
        }
    }
}

extension Term {
    /// A union by sign, which in braces could be taken for a comprehension.
    var isUnion: Bool {
        guard case .call(let operation, _) = kind else { return false }
        return operation.name == "or"
    }
}
