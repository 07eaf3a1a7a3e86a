import Documents
import WaybillCore

/// Takes a file apart into instructions: lines, continuations, comments, directives, heredocs.
struct DockerfileParser {
    private let lines: [[UInt8]]
    private var next = 0
    private var file = Dockerfile()
    private var escape = UInt8(ascii: "\\")
    private let size: Int
    /// Those since the last instruction.
    private var comments: [DockerfileInstruction.Comment] = []

    init(_ bytes: [UInt8]) {
        var bytes = bytes[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        size = bytes.count
        lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
        }
    }

    mutating func parse() throws(DocumentError) -> Dockerfile {
        guard size <= Dockerfile.fileBytesMax else {
            throw DocumentError(at: .start, "a file of \(size) bytes, the limit is \(Dockerfile.fileBytesMax)")
        }
        try directives()
        while let (text, position) = try instruction() {
            var parsed = try DockerfileInstruction(text, at: position, escape: escape)
            try heredocs(&parsed, text)
            parsed.comments = comments
            comments = []
            parsed.original = text
            parsed.endLine = next
            file.instructions.append(parsed)
        }
        guard !file.instructions.isEmpty else { throw DocumentError(at: .start, "the file holds no instruction") }
        return file
    }

    /// `# name=value` lines before everything else.
    private mutating func directives() throws(DocumentError) {
        while next < lines.count, let (name, value) = Self.directive(lines[next]) {
            let position = Position(line: next + 1, column: 1)
            guard file.directives[name] == nil else {
                throw DocumentError(at: position, "the directive \(name) is there twice")
            }
            file.directives[name] = value
            if name == "escape" {
                guard value == "\\" || value == "`" else {
                    throw DocumentError(at: position, "escape: expected \\ or `, found \(Redaction.excerpt(value))")
                }
                file.escape = Character(value)
                escape = value == "`" ? UInt8(ascii: "`") : UInt8(ascii: "\\")
            }
            next += 1
        }
    }

    private static func directive(_ line: [UInt8]) -> (name: String, value: String)? {
        guard line.first == UInt8(ascii: "#"), let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = DockerfileWords.trimmed(String(decoding: line[1..<equals], as: UTF8.self)).lowercased()
        let value = DockerfileWords.trimmed(String(decoding: line[(equals + 1)...], as: UTF8.self))
        return ["syntax", "escape", "check"].contains(name) && !value.isEmpty ? (name, value) : nil
    }

    /// The next instruction with its continued lines joined, nil at the end.
    private mutating func instruction() throws(DocumentError) -> (String, Position)? {
        while next < lines.count {
            let line = lines[next]
            try check(line)
            let start = line.firstIndex { !Self.isBlank($0) }
            guard let start else {
                next += 1
                continue
            }
            let position = Position(line: next + 1, column: start + 1)
            guard line[start] != UInt8(ascii: "#") else {
                let text = DockerfileWords.trimmed(String(decoding: line[(start + 1)...], as: UTF8.self))
                comments.append(.init(text: text, position: position))
                next += 1
                continue
            }
            next += 1
            var (text, isContinued) = continuation(Array(line[start...]))
            while isContinued, next < lines.count {
                let more = lines[next]
                try check(more)
                next += 1
                // Comments and empty lines inside of an instruction are dropped.
                guard let first = more.first(where: { !Self.isBlank($0) }), first != UInt8(ascii: "#") else { continue }
                let (piece, goesOn) = continuation(more)
                text += piece
                isContinued = goesOn
            }
            if text.allSatisfy(Self.isBlank) { continue }
            guard let string = String(validating: text, as: UTF8.self) else {
                throw DocumentError(at: position, "text that is not UTF-8")
            }
            return (string, position)
        }
        return nil
    }

    private func check(_ line: [UInt8]) throws(DocumentError) {
        guard line.count <= Dockerfile.lineBytesMax else {
            throw DocumentError(
                at: Position(line: next + 1, column: 1),
                "a line of \(line.count) bytes, the limit is \(Dockerfile.lineBytesMax)")
        }
    }

    /// The line without the escape character at its end, unless that one is itself escaped.
    private func continuation(_ line: [UInt8]) -> ([UInt8], isContinued: Bool) {
        var end = line.count
        while end > 0, line[end - 1] == UInt8(ascii: " ") || line[end - 1] == UInt8(ascii: "\t") { end -= 1 }
        guard end > 0, line[end - 1] == escape, end == 1 || line[end - 2] != escape else { return (line, false) }
        return (Array(line[..<(end - 1)]), true)
    }

    /// Reads the texts that an instruction announces with `<<NAME`.
    private mutating func heredocs(_ instruction: inout DockerfileInstruction, _ text: String) throws(DocumentError) {
        let target = instruction.nested.first ?? instruction
        guard ["run", "copy", "add"].contains(target.keyword), !target.isJSON else { return }
        for var heredoc in DockerfileWords.heredocs(text, escape: escape) {
            var content = ""
            var isClosed = false
            while next < lines.count, !isClosed {
                var line = lines[next][...]
                next += 1
                if heredoc.stripsTabs { line = line.drop { $0 == UInt8(ascii: "\t") } }
                let string = String(decoding: line, as: UTF8.self)
                if string.hasSameBytes(as: heredoc.name) { isClosed = true } else { content += string + "\n" }
            }
            guard isClosed else {
                throw DocumentError(
                    at: instruction.position, "the text up to \(Redaction.excerpt(heredoc.name)) does not end")
            }
            heredoc.content = content
            if instruction.nested.isEmpty {
                instruction.heredocs.append(heredoc)
            } else {
                instruction.nested[0].heredocs.append(heredoc)
            }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (9...13).contains(byte) }
}
