/// Objects.
enum ObjectBuiltins {
    static let all = [
        Builtin("object.get", 3, get), Builtin("object.remove", 2, remove), Builtin("object.filter", 2, filter),
        Builtin("object.keys", 1) { (a) throws(BuiltinFailure) in .set(RegoSet(ordered: try a.object(0).keys)) },
        Builtin("object.union", 2) { (a) throws(BuiltinFailure) in .object(union(try a.object(0), try a.object(1))) },
        Builtin("object.union_n", 1, unionOfMany), Builtin("object.subset", 2, subset),
    ]

    @Sendable static func get(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let object = try a.object(0)
        guard case .array(let path) = a[1] else { return object[a[1]] ?? a[2] }
        var current = a[0]
        for key in path {
            guard let next = current[key] else { return a[2] }
            current = next
        }
        return current
    }

    private static func keys(_ a: Arguments) throws(BuiltinFailure) -> RegoSet {
        switch a[1] {
        case .object(let object): RegoSet(ordered: object.keys)
        case .set(let set): set
        case .array(let elements): RegoSet(elements)
        default: throw a.wrong(1, "one of {object, set, array}")
        }
    }

    @Sendable static func remove(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let object = try a.object(0)
        let keys = try keys(a)
        return .object(RegoObject(ordered: object.members.filter { !keys.contains($0.key) }))
    }

    @Sendable static func filter(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let object = try a.object(0)
        let keys = try keys(a)
        return .object(RegoObject(ordered: object.members.filter { keys.contains($0.key) }))
    }

    static func union(_ left: RegoObject, _ right: RegoObject) -> RegoObject {
        RegoObject(
            left.members
                + right.members.map { member in
                    if case .object(let one)? = left[member.key], case .object(let other) = member.value {
                        return .init(key: member.key, value: .object(union(one, other)))
                    }
                    return member
                })
    }

    @Sendable static func unionOfMany(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        var result = RegoObject([])
        for element in try a.array(0) {
            guard let object = element.object else {
                throw BuiltinFailure(
                    type: "operand 1 must be array of objects but got array containing \(element.typeName)")
            }
            result = union(result, object)
        }
        return .object(result)
    }

    @Sendable static func subset(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        switch (a[0], a[1]) {
        case (.object(let one), .object(let other)): return .bool(contains(one, other))
        case (.set(let one), .set(let other)): return .bool(other.elements.allSatisfy(one.contains))
        case (.array(let one), .set(let other)): return .bool(other.elements.allSatisfy { one.contains($0) })
        case (.array(let one), .array(let other)): return .bool(contains(one, other))
        default: throw BuiltinFailure(type: "both arguments object.subset must be of the same type or array and set")
        }
    }

    /// Whether the elements stand side by side somewhere.
    private static func contains(_ whole: [RegoValue], _ part: [RegoValue]) -> Bool {
        guard part.count <= whole.count else { return false }
        return (0...(whole.count - part.count)).contains { whole[$0..<($0 + part.count)].elementsEqual(part) }
    }

    private static func contains(_ whole: RegoObject, _ part: RegoObject) -> Bool {
        part.members.allSatisfy { member in
            guard let value = whole[member.key] else { return false }
            return switch (value, member.value) {
            case (.object(let one), .object(let other)): contains(one, other)
            case (.set(let one), .set(let other)): other.elements.allSatisfy(one.contains)
            case (.array(let one), .array(let other)): contains(one, other)
            default: value == member.value
            }
        }
    }
}
