/// A query's statements as they are written.
public struct QueryOutline: Sendable {
    public struct Statement: Sendable, Hashable {
        public var text: String
        /// Counted from 1.
        public var row: Int
        public var column: Int
        /// In the query's UTF-8.
        public var offset: Int
        /// An expression whose value can be shown, rather than an assignment, a negation or a declaration.
        public var isValue: Bool
    }

    public var statements: [Statement]
    /// A key of some reference is a variable: there may be many solutions, and `false` is none of them.
    public var iterates: Bool
    /// The names of its variables, in the order of the source.
    public var variables: [String]

    public init(parsing text: String) throws(RegoError) {
        let literals = try Parser.query(text)
        let bytes = Array(text.utf8)
        var lineStarts = [0]
        for (index, byte) in bytes.enumerated() where byte == 0x0A { lineStarts.append(index + 1) }
        let offsets = literals.map { literal in
            min(
                lineStarts[max(0, min(literal.location.row, lineStarts.count) - 1)] + literal.location.column - 1,
                bytes.count)
        }
        statements = literals.enumerated().map { index, literal in
            let end = index + 1 < offsets.count ? offsets[index + 1] : bytes.count
            let isValue = if case .term = literal.kind { true } else { false }
            return Statement(
                text: Self.trimmed(bytes[offsets[index]..<max(end, offsets[index])]), row: literal.location.row,
                column: literal.location.column, offset: offsets[index], isValue: isValue)
        }
        var walker = SyntaxWalker()
        for literal in literals { walker.visit(literal) }
        iterates = walker.hasOpenKeys
        variables = walker.variables
    }

    /// Without the space, separator and comment behind it.
    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        var rest = bytes
        while let last = rest.last, last == 0x20 || last == 0x09 || last == 0x0A || last == 0x0D || last == 0x3B {
            rest = rest.dropLast()
        }
        // A comment on the last line is not part of the statement; one inside a text is.
        var isInText = false
        var isRaw = false
        var isEscaped = false
        var comment: Int?
        for (index, byte) in zip(rest.indices, rest) {
            if isEscaped {
                isEscaped = false
            } else if isRaw {
                isRaw = byte != UInt8(ascii: "`")
            } else if isInText {
                isEscaped = byte == UInt8(ascii: "\\")
                isInText = byte != UInt8(ascii: "\"")
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInText = true
                case UInt8(ascii: "`"): isRaw = true
                case UInt8(ascii: "#") where comment == nil: comment = index
                case 0x0A: comment = nil
                default: break
                }
            }
        }
        if let comment { return trimmed(rest[..<comment]) }
        return String(decoding: rest, as: UTF8.self)
    }
}
