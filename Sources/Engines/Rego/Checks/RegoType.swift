/// What a value can be.
indirect enum RegoType: Equatable, Sendable {
    struct Member: Equatable, Sendable {
        var key: RegoValue
        var type: RegoType
    }

    case null, boolean, number, string
    /// Known elements, and what others are; nil when there are no others.
    case array([RegoType], RegoType?)
    /// Known members, and the keys and values of others.
    case object([Member], RegoType?, RegoType?)
    case set(RegoType)
    /// One of several; of none, anything.
    case any([RegoType])
    case function([RegoType], result: RegoType?, rest: RegoType?)

    static let anything = RegoType.any([])
    static let anyObject = RegoType.object([], .anything, .anything)

    var isAnything: Bool { self == .anything }

    /// One or the other.
    static func either(_ one: RegoType?, _ other: RegoType?) -> RegoType? {
        guard let one else { return other }
        guard let other else { return one }
        if one == other { return one }
        switch (one, other) {
        case (.any([]), _), (_, .any([])): return .anything
        case (.function(let left, let result, let rest), .function(let right, let otherResult, _)):
            guard left.count == right.count else { return one }
            return .function(
                zip(left, right).map { either($0, $1) ?? .anything }, result: either(result, otherResult), rest: rest)
        default:
            var types = one.alternatives
            for type in other.alternatives where !types.contains(type) { types.append(type) }
            return .any(types)
        }
    }

    /// The type of a document of which rules give parts.
    static func joined(_ one: RegoType?, _ other: RegoType) -> RegoType {
        guard case .object(let left, let key, let value)? = one, case .object(let right, let otherKey, let otherValue) = other
        else { return either(one, other) ?? other }
        var members = left
        for member in right {
            if let index = members.firstIndex(where: { $0.key == member.key }) {
                members[index].type = joined(members[index].type, member.type)
            } else {
                members.append(member)
            }
        }
        return .object(members, either(key, otherKey), either(value, otherValue))
    }

    private var alternatives: [RegoType] { if case .any(let types) = self { types } else { [self] } }

    /// What can be asked for in it; nil when nothing can.
    var keys: RegoType? {
        switch self {
        case .array: return .number
        case .set(let element): return element
        case .object(let members, let key, _):
            return members.reduce(key) { Self.either($0, RegoType(of: $1.key)) } ?? .anything
        case .any(let types):
            if types.isEmpty { return .anything }
            return types.reduce(nil) { Self.either($0, $1.keys) }
        default: return nil
        }
    }

    var values: RegoType? {
        switch self {
        case .array(let elements, let other): return elements.reduce(other) { Self.either($0, $1) }
        case .set(let element): return element
        case .object(let members, _, let value): return members.reduce(value) { Self.either($0, $1.type) }
        case .any(let types):
            if types.isEmpty { return .anything }
            return types.reduce(nil) { Self.either($0, $1.values) }
        default: return nil
        }
    }

    /// The type of a constant.
    init(of value: RegoValue) {
        switch value {
        case .null: self = .null
        case .bool: self = .boolean
        case .number: self = .number
        case .string: self = .string
        case .array(let elements):
            self = .array(elements.map { RegoType(of: $0) }, elements.isEmpty ? .anything : nil)
        case .set(let set):
            self = .set(set.elements.reduce(nil) { Self.either($0, RegoType(of: $1)) } ?? .anything)
        case .object(let object):
            self =
                object.isEmpty
                ? .anyObject : .object(object.map { Member(key: $0.key, type: RegoType(of: $0.value)) }, nil, nil)
        }
    }

    /// What stands under a key; nil when the key cannot be there.
    func select(_ key: RegoValue) -> RegoType? {
        switch self {
        case .array(let elements, let other):
            guard let index = key.int, index >= 0 else { return nil }
            return index < elements.count ? elements[index] : other
        case .set(let element):
            let type = RegoType(of: key)
            if element == type { return element }
            if case .any(let types) = element, types.isEmpty || types.contains(type) { return type }
            return nil
        case .object(let members, let keyType, let value):
            if let member = members.first(where: { $0.key == key }) { return member.type }
            guard let keyType, let value, keyType.includes(RegoType(of: key)) else { return nil }
            return value
        case .any(let types):
            if types.isEmpty { return .anything }
            return types.reduce(nil) { Self.either($0, $1.select(key)) }
        default: return nil
        }
    }

    private func includes(_ type: RegoType) -> Bool {
        if case .any(let types) = self { return types.isEmpty || types.contains(type) }
        return self == type
    }

    /// Whether some value is of both types.
    static func unify(_ one: RegoType?, _ other: RegoType?) -> Bool {
        guard let one, let other else { return false }
        var isAny = false
        if case .any(let types) = one {
            isAny = true
            if unifyAny(types, other) { return true }
        }
        if case .any(let types) = other {
            isAny = true
            if unifyAny(types, one) { return true }
        }
        if isAny { return false }
        switch (one, other) {
        case (.null, .null), (.boolean, .boolean), (.number, .number), (.string, .string): return true
        case (.array(let left, let leftOther), .array(let right, let rightOther)):
            return left.indices.allSatisfy { unify(left[$0], $0 < right.count ? right[$0] : rightOther) }
                && right.indices.allSatisfy { unify(right[$0], $0 < left.count ? left[$0] : leftOther) }
                && (leftOther == nil || rightOther == nil || unify(leftOther, rightOther))
        case (.object(let left, _, let leftOther), .object(let right, _, let rightOther)):
            return left.allSatisfy { unify($0.type, other.select($0.key)) }
                && right.allSatisfy { unify($0.type, one.select($0.key)) }
                && (leftOther == nil || rightOther == nil || unify(leftOther, rightOther))
        case (.set(let left), .set(let right)): return unify(left, right)
        case (.function(let left, _, _), .function(let right, _, _)):
            return left.count == right.count && zip(left, right).allSatisfy { unify($0, $1) }
        default: return false
        }
    }

    private static func unifyAny(_ types: [RegoType], _ other: RegoType) -> Bool {
        if case .function = other { return false }
        return types.isEmpty || types.contains { unify($0, other) }
    }
}
