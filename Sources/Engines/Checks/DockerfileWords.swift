/// The ways in which an instruction's text falls into words.
enum DockerfileWords {
    static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// Words with their quotes and escapes kept: blanks inside of quotes do not end a word.
    static func words(_ text: String, escape: UInt8) -> [String] {
        var words: [String] = []
        var word: [UInt8]?
        var quote: UInt8?
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if quote == nil, isBlank(byte) {
                if let done = word { words.append(String(decoding: done, as: UTF8.self)) }
                word = nil
                continue
            }
            if byte == escape, quote != UInt8(ascii: "'") {
                // At the very end it escapes nothing.
                guard index < bytes.count else { break }
                word = (word ?? []) + [byte, bytes[index]]
                index += 1
                continue
            }
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            }
            word = (word ?? []) + [byte]
        }
        if let word { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    /// The `--flag` words at the front, without quotes and escapes, and what follows them.
    static func flags(_ text: String, escape: UInt8) -> (flags: [String], rest: String) {
        var flags: [String] = []
        var bytes = Array(text.utf8)[...]
        while true {
            bytes = bytes.drop(while: isBlank)
            guard bytes.starts(with: "--".utf8) else { break }
            var word: [UInt8] = []
            var quote: UInt8?
            while let byte = bytes.first, quote != nil || !isBlank(byte) {
                bytes.removeFirst()
                if byte == escape, quote != UInt8(ascii: "'"), let escaped = bytes.popFirst() {
                    word.append(escaped)
                } else if let open = quote, byte == open {
                    quote = nil
                } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                    quote = byte
                } else {
                    word.append(byte)
                }
            }
            // Two dashes alone end the flags.
            if word == Array("--".utf8) {
                bytes = bytes.drop(while: isBlank)
                break
            }
            flags.append(String(decoding: word, as: UTF8.self))
        }
        return (flags, String(decoding: bytes, as: UTF8.self))
    }

    /// The heredocs that a line announces: `[fd]<<[-]NAME`, the name perhaps in quotes.
    static func heredocs(_ text: String, escape: UInt8) -> [DockerfileInstruction.Heredoc] {
        words(text, escape: escape).compactMap { word in
            var rest = word.drop(while: \.isNumber)
            guard rest.hasPrefix("<<") else { return nil }
            rest = rest.dropFirst(2)
            let strips = rest.hasPrefix("-")
            if strips { rest = rest.dropFirst() }
            guard !rest.isEmpty, !rest.contains("<") else { return nil }
            let name = unquoted(String(rest))
            guard !name.isEmpty else { return nil }
            return DockerfileInstruction.Heredoc(name: name, content: "", isExpanded: name == rest, stripsTabs: strips)
        }
    }

    /// The text without its quotes and backslashes, as a shell would have it, variables left alone.
    static func unquoted(_ text: String) -> String {
        var result: [UInt8] = []
        var quote: UInt8?
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'"), let escaped = bytes.popFirst() {
                result.append(escaped)
            } else if let open = quote, byte == open {
                quote = nil
            } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `$name`, `${name}`, `${name:-default}` replaced by values; others become nothing.
    static func expanded(_ text: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = Substring(text)
        while let character = rest.popFirst() {
            guard character == "$", let first = rest.first else {
                result.append(character)
                continue
            }
            if first == "{", let close = rest.firstIndex(of: "}") {
                let inside = rest[rest.index(after: rest.startIndex)..<close]
                let name = inside.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                let operation = inside.dropFirst(name.count)
                let value = values[String(name)] ?? ""
                if operation.hasPrefix(":-"), value.isEmpty {
                    result += operation.dropFirst(2)
                } else {
                    result += value
                }
                rest = rest[rest.index(after: close)...]
            } else if first.isLetter || first == "_" {
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                result += values[String(name)] ?? ""
                rest = rest.dropFirst(name.count)
            } else {
                result.append(character)
            }
        }
        return result
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (9...13).contains(byte) }
}
