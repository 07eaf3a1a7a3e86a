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
    public static func == (left: RegoValue, right: RegoValue) -> Bool { compare(left, right) == 0 }
    public static func < (left: RegoValue, right: RegoValue) -> Bool { compare(left, right) < 0 }

    /// Rego's total order: null, booleans, numbers, texts, arrays, objects, sets.
    static func compare(_ left: RegoValue, _ right: RegoValue) -> Int {
        switch (left, right) {
        case (.string(let one), .string(let other)): return compare(one, other)
        case (.number(let one), .number(let other)): return RegoNumber.compare(one, other)
        case (.null, .null): return 0
        case (.bool(let one), .bool(let other)): return one == other ? 0 : one ? 1 : -1
        case (.array(let one), .array(let other)): return compare(one, other)
        case (.set(let one), .set(let other)): return compare(one.elements, other.elements)
        case (.object(let one), .object(let other)):
            for (member, another) in zip(one.members, other.members) {
                var order = compare(member.key, another.key)
                if order == 0 { order = compare(member.value, another.value) }
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
        var (one, other) = (left.utf8.makeIterator(), right.utf8.makeIterator())
        while true {
            switch (one.next(), other.next()) {
            case (nil, nil): return 0
            case (nil, _): return -1
            case (_, nil): return 1
            case (let byte?, let another?): if byte != another { return byte < another ? -1 : 1 }
            }
        }
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
    ExpressibleByArrayLiteral, ExpressibleByNilLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: RegoValue...) { self = .array(elements) }
    public init(nilLiteral: ()) { self = .null }
    public init(dictionaryLiteral elements: (RegoValue, RegoValue)...) {
        self = .object(RegoObject(elements.map { RegoObject.Member(key: $0.0, value: $0.1) }))
    }
}
