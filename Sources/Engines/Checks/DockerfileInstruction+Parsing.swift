import Documents
import WaybillCore

extension DockerfileInstruction {
    static let keywords = [
        "add", "arg", "cmd", "copy", "entrypoint", "env", "expose", "from", "healthcheck", "label", "maintainer",
        "onbuild", "run",
        "shell", "stopsignal", "user", "volume", "workdir",
    ]

    /// Reads an instruction whose lines are joined.
    init(_ text: String, at position: Position, escape: UInt8, isNested: Bool = false) throws(DocumentError) {
        let text = DockerfileWords.trimmed(text)
        let word = text.prefix { !$0.isWhitespace }
        keyword = word.lowercased()
        self.position = position
        guard Self.keywords.contains(keyword) else {
            let hint =
                Spelling.nearest(to: keyword, among: Self.keywords).map { ", did you mean \($0.uppercased())?" } ?? ""
            throw DocumentError(at: position, "unknown instruction \(Redaction.excerpt(word))\(hint)")
        }
        var rest = DockerfileWords.trimmed(String(text.dropFirst(word.count)))
        (flags, rest) = DockerfileWords.flags(rest, escape: escape)
        switch keyword {
        case "run", "cmd", "entrypoint": takeCommand(rest)
        case "shell":
            takeCommand(rest)
            guard isJSON else { throw DocumentError(at: position, "SHELL wants a JSON array") }
        case "add", "copy", "volume":
            if let strings = Self.json(rest) {
                (arguments, isJSON) = (strings, true)
            } else {
                arguments = rest.split(whereSeparator: \.isWhitespace).map(String.init)
            }
        case "from", "expose": arguments = rest.split(whereSeparator: \.isWhitespace).map(String.init)
        case "arg": arguments = DockerfileWords.words(rest, escape: escape)
        case "env", "label": try takePairs(rest, escape)
        case "healthcheck":
            let type = rest.prefix { !$0.isWhitespace }
            guard !type.isEmpty else { break }
            takeCommand(DockerfileWords.trimmed(String(rest.dropFirst(type.count))))
            arguments.insert(type.uppercased(), at: 0)
        case "onbuild":
            guard !isNested, !rest.isEmpty else {
                throw DocumentError(at: position, "ONBUILD wants another instruction")
            }
            let inner = try DockerfileInstruction(rest, at: position, escape: escape, isNested: true)
            guard !["onbuild", "from", "maintainer"].contains(inner.keyword) else {
                throw DocumentError(at: position, "ONBUILD cannot carry \(inner.keyword.uppercased())")
            }
            nested = [inner]
        default: arguments = rest.isEmpty ? [] : [rest]
        }
        if keyword == "from", arguments.isEmpty { throw DocumentError(at: position, "FROM wants an image") }
    }

    private mutating func takeCommand(_ rest: String) {
        if let strings = Self.json(rest) {
            (arguments, isJSON) = (strings, true)
        } else {
            arguments = rest.isEmpty ? [] : [rest]
        }
    }

    /// `name=value …`, or the old form where the rest of the line is one value.
    private mutating func takePairs(_ rest: String, _ escape: UInt8) throws(DocumentError) {
        let words = DockerfileWords.words(rest, escape: escape)
        guard let first = words.first else { return }
        guard first.contains("=") else {
            let value = DockerfileWords.trimmed(String(rest.drop { !$0.isWhitespace }))
            guard !value.isEmpty else {
                throw DocumentError(at: position, "\(keyword.uppercased()) wants a name and a value")
            }
            arguments = [String(rest.prefix { !$0.isWhitespace }), value, ""]
            return
        }
        for word in words {
            guard let equals = word.firstIndex(of: "=") else {
                throw DocumentError(at: position, "\(keyword.uppercased()): \(Redaction.excerpt(word)) has no =")
            }
            arguments += [String(word[..<equals]), String(word[word.index(after: equals)...]), "="]
        }
    }

    /// The strings of a JSON array; nil for everything else, which then is a shell's text.
    private static func json(_ text: String) -> [String]? {
        guard text.hasPrefix("["), let value = try? JSONReader.value(from: text), let array = value.array else {
            return nil
        }
        let strings = array.compactMap(\.string)
        return strings.count == array.count ? strings : nil
    }
}
