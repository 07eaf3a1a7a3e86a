import WaybillCore

/// Reads the members of an object one by one and, at the end, refuses those that nobody asked for.
///
/// Every error says the line and column, what is expected, and the nearest right spelling.
public struct Fields {
    /// What is being read, for messages: `image`, `gate`.
    public let name: String
    public let node: Node
    private var known: [String] = []

    /// Throws when the node is not an object.
    public init(_ node: Node, of name: String) throws(DocumentError) {
        guard node.members != nil else {
            throw DocumentError(at: node.position, "\(name): expected an object, found \(node.typeName)")
        }
        self.node = node
        self.name = name
    }

    /// The member, nil where it is missing or null.
    public mutating func node(_ key: String) -> Node? {
        known.append(key)
        guard let found = node[key], found.scalar != .null else { return nil }
        return found
    }

    public mutating func required(_ key: String) throws(DocumentError) -> Node {
        guard let found = node(key) else {
            // A near miss among the members that are there is the likeliest reason.
            if let near = Spelling.nearest(to: key, among: (node.members ?? []).map(\.key)), !known.contains(near) {
                let position = node.member(near)?.keyPosition ?? node.position
                throw DocumentError(at: position, "\(name): unknown key “\(near)”, did you mean “\(key)”?")
            }
            throw DocumentError(at: node.position, "\(name): the key “\(key)” is missing")
        }
        return found
    }

    public mutating func string(_ key: String) throws(DocumentError) -> String? {
        guard let found = node(key) else { return nil }
        return try Self.string(found, "\(name).\(key)")
    }

    public mutating func requiredString(_ key: String) throws(DocumentError) -> String {
        try Self.string(required(key), "\(name).\(key)")
    }

    public mutating func bool(_ key: String) throws(DocumentError) -> Bool? {
        guard let found = node(key) else { return nil }
        guard let value = found.scalar?.bool else { throw Self.mismatch(found, "\(name).\(key)", "true or false") }
        return value
    }

    /// An integer within `range`.
    public mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(DocumentError) -> Int? {
        guard let found = node(key) else { return nil }
        guard let value = found.scalar?.integer, range.contains(value) else {
            throw Self.mismatch(
                found, "\(name).\(key)", "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    public mutating func elements(_ key: String) throws(DocumentError) -> [Node]? {
        guard let found = node(key) else { return nil }
        guard let elements = found.elements else { throw Self.mismatch(found, "\(name).\(key)", "a list") }
        return elements
    }

    public mutating func strings(_ key: String) throws(DocumentError) -> [String]? {
        guard let elements = try elements(key) else { return nil }
        var result: [String] = []
        for element in elements { result.append(try Self.string(element, "\(name).\(key)[\(result.count)]")) }
        return result
    }

    public mutating func members(_ key: String) throws(DocumentError) -> [Node.Member]? {
        guard let found = node(key) else { return nil }
        guard let members = found.members else { throw Self.mismatch(found, "\(name).\(key)", "an object") }
        return members
    }

    /// One of a fixed set of words.
    public mutating func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, as type: Word.Type = Word.self
    ) throws(DocumentError) -> Word? where Word.RawValue == String {
        guard let found = node(key) else { return nil }
        let text = try Self.string(found, "\(name).\(key)")
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue)
            let hint = Spelling.nearest(to: text, among: words).map { ", did you mean “\($0)”?" } ?? ""
            throw DocumentError(
                at: found.position,
                "\(name).\(key): \(Redaction.excerpt(text)) is not one of \(words.joined(separator: ", "))\(hint)")
        }
        return word
    }

    /// Refuses members that were not asked for.
    public func finish() throws(DocumentError) {
        for member in node.members ?? [] where !known.contains(where: { $0.hasSameBytes(as: member.key) }) {
            let hint =
                Spelling.nearest(to: member.key, among: known).map { ", did you mean “\($0)”?" }
                ?? "; known keys: \(known.sorted().joined(separator: ", "))"
            throw DocumentError(at: member.keyPosition, "\(name): unknown key \(Redaction.excerpt(member.key))\(hint)")
        }
    }

    private static func string(_ node: Node, _ what: String) throws(DocumentError) -> String {
        guard let text = node.string else { throw mismatch(node, what, "a string") }
        return text
    }

    private static func mismatch(_ node: Node, _ what: String, _ expected: String) -> DocumentError {
        DocumentError(at: node.position, "\(what): expected \(expected), found \(node.typeName)")
    }
}
