import Documents
public import WaybillCore

/// A Dockerfile or Containerfile, read as BuildKit reads it, with the place of every instruction.
public struct Dockerfile: Sendable {
    /// The character that continues a line, `\` unless the file says `# escape=` and another one.
    public internal(set) var escape: Character = "\\"
    /// `# syntax=…` and `# check=…`, in lower case.
    public internal(set) var directives: [String: String] = [:]
    public internal(set) var instructions: [DockerfileInstruction] = []

    /// The longest line that is read, in bytes.
    public static let lineBytesMax = 65_535
    /// The largest file that is read, in bytes.
    public static let fileBytesMax = 4 << 20

    /// Throws with line and column where the text is no Dockerfile.
    public init(parsing bytes: some Collection<UInt8>, file: String = "Containerfile") throws(WaybillError) {
        do {
            var parser = DockerfileParser(Array(bytes))
            self = try parser.parse()
        } catch {
            throw error.inFile(file)
        }
    }

    init() {}

    /// The stages in order. Arguments before the first `FROM` belong to none.
    public var stages: [DockerfileStage] {
        var stages: [DockerfileStage] = []
        for instruction in instructions {
            if instruction.keyword == "from" { stages.append(DockerfileStage(index: stages.count, from: instruction)) }
            if !stages.isEmpty { stages[stages.count - 1].instructions.append(instruction) }
        }
        return stages
    }

    /// The defaults of the arguments before the first `FROM`.
    public var globalArguments: [String: String] {
        var arguments: [String: String] = [:]
        for instruction in instructions.prefix(while: { $0.keyword != "from" }) where instruction.keyword == "arg" {
            for word in instruction.arguments {
                guard let equals = word.firstIndex(of: "=") else { continue }
                arguments[String(word[..<equals])] = DockerfileWords.unquoted(
                    String(word[word.index(after: equals)...]))
            }
        }
        return arguments
    }

    /// The syntax tree in one line for each instruction.
    public var syntaxTree: String { instructions.map { $0.syntaxTree + "\n" }.joined() }
}

/// One instruction with its arguments taken apart.
public struct DockerfileInstruction: Sendable {
    /// In lower case.
    public var keyword: String
    public var position: Position
    /// `--from=build`, as written.
    public var flags: [String] = []
    /// The words, the strings of a JSON array, or the whole text, as the instruction wants them.
    /// For names with values: name, value and the sign between them, in turn.
    public var arguments: [String] = []
    public var isJSON = false
    public var heredocs: [Heredoc] = []
    /// What ONBUILD carries: one instruction.
    public var nested: [DockerfileInstruction] = []
    /// The comments that stand before it, without their `#`.
    public var comments: [Comment] = []
    /// Its lines joined, as they were written.
    public var original = ""
    /// The last of its lines, texts that follow it included.
    public var endLine = 0

    public struct Comment: Sendable {
        public var text: String
        public var position: Position
    }

    /// A text that follows its instruction.
    public struct Heredoc: Sendable {
        public var name: String
        public var content: String
        public var isExpanded: Bool
        public var stripsTabs: Bool
    }

    /// The value of a flag without its dashes, empty where it has none.
    public func flag(_ name: String) -> String? {
        for flag in flags {
            let text = flag.dropFirst(2)
            if text == name { return "" }
            if text.hasPrefix(name + "=") { return String(text.dropFirst(name.count + 1)) }
        }
        return nil
    }

    /// Names with values, for ENV, LABEL and ARG.
    public var pairs: [(name: String, value: String?)] {
        if keyword == "arg" {
            return arguments.map { word in
                guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
                return (String(word[..<equals]), DockerfileWords.unquoted(String(word[word.index(after: equals)...])))
            }
        }
        return stride(from: 0, to: arguments.count - 2, by: 3).map {
            (arguments[$0], DockerfileWords.unquoted(arguments[$0 + 1]))
        }
    }

    var syntaxTree: String {
        var parts = [keyword]
        if !flags.isEmpty { parts.append("[" + flags.map(GoQuoting.quoted).joined(separator: " ") + "]") }
        parts += nested.map(\.syntaxTree) + arguments.map(GoQuoting.quoted)
        return "(" + parts.joined(separator: " ") + ")"
    }
}

/// The instructions from one `FROM` to the next.
public struct DockerfileStage: Sendable {
    public var index: Int
    public var from: DockerfileInstruction
    /// `from` is the first.
    public var instructions: [DockerfileInstruction] = []

    public var image: String { from.arguments.first ?? "" }
    public var name: String? {
        guard from.arguments.count >= 3, from.arguments[1].lowercased() == "as" else { return nil }
        return from.arguments[2].lowercased()
    }
}

/// Strings as the Go language writes them.
enum GoQuoting {
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{7}": result += "\\a"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{B}": result += "\\v"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                result += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
