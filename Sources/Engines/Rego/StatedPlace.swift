import Documents

/// The place that a violation names itself: `{"msg": …, "path": "spec.containers[0]"}`.
enum StatedPlace {
    /// Members that policies use for it, the most usual first.
    static let names = ["path", "pointer", "fieldPath", "field", "location", "resource_path"]

    /// Where the value says that it is; nil when it says nothing or names what the input does not hold.
    static func pointer(in value: RegoValue, of input: RegoValue) -> Pointer? {
        for holder in [value, value["details"] ?? .null, value["metadata"] ?? .null] {
            for name in names {
                if let stated = holder[name], let pointer = pointer(stated, of: input) { return pointer }
            }
        }
        return nil
    }

    private static func pointer(_ stated: RegoValue, of input: RegoValue) -> Pointer? {
        switch stated {
        case .array(let keys):
            let tokens = keys.compactMap { key in key.string ?? key.int.map(String.init) }
            guard tokens.count == keys.count, !tokens.isEmpty, exists(tokens, in: input) else { return nil }
            return Pointer(tokens)
        case .string(let text):
            if let pointer = Pointer(parsing: text), !pointer.tokens.isEmpty, exists(pointer.tokens, in: input) {
                return pointer
            }
            guard var tokens = tokens(ofFieldPath: text) else { return nil }
            if tokens.first == "input" { tokens.removeFirst() }
            guard !tokens.isEmpty, exists(tokens, in: input) else { return nil }
            return Pointer(tokens)
        default: return nil
        }
    }

    /// A last member that is absent is still a place: its parent holds it.
    private static func exists(_ tokens: [String], in input: RegoValue) -> Bool {
        var current = input
        for (index, token) in tokens.enumerated() {
            guard let next = child(of: current, token) else { return index > 0 && index == tokens.count - 1 }
            current = next
        }
        return true
    }

    static func child(of value: RegoValue, _ token: String) -> RegoValue? {
        if case .array = value { return Int(token).flatMap { value[.int($0)] } }
        return value[token]
    }

    /// `spec.containers[0]["a.b"]` in its parts; nil for other text.
    private static func tokens(ofFieldPath text: String) -> [String]? {
        var tokens: [String] = []
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: "$") { rest.removeFirst() }
        while let byte = rest.first {
            if byte == UInt8(ascii: "[") {
                guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return nil }
                var token = rest[rest.index(after: rest.startIndex)..<end]
                if let quote = token.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                    guard token.count >= 2, token.last == quote else { return nil }
                    token = token.dropFirst().dropLast()
                }
                tokens.append(String(decoding: token, as: UTF8.self))
                rest = rest[(end + 1)...]
            } else {
                if byte == UInt8(ascii: ".") { rest.removeFirst() }
                let token = rest.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") }
                guard !token.isEmpty, !token.contains(UInt8(ascii: " ")) else { return nil }
                tokens.append(String(decoding: token, as: UTF8.self))
                rest = rest[token.endIndex...]
            }
        }
        return tokens
    }
}
