/// What a policy computes with: JSON's values, sets, and objects whose keys may be any value.
///
/// Texts are compared by their UTF-8 bytes. Sets and objects are kept in Rego's total order, so that equality is
/// element by element and every enumeration gives the same sequence.
public enum RegoValue: Sendable {
    case null
    case bool(Bool)
    case number(RegoNumber)
    case string(String)
    case array([RegoValue])
    case object(RegoObject)
    case set(RegoSet)

    public static func int(_ value: Int) -> RegoValue { .number(RegoNumber(value)) }
}

extension RegoValue {
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var number: RegoNumber? { if case .number(let value) = self { value } else { nil } }
    public var int: Int? { number?.int }
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var array: [RegoValue]? { if case .array(let value) = self { value } else { nil } }
    public var object: RegoObject? { if case .object(let value) = self { value } else { nil } }
    public var set: RegoSet? { if case .set(let value) = self { value } else { nil } }

    /// The members of an array or a set.
    var elements: [RegoValue]? {
        switch self {
        case .array(let elements): elements
        case .set(let set): set.elements
        default: nil
        }
    }

    /// The name that `type_name` gives.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        case .set: "set"
        }
    }

    /// A statement holds when its value is defined and not false.
    var isTrue: Bool { if case .bool(false) = self { false } else { true } }

    /// What a reference reaches with one more key: the member of an object, the element of an array, or the key itself
    /// when it is in a set.
    subscript(key: RegoValue) -> RegoValue? {
        switch self {
        case .object(let object): return object[key]
        case .array(let elements):
            guard let index = key.int, elements.indices.contains(index) else { return nil }
            return elements[index]
        case .set(let set): return set.contains(key) ? key : nil
        default: return nil
        }
    }

    public subscript(key: String) -> RegoValue? { self[.string(key)] }
}

extension RegoValue: Hashable, Comparable {
    public static func == (left: RegoValue, right: RegoValue) -> Bool { areEqual(left, right) }

    @_effects(readonly)
    static func areEqual(_ left: RegoValue, _ right: RegoValue) -> Bool {
        switch (left, right) {
        case (.string(let one), .string(let other)): areEqual(one, other)
        case (.array(let one), .array(let other)): one.count == other.count && compare(one, other) == 0
        case (.set(let one), .set(let other)): one.count == other.count && compare(one.elements, other.elements) == 0
        case (.object(let one), .object(let other)): one.count == other.count && compare(left, right) == 0
        default: compare(left, right) == 0
        }
    }
    public static func < (left: RegoValue, right: RegoValue) -> Bool { compare(left, right) < 0 }

    /// Rego's total order: null, booleans, numbers, texts, arrays, objects, sets.
    ///
    /// Told to be free of effects, so that comparing values in place copies neither of them.
    @_effects(readonly)
    static func compare(_ left: RegoValue, _ right: RegoValue) -> Int {
        switch (left, right) {
        case (.string(let one), .string(let other)): return compare(one, other)
        case (.number(let one), .number(let other)): return RegoNumber.compare(one, other)
        case (.null, .null): return 0
        case (.bool(let one), .bool(let other)): return one == other ? 0 : one ? 1 : -1
        case (.array(let one), .array(let other)): return compare(one, other)
        case (.set(let one), .set(let other)): return compare(one.elements, other.elements)
        case (.object(let one), .object(let other)):
            let haveSameKeys = one.shape === other.shape
            for index in 0..<min(one.count, other.count) {
                var order = haveSameKeys ? 0 : compare(one.shape.keys[index], other.shape.keys[index])
                if order == 0 { order = compare(one.values[index], other.values[index]) }
                if order != 0 { return order }
            }
            return one.count < other.count ? -1 : one.count == other.count ? 0 : 1
        default: return left.rank < right.rank ? -1 : 1
        }
    }

    private static func compare(_ left: [RegoValue], _ right: [RegoValue]) -> Int {
        for (one, other) in zip(left, right) {
            let order = compare(one, other)
            if order != 0 { return order }
        }
        return left.count < right.count ? -1 : left.count == right.count ? 0 : 1
    }

    static func compare(_ left: String, _ right: String) -> Int {
        // Texts lie in one piece of UTF-8, so that the inner closures always run.
        let order = left.utf8.withContiguousStorageIfAvailable { one in
            right.utf8.withContiguousStorageIfAvailable { other in compare(one, other) } ?? 0
        }
        guard let order else { return compareSlowly(left, right) }
        return order
    }

    @inline(__always)
    private static func compare(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Int {
        let count = min(one.count, other.count)
        var index = 0
        while index < count {
            let (byte, another) = (one[index], other[index])
            if byte != another { return byte < another ? -1 : 1 }
            index += 1
        }
        return one.count == other.count ? 0 : one.count < other.count ? -1 : 1
    }

    /// Texts of up to 15 bytes lie in the value itself, so that one comparison of two words finds most equal ones.
    @inline(__always)
    static func haveSameStorage(_ left: String, _ right: String) -> Bool {
        let (one, other) = (unsafeBitCast(left, to: Words.self), unsafeBitCast(right, to: Words.self))
        return one.first == other.first && one.second == other.second
    }

    private struct Words {
        var first: UInt64
        var second: UInt64
    }

    private static func compareSlowly(_ left: String, _ right: String) -> Int {
        left.utf8.elementsEqual(right.utf8) ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }

    /// Equality is asked more often than order, and most different texts differ in length.
    @inline(__always)
    static func areEqual(_ left: String, _ right: String) -> Bool {
        if haveSameStorage(left, right) { return true }
        let (one, other) = (left.utf8, right.utf8)
        return one.count == other.count && compare(left, right) == 0
    }

    private var rank: Int {
        switch self {
        case .null: 0
        case .bool: 1
        case .number: 2
        case .string: 3
        case .array: 4
        case .object: 5
        case .set: 6
        }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(rank)
        switch self {
        case .null: break
        case .bool(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .string(var value): value.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        case .array(let elements): hasher.combine(elements)
        case .set(let set): hasher.combine(set.elements)
        case .object(let object):
            for member in object.members {
                member.key.hash(into: &hasher)
                member.value.hash(into: &hasher)
            }
        }
    }
}

extension RegoValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: RegoValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (RegoValue, RegoValue)...) {
        self = .object(RegoObject(elements.map { RegoObject.Member(key: $0.0, value: $0.1) }))
    }
}
