import Documents
import WaybillCore

/// The members of an object while it is built, found by the bytes of their key.
struct ObjectBuilder {
    private(set) var members: [Node.Member] = []
    private var indexes: [[UInt8]: Int] = [:]

    var isEmpty: Bool { members.isEmpty }

    subscript(key: String) -> Node? {
        indexes[Array(key.utf8)].map { members[$0].node }
    }

    /// A later value takes the place of an earlier one.
    mutating func set(_ key: String, at position: Position, _ node: Node) {
        if let index = indexes[Array(key.utf8)] {
            members[index] = .init(key: key, keyPosition: position, node: node)
        } else {
            indexes[Array(key.utf8)] = members.count
            members.append(.init(key: key, keyPosition: position, node: node))
        }
    }

    /// A second value for a key makes a list of both.
    mutating func append(_ key: String, at position: Position, _ node: Node) {
        guard let index = indexes[Array(key.utf8)] else { return set(key, at: position, node) }
        lists[index, default: [members[index].node]].append(node)
    }

    /// The values of members that became lists by `append`, put in place at the end.
    private var lists: [Int: [Node]] = [:]

    func node(at position: Position) -> Node {
        var members = members
        for (index, list) in lists { members[index].node = Node(.array(list), at: members[index].node.position) }
        return Node(.object(members), at: position)
    }
}

/// Words that stand for numbers and booleans in formats that have only text.
enum LooseScalar {
    /// What Go's `ParseFloat` and `ParseBool` take for a number or a boolean; texts stay texts.
    static func value(_ text: String) -> Value {
        if let number = number(text) { return .number(number) }
        switch text {
        case "true", "TRUE", "True", "t", "T": return true
        case "false", "FALSE", "False", "f", "F": return false
        default: return .string(text)
        }
    }

    static func number(_ text: String) -> Number? {
        if let number = Number(literal: text) { return number }
        var digits = Substring(text)
        if digits.hasPrefix("+") { digits = digits.dropFirst() }
        guard digits.utf8.contains(where: \.isDigit),
            digits.utf8.allSatisfy({ $0.isDigit || ".eE+-".utf8.contains($0) }), let double = Double(digits),
            double.isFinite
        else { return nil }
        return Number(literal: String(digits)) ?? Number(double)
    }
}
