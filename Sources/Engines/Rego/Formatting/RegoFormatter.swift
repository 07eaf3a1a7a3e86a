/// Prints a module in the layout that everybody's Rego has: `opa fmt`'s.
///
///     let text = try RegoFormatter.format(source, file: "policy.rego")
public enum RegoFormatter {
    /// The module's text, laid out anew; comments and line breaks between statements are kept. A module that cannot be
    /// read is an error, never changed text.
    public static func format(
        _ text: String, file: String, version: RegoVersion = .v1, extensions: LanguageExtensions = []
    ) throws(RegoErrors) -> String {
        let module = try Parser.module(text, file: file, version: version, extensions: extensions, readsAnnotations: false)
        var writer = FormatWriter(module: module)
        writer.module(module)
        return writer.text
    }
}

/// The pen: a text in the making, the indentation, and the comments that are still to be written.
struct FormatWriter {
    /// Comments stand where they cannot be moved along: what holds them is written as it was.
    struct MisplacedComment: Error {}

    let source: [UInt8]
    let style: Style
    private(set) var output: [UInt8] = []
    private(set) var level = 0
    /// A line has been begun.
    var isInline = false
    /// A comment that is to end the current line.
    var lineComment: Comment?
    private var delaysComment = false
    var comments: [Comment]
    /// Whether a comment behind a text that is written as it was belongs to the rule's last line.
    var keepsLastComment = false

    /// What the module's version and imports decide.
    struct Style {
        var isNew: Bool
        var usesIf: Bool
        var usesContains: Bool
        /// Some rule's path is longer than a name and a key.
        var hasReferenceHeads: Bool
        var keywords: Set<String>
        /// Braces behind `not` hold a body.
        var hasBodiesInNot: Bool
    }

    init(module: Module) {
        source = module.source
        style = Style(module)
        comments = module.comments.map { comment in
            var comment = comment
            while let last = comment.text.unicodeScalars.last, last.properties.isWhitespace {
                comment.text.unicodeScalars.removeLast()
            }
            return comment
        }
    }

    /// The result: one line break at the end.
    var text: String {
        var bytes = output
        if bytes.last == 0x0A {
            while bytes.last == 0x0A { bytes.removeLast() }
            bytes.append(0x0A)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Lines

    mutating func write(_ text: String) { output += Array(text.utf8) }

    mutating func write(_ location: Location) { output += source[range(location)] }

    func range(_ location: Location) -> Range<Int> {
        let start = min(max(0, location.start), source.count)
        return start..<min(max(start, location.end), source.count)
    }

    func bytes(_ location: Location) -> ArraySlice<UInt8> { source[range(location)] }

    /// The row in which the location's text ends.
    func lastRow(_ location: Location) -> Int { location.row + bytes(location).count { $0 == 0x0A } }

    mutating func startLine() {
        isInline = true
        for _ in 0..<level { write("\t") }
    }

    mutating func endLine() {
        isInline = false
        if let comment = lineComment, !delaysComment {
            write(" #\(comment.text)")
            lineComment = nil
        }
        delaysComment = false
        write("\n")
    }

    mutating func blankLine() {
        if isInline { endLine() }
        write("\n")
    }

    mutating func line(_ text: String) {
        if !isInline { startLine() }
        write(text)
        endLine()
    }

    mutating func indent() { level += 1 }
    mutating func outdent() { level = max(0, level - 1) }

    mutating func startLines() {
        delaysComment = true
        endLine()
        indent()
        startLine()
    }

    struct State {
        var output: Int
        var level: Int
        var comments: [Comment]
    }

    var state: State { State(output: output.count, level: level, comments: comments) }

    mutating func restore(_ state: State) {
        output.removeLast(output.count - state.output)
        level = state.level
        comments = state.comments
    }

    // MARK: Comments

    /// Writes the comments that stand before the row, and keeps one in the row itself for the line's end.
    mutating func takeComments(before row: Int) throws(MisplacedComment) {
        guard !comments.isEmpty, comments.contains(where: { $0.location.row <= row }) else { return }
        let before = comments.filter { $0.location.row < row }
        let here = comments.last { $0.location.row == row }
        comments.removeAll { $0.location.row <= row }
        write(before)
        if let last = before.last, row - last.location.row > 1 { blankLine() }
        guard let here else { return }
        guard lineComment == nil else {
            lineComment = nil
            throw MisplacedComment()
        }
        lineComment = here
    }

    mutating func write(_ comments: [Comment]) {
        var isInMetadata = false
        var previous: Comment?
        for comment in comments {
            if let previous {
                let distance = comment.location.row - previous.location.row
                if distance > 1 {
                    blankLine()
                    isInMetadata = false
                } else if distance == 1, isInMetadata, comment.startsMetadata {
                    blankLine()
                }
            }
            if comment.startsMetadata { isInMetadata = true }
            line("#\(comment.text)")
            previous = comment
        }
    }

    /// The text as it was; comments inside it are part of it.
    mutating func writeUnchanged(_ location: Location, _ candidates: [Comment]) {
        write(location)
        let end = lastRow(location)
        comments = []
        for comment in candidates {
            if keepsLastComment, comment.location.row == end {
                write(" #\(comment.text)")
            } else if comment.location.row >= end {
                comments.append(comment)
            }
        }
    }
}

extension Comment {
    var startsMetadata: Bool { text.trimmingSpaces == "METADATA" }
}

extension FormatWriter.Style {
    init(_ module: Module) {
        let isNew = module.version == .v1
        var words: Set<String> = []
        var all = false
        for item in module.imports where item.path.starts(with: ["future", "keywords"]) {
            if item.path.count > 2 { words.insert(item.path[2]) } else { all = true }
        }
        let isCompatible = module.imports.contains { $0.path == ["rego", "v1"] }
        self.isNew = isNew
        usesIf = isNew || all || isCompatible || words.contains("if")
        usesContains = isNew || all || isCompatible || words.contains("contains")
        hasReferenceHeads = module.rules.contains { rule in
            let count = rule.head.reference.count
            return count > 2 || count == 2 && rule.head.element != nil
        }
        keywords = Parser.baseKeywords.union(isNew ? Parser.futureKeywords : words)
        hasBodiesInNot = module.hasSafeNegation
    }
}
