/// Changes to documents by paths.
enum DocumentBuiltins {
    static let all = [
        Builtin("json.filter", 2) { (a) throws(BuiltinFailure) in
            .object(RegoObject(filter(.object(try a.object(0)), PathTree(try paths(a))).object?.members ?? []))
        },
        Builtin("json.remove", 2) { (a) throws(BuiltinFailure) in
            remove(.object(try a.object(0)), PathTree(try paths(a))) ?? .object(RegoObject([]))
        },
        Builtin("json.patch", 2, JSONPatch.apply),
    ]

    /// Paths as keys from the top.
    final class PathTree {
        var children: [RegoValue: PathTree] = [:]
        var isEnd = false

        init(_ paths: [[RegoValue]]) {
            for path in paths {
                var node = self
                for key in path {
                    let child = node.children[key] ?? PathTree([])
                    node.children[key] = child
                    node = child
                }
                node.isEnd = true
            }
        }
    }

    private static func paths(_ a: Arguments) throws(BuiltinFailure) -> [[RegoValue]] {
        var result: [[RegoValue]] = []
        for element in try a.elements(1) {
            switch element {
            case .string(let text): result.append(keys(text))
            case .array(let path): result.append(path)
            default:
                throw BuiltinFailure(
                    type:
                        "operand 2 must be one of {set, array} containing string paths or array of path segments but got "
                        + element.typeName)
            }
        }
        return result
    }

    /// `a/b~1c`, with or without the first slash.
    static func keys(_ text: String) -> [RegoValue] {
        guard !text.isEmpty else { return [] }
        let body = text.hasPrefix("/") ? String(text.dropFirst()) : text
        return StringBuiltins.split(body, by: "/").map { part in
            let slashes = StringBuiltins.split(part, by: "~1").joined(separator: "/")
            return .string(StringBuiltins.split(slashes, by: "~0").joined(separator: "~"))
        }
    }

    /// A key as the collection has it: an index may be written as text.
    private static func child(_ tree: PathTree, _ key: RegoValue) -> PathTree? {
        tree.children[key] ?? key.int.flatMap { tree.children[.string(String($0))] }
    }

    private static func filter(_ value: RegoValue, _ tree: PathTree) -> RegoValue {
        if tree.isEnd, tree.children.isEmpty { return value }
        switch value {
        case .object(let object):
            return .object(
                RegoObject(
                    ordered: object.members.compactMap { member in
                        child(tree, member.key).map {
                            .init(key: member.key, value: $0.isEnd ? member.value : filter(member.value, $0))
                        }
                    }))
        case .array(let elements):
            return .array(
                elements.enumerated().compactMap { index, element in
                    child(tree, .int(index)).map { $0.isEnd ? element : filter(element, $0) }
                })
        case .set(let set):
            return .set(
                RegoSet(
                    set.elements.compactMap { element in
                        child(tree, element).map { $0.isEnd ? element : filter(element, $0) }
                    }))
        default: return value
        }
    }

    private static func remove(_ value: RegoValue, _ tree: PathTree) -> RegoValue? {
        if tree.isEnd { return nil }
        switch value {
        case .object(let object):
            return .object(
                RegoObject(
                    ordered: object.members.compactMap { member in
                        guard let below = child(tree, member.key) else { return member }
                        return remove(member.value, below).map { .init(key: member.key, value: $0) }
                    }))
        case .array(let elements):
            return .array(
                elements.enumerated().compactMap { index, element in
                    guard let below = child(tree, .int(index)) else { return element }
                    return remove(element, below)
                })
        case .set(let set):
            return .set(
                RegoSet(
                    set.elements.compactMap { element in
                        guard let below = child(tree, element) else { return element }
                        return remove(element, below)
                    }))
        default: return value
        }
    }
}

/// RFC 6902, on documents that may hold sets.
enum JSONPatch {
    @Sendable static func apply(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        var document = a[0]
        for operation in try a.array(1) {
            guard let fields = operation.object, let name = fields["op"]?.string, let path = try path(fields["path"])
            else {
                throw BuiltinFailure("operand 2 must be an array of operations with op and path")
            }
            switch name {
            case "add":
                guard let value = fields["value"] else { throw BuiltinFailure("missing value in patch") }
                document = try add(value, at: path[...], to: document)
            case "remove": document = try remove(path[...], from: document)
            case "replace":
                guard let value = fields["value"] else { throw BuiltinFailure("missing value in patch") }
                document = path.isEmpty ? value : try replace(value, at: path[...], in: document)
            case "move", "copy":
                guard let from = try self.path(fields["from"]) else { throw BuiltinFailure("missing from in patch") }
                guard !(name == "move" && path.starts(with: from) && path.count > from.count) else {
                    throw BuiltinFailure("a value cannot be moved into itself")
                }
                let value = try get(from, document)
                if name == "move" { document = try remove(from[...], from: document) }
                document = try add(value, at: path[...], to: document)
            case "test":
                guard let value = fields["value"], try get(path, document) == value else {
                    throw BuiltinFailure("test failed in patch")
                }
            default: throw BuiltinFailure("unknown operation \(name) in patch")
            }
        }
        return document
    }

    private static func path(_ value: RegoValue?) throws(BuiltinFailure) -> [RegoValue]? {
        switch value {
        case .string(let text): DocumentBuiltins.keys(text)
        case .array(let keys): keys
        default: nil
        }
    }

    private static func missing(_ key: RegoValue) -> BuiltinFailure { BuiltinFailure("path \(key) does not exist") }

    private static func index(_ key: RegoValue, _ count: Int) throws(BuiltinFailure) -> Int {
        if let int = key.int, (0...count).contains(int) { return int }
        guard let text = key.string else { throw missing(key) }
        if text == "-" { return count }
        guard let int = Int(text), String(int) == text, (0...count).contains(int) else { throw missing(key) }
        return int
    }

    private static func get(_ path: [RegoValue], _ document: RegoValue) throws(BuiltinFailure) -> RegoValue {
        var current = document
        for key in path {
            if case .array(let elements) = current {
                let position = try index(key, elements.count)
                guard position < elements.count else { throw missing(key) }
                current = elements[position]
            } else if let next = current[key] {
                current = next
            } else {
                throw missing(key)
            }
        }
        return current
    }

    /// The collection with what `change` makes of its part at the key.
    private static func changing(
        _ key: RegoValue, _ document: RegoValue, _ change: (RegoValue) throws(BuiltinFailure) -> RegoValue
    ) throws(BuiltinFailure) -> RegoValue {
        switch document {
        case .object(let object):
            guard let value = object[key] else { throw missing(key) }
            return .object(object.setting(key, to: try change(value)))
        case .array(var elements):
            let position = try index(key, elements.count)
            guard position < elements.count else { throw missing(key) }
            elements[position] = try change(elements[position])
            return .array(elements)
        case .set(let set):
            guard set.contains(key) else { throw missing(key) }
            return .set(RegoSet(set.elements.filter { $0 != key } + [try change(key)]))
        default: throw missing(key)
        }
    }

    private static func add(
        _ value: RegoValue, at path: ArraySlice<RegoValue>, to document: RegoValue
    ) throws(BuiltinFailure) -> RegoValue {
        guard let key = path.first else { return value }
        if path.count > 1 {
            return try changing(key, document) { (part) throws(BuiltinFailure) in
                try add(value, at: path.dropFirst(), to: part)
            }
        }
        switch document {
        case .object(let object): return .object(object.setting(key, to: value))
        case .array(var elements):
            elements.insert(value, at: try index(key, elements.count))
            return .array(elements)
        case .set(let set):
            guard key == value || key == .string("-") else { throw missing(key) }
            return .set(RegoSet(set.elements + [value]))
        default: throw missing(key)
        }
    }

    private static func remove(_ path: ArraySlice<RegoValue>, from document: RegoValue) throws(BuiltinFailure)
        -> RegoValue
    {
        guard let key = path.first else { throw BuiltinFailure("the whole document cannot be removed") }
        if path.count > 1 {
            return try changing(key, document) { (part) throws(BuiltinFailure) in
                try remove(path.dropFirst(), from: part)
            }
        }
        switch document {
        case .object(let object):
            guard object[key] != nil else { throw missing(key) }
            return .object(object.removing(key))
        case .array(var elements):
            let position = try index(key, elements.count)
            guard position < elements.count else { throw missing(key) }
            elements.remove(at: position)
            return .array(elements)
        case .set(let set):
            guard set.contains(key) else { throw missing(key) }
            return .set(RegoSet(ordered: set.elements.filter { $0 != key }))
        default: throw missing(key)
        }
    }

    private static func replace(
        _ value: RegoValue, at path: ArraySlice<RegoValue>, in document: RegoValue
    ) throws(BuiltinFailure) -> RegoValue {
        guard let key = path.first else { return value }
        return try changing(key, document) { (part) throws(BuiltinFailure) in
            try replace(value, at: path.dropFirst(), in: part)
        }
    }
}
