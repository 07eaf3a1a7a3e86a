/// Comparisons and membership.
enum ComparisonBuiltins {
    static let all = [
        Builtin("equal", 2) { .bool($0[0] == $0[1]) },
        Builtin("eq", 2) { .bool($0[0] == $0[1]) },
        Builtin("assign", 2, isIrreplaceable: true) { .bool($0[0] == $0[1]) },
        Builtin("neq", 2) { .bool($0[0] != $0[1]) },
        Builtin("lt", 2) { .bool($0[0] < $0[1]) },
        Builtin("lte", 2) { .bool($0[0] <= $0[1]) },
        Builtin("gt", 2) { .bool($0[0] > $0[1]) },
        Builtin("gte", 2) { .bool($0[0] >= $0[1]) },
        Builtin("internal.member_2", 2, member),
        Builtin("internal.member_3", 3, memberWithKey),
    ]

    @Sendable static func member(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        switch a[1] {
        case .array(let elements): .bool(elements.contains(a[0]))
        case .set(let set): .bool(set.contains(a[0]))
        case .object(let object): .bool(object.values.contains(a[0]))
        default: .bool(false)
        }
    }

    @Sendable static func memberWithKey(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        switch a[2] {
        case .array, .object, .set: .bool(a[2][a[0]] == a[1])
        default: .bool(false)
        }
    }
}
