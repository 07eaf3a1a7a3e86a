import Documents
import WaybillCore

/// Puts substitutions in and merges what belongs together.
struct HOCONResolver {
    /// Values that substitutions may expand to.
    static let expandedMax = 200_000
    /// Substitutions within substitutions.
    static let depthMax = 100

    private let root: HOCONObject
    /// Paths that are being resolved, with what their earlier values gave: a path may build on itself.
    private var open: [(path: [String], previous: Node?)] = []
    private var expanded = 0

    init(_ root: HOCONObject) { self.root = root }

    mutating func document() throws(DocumentError) -> Node { try object(root, []) }

    private mutating func object(_ object: HOCONObject, _ path: [String]) throws(DocumentError) -> Node {
        var members = ObjectBuilder()
        for field in object.fields {
            guard let node = try merged(field.values, path + [field.name]) else { continue }
            members.set(field.name, at: field.position, node)
        }
        return members.node(at: object.position)
    }

    /// Later values over earlier ones; objects together. Nil where nothing is left.
    private mutating func merged(_ values: [HOCONValue], _ path: [String]) throws(DocumentError) -> Node? {
        var current: Node?
        // What `+=` adds is put in place at once, so that many lines do not copy the list again and again.
        var added: [Node] = []
        for value in values {
            if case .appended(let element) = value {
                if element.isReference { current = try Self.adding(&added, to: current) }
                open.append((path, current))
                defer { open.removeLast() }
                if let node = try resolved(element, path, current) { added.append(node) }
                continue
            }
            current = try Self.adding(&added, to: current)
            open.append((path, current))
            defer { open.removeLast() }
            guard let node = try resolved(value, path, current) else { continue }
            current = if let known = current { Self.merge(known, node) } else { node }
        }
        return try Self.adding(&added, to: current)
    }

    private static func adding(_ added: inout [Node], to list: Node?) throws(DocumentError) -> Node? {
        guard let first = added.first else { return list }
        defer { added = [] }
        guard let list else { return Node(.array(added), at: first.position) }
        guard let elements = list.elements else {
            throw DocumentError(at: first.position, "“+=” wants a list, found \(list.typeName)")
        }
        return Node(.array(elements + added), at: list.position)
    }

    private static func merge(_ old: Node, _ new: Node) -> Node {
        guard let before = old.members, let after = new.members else { return new }
        var members = ObjectBuilder()
        for member in before { members.set(member.key, at: member.keyPosition, member.node) }
        for member in after {
            let node = members[member.key].map { merge($0, member.node) } ?? member.node
            members.set(member.key, at: member.keyPosition, node)
        }
        return members.node(at: old.position)
    }

    private mutating func resolved(_ value: HOCONValue, _ path: [String], _ previous: Node?) throws(DocumentError)
        -> Node?
    {
        guard expanded <= Self.expandedMax, open.count <= Self.depthMax * 2 else {
            throw DocumentError(at: root.position, "the substitutions expand too far")
        }
        switch value {
        case .text(let text, let isQuoted, let position):
            return Node(.scalar(isQuoted ? .string(text) : Self.scalar(text)), at: position)
        case .resolved(let node): return node
        case .object(let object): return try self.object(object, path)
        case .array(let elements, let position):
            var nodes: [Node] = []
            for (index, element) in elements.enumerated() {
                if let node = try resolved(element, path + [String(index)], nil) { nodes.append(node) }
            }
            return Node(.array(nodes), at: position)
        case .appended(let value): return try resolved(value, path, previous)
        case .substitution(let wanted, let isOptional, let position):
            if let node = try substituted(wanted) {
                expanded += Self.size(node)
                return node
            }
            guard isOptional else {
                throw DocumentError(at: position, "nothing is known for ${\(wanted.joined(separator: "."))}")
            }
            return nil
        case .concatenation(let parts, let position): return try concatenated(parts, path, previous, position)
        }
    }

    private mutating func concatenated(
        _ parts: [HOCONValue], _ path: [String], _ previous: Node?, _ position: Position
    ) throws(DocumentError) -> Node? {
        var nodes: [Node] = []
        var text = ""
        for part in parts {
            if case .text(let piece, _, _) = part {
                text += piece
                continue
            }
            guard let node = try resolved(part, path, previous) else { continue }
            if let scalar = node.scalar {
                text += scalar.string ?? (scalar.isNull ? "null" : JSONWriter.string(scalar))
            } else {
                nodes.append(node)
            }
        }
        guard !nodes.isEmpty else {
            // A single substitution that is absent leaves nothing, not an empty text.
            return text.isEmpty
                ? nil : Node(.scalar(parts.count == 1 ? Self.scalar(text) : .string(text)), at: position)
        }
        guard text.trimmed.isEmpty else {
            throw DocumentError(at: position, "text beside a list or an object")
        }
        if nodes.allSatisfy({ $0.elements != nil }) {
            return Node(.array(nodes.flatMap { $0.elements ?? [] }), at: position)
        }
        guard nodes.allSatisfy({ $0.members != nil }) else {
            throw DocumentError(at: position, "a list beside an object")
        }
        return nodes.dropFirst().reduce(nodes[0], Self.merge)
    }

    private mutating func substituted(_ path: [String]) throws(DocumentError) -> Node? {
        // What is being resolved gives what it was before; in a circle that is nothing.
        if let known = open.last(where: { $0.path == path }) { return known.previous }
        guard let values = try values(at: path) else { return nil }
        return try merged(values, path)
    }

    /// The values that a path leads to, over several objects where they merge.
    private mutating func values(at path: [String]) throws(DocumentError) -> [HOCONValue]? {
        var objects = [root]
        for (index, name) in path.enumerated() {
            let values = objects.compactMap { $0.field(name) }.flatMap(\.values)
            guard index < path.count - 1 else { return values.isEmpty ? nil : values }
            objects = []
            for value in values {
                switch value {
                case .object(let object): objects.append(object)
                case .substitution, .concatenation:
                    let prefix = Array(path[...index])
                    guard !open.contains(where: { $0.path == prefix }) else { continue }
                    open.append((prefix, nil))
                    defer { open.removeLast() }
                    guard let node = try resolved(value, prefix, nil) else { continue }
                    if let object = Self.object(of: node) { objects.append(object) } else { objects = [] }
                default: objects = []
                }
            }
        }
        return nil
    }

    private static func object(of node: Node) -> HOCONObject? {
        guard let members = node.members else { return nil }
        let object = HOCONObject(node.position)
        for member in members { object.add([member.key], .resolved(member.node), at: member.keyPosition) }
        return object
    }

    private static func size(_ node: Node) -> Int {
        switch node.content {
        case .scalar: 1
        case .array(let elements): elements.reduce(1) { $0 + size($1) }
        case .object(let members): members.reduce(1) { $0 + size($1.node) }
        }
    }

    private static func scalar(_ text: String) -> Value {
        switch text {
        case "true": true
        case "false": false
        case "null": .null
        default: Number(literal: text).map(Value.number) ?? .string(text)
        }
    }
}
