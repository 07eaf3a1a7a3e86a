/// A JSON or YAML document as a plain value: compared by content, keys byte by byte, key order kept for output.
public enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Number)
    case string(String)
    case array([Value])
    case object(Object)

    public static func integer(_ value: Int) -> Value { .number(Number(value)) }
}

extension Value {
    public var isNull: Bool { if case .null = self { true } else { false } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var number: Number? { if case .number(let value) = self { value } else { nil } }
    /// The number when it is a whole one that fits.
    public var integer: Int? { number?.integer }
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var array: [Value]? { if case .array(let value) = self { value } else { nil } }
    public var object: Object? { if case .object(let value) = self { value } else { nil } }

    /// The field's word for the value's type, for messages.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The member of an object; nil for a missing member and for every other type. Setting nil removes the member;
    /// setting a member of null makes an object.
    public subscript(key: String) -> Value? {
        get { object?[key] }
        set {
            var object = self.object ?? Object()
            // Let go of the members, so that they are changed where they stand.
            self = .null
            object[key] = newValue
            self = .object(object)
        }
    }

    /// The element of an array, nil where there is none.
    public subscript(index: Int) -> Value? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }
}

extension Value: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .number(Number(value)) }
    public init(floatLiteral value: Double) { self = .number(Number(value)) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: Value...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, Value)...) {
        self = .object(Object(elements.map { (key: $0.0, value: $0.1) }))
    }
}

extension Value {
    /// `.string` or `.null`.
    public init(_ text: String?) { self = text.map(Value.string) ?? .null }
}
