/// Why an expression cannot be read, checked or computed.
public struct CELError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    /// Offset in characters, where the text itself is at fault.
    public var offset: Int?

    public init(_ message: String, at offset: Int? = nil) {
        self.message = message
        self.offset = offset
    }

    public var description: String { message }

    /// With the line and a mark under the place, as compilers of the language print it.
    public func report(in text: String) -> String {
        guard let offset else { return message }
        var line = 1
        var column = 0
        var current: [Character] = []
        var lines: [[Character]] = []
        for (index, character) in text.unicodeScalars.map(Character.init).enumerated() {
            if index == offset { (line, column) = (lines.count + 1, current.count) }
            if character == "\n" {
                lines.append(current)
                current = []
            } else {
                current.append(character)
            }
        }
        lines.append(current)
        if offset >= text.unicodeScalars.count { (line, column) = (lines.count, current.count) }
        let shown = lines.indices.contains(line - 1) ? String(lines[line - 1]) : ""
        return
            "ERROR: <input>:\(line):\(column + 1): \(message)\n | \(shown)\n | \(String(repeating: ".", count: column))^"
    }
}
