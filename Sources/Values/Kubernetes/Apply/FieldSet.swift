public import Documents
public import WaybillCore

/// A set of field paths, the content of `managedFields[].fieldsV1`.
public struct FieldSet: Hashable, Sendable {
    /// Elements that are in the set themselves.
    public private(set) var members: Set<PathElement> = []
    /// What is in the set beneath an element.
    public private(set) var children: [PathElement: FieldSet] = [:]

    public init() {}

    /// Nesting that is read; deeper sets are refused.
    static let depthMax = 100

    /// Reads `fieldsV1`.
    public init(fieldsV1 value: Value) throws(WaybillError) { try self.init(value, depth: 0) }

    private init(_ value: Value, depth: Int) throws(WaybillError) {
        guard let object = value.object, depth < Self.depthMax else {
            throw WaybillError(.invalidInput, "expected nested objects", subject: "fieldsV1")
        }
        for member in object where member.key != "." {
            guard let element = PathElement(member.key) else {
                throw WaybillError(
                    .invalidInput, "unknown element \(Redaction.excerpt(member.key))", subject: "fieldsV1")
            }
            let child = try FieldSet(member.value, depth: depth + 1)
            if child.isEmpty || member.value["."] != nil { members.insert(element) }
            if !child.isEmpty { children[element] = child }
        }
    }

    public var fieldsV1: Value {
        var result = Object()
        for element in members.union(children.keys).sorted() {
            guard let child = children[element] else {
                result[element.text] = [:]
                continue
            }
            var members = members.contains(element) ? Object([(key: ".", value: Value.object(Object()))]) : Object()
            for member in child.fieldsV1.object ?? Object() { members[member.key] = member.value }
            result[element.text] = .object(members)
        }
        return .object(result)
    }

    public var isEmpty: Bool { members.isEmpty && children.isEmpty }

    /// All paths in order, for messages.
    public var paths: [[PathElement]] {
        members.union(children.keys).sorted().flatMap { element in
            (members.contains(element) ? [[element]] : []) + (children[element]?.paths.map { [element] + $0 } ?? [])
        }
    }

    public func contains(_ path: some Collection<PathElement>) -> Bool {
        guard let first = path.first else { return false }
        return path.count == 1 ? members.contains(first) : children[first]?.contains(path.dropFirst()) ?? false
    }

    public mutating func insert(_ path: some Collection<PathElement>) {
        guard let first = path.first else { return }
        if path.count == 1 {
            members.insert(first)
        } else {
            children[first, default: FieldSet()].insert(path.dropFirst())
        }
    }

    /// The set beneath an element.
    public func beneath(_ element: PathElement) -> FieldSet { children[element] ?? FieldSet() }
    public mutating func insert(_ child: FieldSet, beneath element: PathElement) {
        if !child.isEmpty { children[element] = (children[element] ?? FieldSet()).union(child) }
    }

    public func union(_ other: FieldSet) -> FieldSet {
        var result = self
        result.members.formUnion(other.members)
        for (element, child) in other.children { result.children[element] = result.beneath(element).union(child) }
        return result
    }

    public func intersection(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.intersection(other.members)
        for (element, child) in children {
            guard let match = other.children[element] else { continue }
            let common = child.intersection(match)
            if !common.isEmpty { result.children[element] = common }
        }
        return result
    }

    public func subtracting(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.subtracting(other.members)
        for (element, child) in children {
            let rest = other.children[element].map { child.subtracting($0) } ?? child
            if !rest.isEmpty { result.children[element] = rest }
        }
        return result
    }
}
