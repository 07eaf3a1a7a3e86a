/// RFC 6902, on documents that may hold sets.
enum JSONPatch {
    /// A patch that does not fit has no result, also where errors are strict: OPA tells no error of it,
    /// so the failure's words are for readers of this file.
    @Sendable static func apply(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let operations = try a.array(1)
        return try? patched(a[0], by: operations)
    }

    private static func patched(_ source: RegoValue, by operations: [RegoValue]) throws(BuiltinFailure) -> RegoValue {
        var document = source
        for operation in operations {
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
            guard key == value else { throw missing(key) }
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
        // An element of a set is its own key.
        if path.count == 1, case .set = document, key != value { throw missing(key) }
        return try changing(key, document) { (part) throws(BuiltinFailure) in
            try replace(value, at: path.dropFirst(), in: part)
        }
    }
}
