/// Aggregates, arrays and sets.
enum CollectionBuiltins {
    static let all = [
        Builtin("count", 1, count), Builtin("sum", 1, sum), Builtin("product", 1, product),
        Builtin("max", 1) { (a) throws(BuiltinFailure) in try a.elements(0).max() },
        Builtin("min", 1) { (a) throws(BuiltinFailure) in try a.elements(0).min() },
        Builtin("sort", 1) { (a) throws(BuiltinFailure) in .array(try a.elements(0).sorted()) },
        Builtin("all", 1) { (a) throws(BuiltinFailure) in
            .bool(try a.elements(0, arrayOrSet).allSatisfy { $0 == .bool(true) })
        },
        Builtin("any", 1) { (a) throws(BuiltinFailure) in .bool(try a.elements(0, arrayOrSet).contains(.bool(true))) },
        Builtin("array.concat", 2) { (a) throws(BuiltinFailure) in .array(try a.array(0) + a.array(1)) },
        Builtin("array.reverse", 1) { (a) throws(BuiltinFailure) in .array(try a.array(0).reversed()) },
        Builtin("array.slice", 3, slice),
        Builtin("array.flatten", 1) { (a) throws(BuiltinFailure) in .array(flatten(try a.array(0))) },
        Builtin("and", 2) { (a) throws(BuiltinFailure) in .set(try a.set(0).intersection(a.set(1))) },
        Builtin("or", 2) { (a) throws(BuiltinFailure) in .set(try a.set(0).union(a.set(1))) },
        Builtin("set_diff", 2) { (a) throws(BuiltinFailure) in .set(try a.set(0).subtracting(a.set(1))) },
        Builtin("union", 1) { (a) throws(BuiltinFailure) in
            .set(RegoSet(try sets(a).flatMap(\.elements)))
        },
        Builtin("intersection", 1) { (a) throws(BuiltinFailure) in
            let sets = try sets(a)
            guard let first = sets.first else { return .set(RegoSet([])) }
            return .set(sets.dropFirst().reduce(first) { $0.intersection($1) })
        },
        Builtin("walk", 1, isRelation: true) { _ in nil },
        Builtin("graph.reachable", 2, reachable),
        Builtin("graph.reachable_paths", 2, reachablePaths),
    ]

    private static let arrayOrSet = "one of {array, set}"

    @Sendable static func count(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        switch a[0] {
        case .array(let elements): return .int(elements.count)
        case .set(let set): return .int(set.count)
        case .object(let object): return .int(object.count)
        case .string(let text): return .int(text.unicodeScalars.count)
        default: throw a.wrong(0, "one of {array, object, set, string}")
        }
    }

    private static func numbers(_ a: Arguments) throws(BuiltinFailure) -> [RegoNumber] {
        var result: [RegoNumber] = []
        for element in try a.elements(0) {
            guard let number = element.number else {
                throw BuiltinFailure(
                    type:
                        "operand 1 must be \(a[0].typeName) of numbers but got \(a[0].typeName) containing \(element.typeName)"
                )
            }
            result.append(number)
        }
        return result
    }

    @Sendable static func sum(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        .number(try numbers(a).reduce(RegoNumber(0)) { $0 + $1 })
    }

    @Sendable static func product(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        .number(try numbers(a).reduce(RegoNumber(1)) { $0 * $1 })
    }

    @Sendable static func slice(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let elements = try a.array(0)
        let start = max(0, try a.int(1))
        let end = min(elements.count, try a.int(2))
        return .array(start < end ? Array(elements[start..<end]) : [])
    }

    private static func flatten(_ elements: [RegoValue]) -> [RegoValue] {
        elements.flatMap { element -> [RegoValue] in
            if case .array(let inner) = element { inner } else { [element] }
        }
    }

    private static func sets(_ a: Arguments) throws(BuiltinFailure) -> [RegoSet] {
        var result: [RegoSet] = []
        for element in try a.set(0) {
            guard let set = element.set else { throw a.wrong(0, "set", element) }
            result.append(set)
        }
        return result
    }

    @Sendable static func reachable(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let graph = try a.object(0)
        var queue = try a.elements(1, "{array, set}")
        var seen: Set<RegoValue> = []
        while let node = queue.popLast() {
            guard let edges = graph[node], seen.insert(node).inserted else { continue }
            queue += edges.elements ?? []
        }
        return .set(RegoSet(Array(seen)))
    }

    /// Paths end where an edge leads nowhere new; there may be exponentially many.
    static let pathsMax = 100_000

    @Sendable static func reachablePaths(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let graph = try a.object(0)
        var result: [RegoValue] = []
        var stack = try a.elements(1, "{array, set}").filter { graph[$0] != nil }.map { [$0] }
        while let path = stack.popLast() {
            guard result.count + stack.count < pathsMax else { throw BuiltinFailure("more than \(pathsMax) paths") }
            let edges = path.last.flatMap { graph[$0]?.elements } ?? []
            if edges.isEmpty { result.append(.array(path)) }
            for edge in edges {
                if graph[edge] == nil || path.contains(edge) {
                    result.append(.array(path))
                } else {
                    stack.append(path + [edge])
                }
            }
        }
        return .set(RegoSet(result))
    }
}
