/// The types of documents, and of variables in layers, one a body.
final class TypeEnvironment {
    final class Node {
        var children: [RegoValue: Node] = [:]
        var type: RegoType?
    }

    let parent: TypeEnvironment?
    /// Documents from `data` and `input`; inner layers have them only where annotations say more.
    private(set) var documents: [String: Node] = [:]
    private var variables: [Int: RegoType] = [:]

    init(_ parent: TypeEnvironment? = nil) { self.parent = parent }

    func variable(_ number: Int) -> RegoType? { variables[number] ?? parent?.variable(number) }
    func set(_ number: Int, _ type: RegoType?) { variables[number] = type }

    /// A rule's type joins those of the other rules for the same document.
    func insert(_ path: [RegoValue], in root: String, _ type: RegoType) {
        let node = node(path, in: root)
        node.type = RegoType.joined(node.type, type)
    }

    func replace(_ path: [RegoValue], in root: String, _ type: RegoType) {
        let node = node(path, in: root)
        node.children = [:]
        node.type = type
    }

    private func node(_ path: [RegoValue], in root: String) -> Node {
        var node = documents[root] ?? Node()
        documents[root] = node
        for key in path {
            let child = node.children[key] ?? Node()
            node.children[key] = child
            node = child
        }
        return node
    }

    /// The type of a whole part of the tree.
    func extent(_ node: Node) -> RegoType {
        if let type = node.type, node.children.isEmpty { return type }
        let members = node.children.sorted { $0.key < $1.key }.map {
            RegoType.Member(key: $0.key, type: extent($0.value))
        }
        if case .object(let own, let key, let value)? = node.type {
            // Members that other rules give may be there or not: they count among the others.
            return .object(
                own, members.reduce(key) { RegoType.either($0, RegoType(of: $1.key)) },
                members.reduce(value) { RegoType.either($0, $1.type) })
        }
        let whole = RegoType.object(members, .anything, .anything)
        return RegoType.either(node.type, whole) ?? whole
    }

    // MARK: Questions

    func type(_ term: PlainTerm) -> RegoType? {
        switch term.kind {
        case .constant(let value): return RegoType(of: value)
        case .variable(let number): return variable(number)
        case .document(let root): return reference(root, [])
        case .reference(let head, let keys):
            if case .document(let root) = head.kind { return reference(root, keys) }
            return select(type(head), keys[...])
        case .array(let terms):
            var elements: [RegoType] = []
            for term in terms {
                guard let type = type(term) else { return nil }
                elements.append(type)
            }
            return .array(elements, elements.isEmpty ? .anything : nil)
        case .set(let terms):
            var element: RegoType?
            for term in terms {
                guard let type = type(term) else { return nil }
                element = RegoType.either(element, type)
            }
            return .set(element ?? .anything)
        case .object(let pairs): return object(pairs)
        case .comprehension(let kind, let head, let body):
            let (inner, _) = TypeChecker.check(body, self)
            guard let first = inner.type(head[0]) else { return nil }
            switch kind {
            case .array: return .array([], first)
            case .set: return .set(first)
            case .object: return inner.type(head[1]).map { .object([], first, $0) }
            }
        case .template: return .string
        case .function(let name): return BuiltinSignatures.all[name]
        }
    }

    private func object(_ pairs: [(key: PlainTerm, value: PlainTerm)]) -> RegoType? {
        var members: [RegoType.Member] = []
        var (key, value): (RegoType?, RegoType?) = (nil, nil)
        for pair in pairs {
            guard let type = type(pair.value) else { return nil }
            if case .constant(let constant) = pair.key.kind {
                members.append(.init(key: constant, type: type))
            } else {
                guard let keyType = self.type(pair.key) else { return nil }
                key = RegoType.either(key, keyType)
                value = RegoType.either(value, type)
            }
        }
        return pairs.isEmpty ? .anyObject : .object(members, key, value)
    }

    private func reference(_ root: String, _ keys: [PlainTerm]) -> RegoType? {
        guard let node = documents[root] else { return parent?.reference(root, keys) ?? .anything }
        var current = node
        for (index, key) in keys.enumerated() {
            let constant: RegoValue? = if case .constant(let value) = key.kind { value } else { nil }
            if let type = current.type {
                if let constant, let child = current.children[constant] {
                    current = child
                    continue
                }
                return select(current.children.isEmpty ? type : extent(current), keys[index...])
            }
            guard let constant else { return select(extent(current), keys[index...]) }
            guard let child = current.children[constant] else { return parent?.reference(root, keys) ?? .anything }
            current = child
        }
        return extent(current)
    }

    private func select(_ type: RegoType?, _ keys: ArraySlice<PlainTerm>) -> RegoType? {
        var type = type
        for key in keys {
            guard let current = type else { return nil }
            if case .constant(let value) = key.kind { type = current.select(value) } else { type = current.values }
        }
        return type
    }
}
