public import WaybillCore

/// A document that remembers where each of its parts was written.
public struct Node: Sendable {
    public indirect enum Content: Sendable {
        /// null, a boolean, a number or a string.
        case scalar(Value)
        case array([Node])
        case object([Member])
    }

    /// A member of an object with the position of its key.
    public struct Member: Sendable {
        public var key: String
        public var keyPosition: Position
        public var node: Node

        public init(key: String, keyPosition: Position, node: Node) {
            self.key = key
            self.keyPosition = keyPosition
            self.node = node
        }
    }

    public var content: Content
    public var position: Position

    public init(_ content: Content, at position: Position) {
        self.content = content
        self.position = position
    }

    /// The document without its positions.
    public var value: Value {
        switch content {
        case .scalar(let value): value
        case .array(let elements): .array(elements.map(\.value))
        case .object(let members): .object(Object(members.lazy.map { (key: $0.key, value: $0.node.value) }))
        }
    }

    public var typeName: String {
        switch content {
        case .scalar(let value): value.typeName
        case .array: "array"
        case .object: "object"
        }
    }

    public var scalar: Value? { if case .scalar(let value) = content { value } else { nil } }
    public var string: String? { scalar?.string }
    public var elements: [Node]? { if case .array(let elements) = content { elements } else { nil } }
    public var members: [Member]? { if case .object(let members) = content { members } else { nil } }

    public subscript(key: String) -> Node? { member(key)?.node }
    public subscript(index: Int) -> Node? {
        guard let elements, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    public func member(_ key: String) -> Member? { members?.first { $0.key.hasSameBytes(as: key) } }

    /// The position of what a pointer names; of its nearest ancestor where it does not exist.
    /// A member is placed at its key, an element at its start.
    public func position(of pointer: Pointer) -> Position {
        var node = self
        var position = self.position
        for token in pointer.tokens {
            if let member = node.member(token) {
                (node, position) = (member.node, member.keyPosition)
            } else if let index = Int(token), let element = node[index] {
                (node, position) = (element, element.position)
            } else {
                break
            }
        }
        return position
    }
}
