/// A RUN text as a list of simple commands: enough for rules, no shell.
struct ShellCommands: Sendable {
    struct Command: Sendable {
        /// Without quotes; assignments in front and redirections are left out.
        var words: [String]
        /// Whether its output goes into the next command.
        var isPiped: Bool

        /// The program without its folder.
        var program: String { words.first.map { String($0.split(separator: "/").last ?? "") } ?? "" }
        func has(_ options: String...) -> Bool { words.contains { options.contains($0) } }
        /// The first word behind the program that is no option.
        var verb: String? { words.dropFirst().first { !$0.hasPrefix("-") } }
        /// The words behind the verb that are no options.
        var operands: [String] {
            guard let verb, let index = words.firstIndex(of: verb) else { return [] }
            return words[(index + 1)...].filter { !$0.hasPrefix("-") }
        }
    }

    private(set) var commands: [Command] = []

    init(_ text: String) {
        var words: [String] = []
        var word: [UInt8]?
        var quote: UInt8?
        let bytes = Array(text.utf8)
        func take(_ byte: UInt8) { word = (word ?? []) + [byte] }
        func endWord() {
            if let done = word { words.append(String(decoding: done, as: UTF8.self)) }
            word = nil
        }
        func endCommand(isPiped: Bool = false) {
            endWord()
            let plain = Self.plain(words)
            if !plain.isEmpty { commands.append(Command(words: plain, isPiped: isPiped)) }
            words = []
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
                if index < bytes.count { take(bytes[index]) }
                index += 1
            } else if let open = quote {
                if byte == open { quote = nil } else { take(byte) }
            } else {
                switch byte {
                case UInt8(ascii: "'"), UInt8(ascii: "\""):
                    quote = byte
                    word = word ?? []
                case UInt8(ascii: " "), UInt8(ascii: "\t"): endWord()
                case UInt8(ascii: "\n"), UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "`"):
                    endCommand()
                case UInt8(ascii: "&"):
                    // `2>&1` and `&>` are redirections.
                    if word?.last == UInt8(ascii: ">") || (index < bytes.count && bytes[index] == UInt8(ascii: ">")) {
                        take(byte)
                    } else {
                        endCommand()
                    }
                case UInt8(ascii: "|"):
                    let isOr = index < bytes.count && bytes[index] == byte
                    if isOr { index += 1 }
                    endCommand(isPiped: !isOr)
                case UInt8(ascii: "#") where word == nil:
                    while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
                default: take(byte)
                }
            }
        }
        endCommand()
    }

    private static let openers: Set<String> = [
        "if", "then", "else", "elif", "do", "while", "until", "!", "{", "time", "exec", "env", "command",
    ]

    /// Without words of the shell's grammar and without assignments in front.
    private static func plain(_ words: [String]) -> [String] {
        var rest = words[...]
        while let first = rest.first {
            let name = first.prefix { $0 != "=" }
            let isAssignment =
                first.contains("=") && !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
            guard openers.contains(first) || isAssignment || first == "$" else { break }
            rest = rest.dropFirst()
        }
        return Array(rest)
    }
}
