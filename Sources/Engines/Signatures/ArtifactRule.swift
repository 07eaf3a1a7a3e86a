import Documents
import WaybillCore

/// One rule about the artifacts of a step (in-toto 1.0, section 4.3.3).
struct ArtifactRule: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case create, delete, modify, allow, disallow, require
        case match(sourcePrefix: String, products: Bool, destinationPrefix: String, step: String)
    }

    var kind: Kind
    var pattern: String

    init(_ value: Value) throws(SignatureFailure) {
        func bad() -> SignatureFailure {
            SignatureFailure(.layout, "a rule that is not understood: \(Redaction.excerpt(JSONWriter.string(value)))")
        }
        let words = (value.array ?? []).map { $0.string ?? "" }
        guard words.count >= 2, !words.contains("") else { throw bad() }
        pattern = words[1]
        switch words[0].lowercased() {
        case "create": kind = .create
        case "delete": kind = .delete
        case "modify": kind = .modify
        case "allow": kind = .allow
        case "disallow": kind = .disallow
        case "require": kind = .require
        case "match":
            kind = try Self.match(words[2...])
            return
        default: throw bad()
        }
        guard words.count == 2 else { throw bad() }
    }

    /// `[IN prefix] WITH (MATERIALS|PRODUCTS) [IN prefix] FROM step`.
    private static func match(_ words: ArraySlice<String>) throws(SignatureFailure) -> Kind {
        func bad() -> SignatureFailure { SignatureFailure(.layout, "a MATCH rule that is not understood") }
        var rest = words
        func word() throws(SignatureFailure) -> String {
            guard let word = rest.popFirst() else { throw bad() }
            return word
        }
        func prefix() throws(SignatureFailure) -> String {
            guard rest.first?.lowercased() == "in" else { return "" }
            rest.removeFirst()
            let text = try word()
            return text.hasSuffix("/") ? text : text + "/"
        }
        let source = try prefix()
        guard try word().lowercased() == "with" else { throw bad() }
        let kind = try word().lowercased()
        guard kind == "materials" || kind == "products" else { throw bad() }
        let destination = try prefix()
        guard try word().lowercased() == "from" else { throw bad() }
        let step = try word()
        guard rest.isEmpty else { throw bad() }
        return .match(sourcePrefix: source, products: kind == "products", destinationPrefix: destination, step: step)
    }
}

/// Shell patterns of names: `*`, `?` and sets in brackets; `*` takes slashes too, as in Python's fnmatch.
enum NamePattern {
    static func matches(_ name: String, _ pattern: String) -> Bool {
        let name = Array(name.unicodeScalars)
        let pattern = Array(pattern.unicodeScalars)
        var position = 0
        var index = 0
        var star: (pattern: Int, name: Int)?
        while position < name.count {
            if index < pattern.count, pattern[index] == "*" {
                star = (index, position)
                index += 1
            } else if index < pattern.count, let next = step(pattern, index, name[position]) {
                index = next
                position += 1
            } else if let last = star {
                index = last.pattern + 1
                position = last.name + 1
                star = (last.pattern, position)
            } else {
                return false
            }
        }
        return pattern[index...].allSatisfy { $0 == "*" }
    }

    /// The index behind the element that takes the letter; nil where it does not.
    private static func step(_ pattern: [Unicode.Scalar], _ index: Int, _ letter: Unicode.Scalar) -> Int? {
        switch pattern[index] {
        case "?": return index + 1
        case "[":
            var at = index + 1
            let isNegated = at < pattern.count && pattern[at] == "!"
            if isNegated { at += 1 }
            var isFirst = true
            var found = false
            while at < pattern.count, isFirst || pattern[at] != "]" {
                isFirst = false
                if at + 2 < pattern.count, pattern[at + 1] == "-", pattern[at + 2] != "]" {
                    if pattern[at] <= letter, letter <= pattern[at + 2] { found = true }
                    at += 3
                } else {
                    if pattern[at] == letter { found = true }
                    at += 1
                }
            }
            guard at < pattern.count else { return letter == "[" ? index + 1 : nil }
            return found != isNegated ? at + 1 : nil
        case let other: return other == letter ? index + 1 : nil
        }
    }
}
