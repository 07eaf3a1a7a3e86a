public import Documents
import WaybillCore

/// A value of the Common Expression Language.
public indirect enum CELValue: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list([CELValue])
    case map(CELMap)
    /// Nanoseconds.
    case duration(Int64)
    /// Nanoseconds since 1970.
    case timestamp(Int64)
    case type(String)
    case optional(CELValue?)
    /// A message made by name: `JSONPatch{op: …}`.
    case message(String, CELMap)
    /// Something of the host's: an authorizer, a quantity, variables computed when they are asked for.
    case host(any CELHost)
}

/// A value that the host of the language brings in.
public protocol CELHost: Sendable {
    /// As `type()` names it.
    var typeName: String { get }
    /// Nil where there is no such member.
    func member(_ name: String) throws(CELError) -> CELValue?
    /// Nil where there is no such function.
    func call(_ name: String, _ arguments: [CELValue]) throws(CELError) -> CELValue?
    func isEqual(to other: any CELHost) -> Bool
}

extension CELHost {
    public func member(_ name: String) throws(CELError) -> CELValue? { nil }
    public func call(_ name: String, _ arguments: [CELValue]) throws(CELError) -> CELValue? { nil }
    public func isEqual(to other: any CELHost) -> Bool { false }
}

/// Members by key, in the order in which they came.
public struct CELMap: Sendable {
    public private(set) var members: [(key: CELValue, value: CELValue)] = []
    private var positions: [CELValue: Int] = [:]

    public init() {}

    public init(_ object: Object) {
        for member in object { self[.string(member.key)] = CELValue(member.value) }
    }

    public subscript(key: CELValue) -> CELValue? {
        get { positions[key].map { members[$0].value } }
        set {
            switch (positions[key], newValue) {
            case (let position?, let value?): members[position].value = value
            case (nil, let value?):
                positions[key] = members.count
                members.append((key, value))
            case (let position?, nil):
                members.remove(at: position)
                positions = [:]
                for (index, member) in members.enumerated() { positions[member.key] = index }
            case (nil, nil): break
            }
        }
    }

    public var count: Int { members.count }
}

extension CELValue: Hashable {
    public static func == (left: CELValue, right: CELValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.string(let one), .string(let other)): one.hasSameBytes(as: other)
        case (.bytes(let one), .bytes(let other)): one == other
        case (.list(let one), .list(let other)): one == other
        case (.map(let one), .map(let other)):
            one.count == other.count && one.members.allSatisfy { other[$0.key] == $0.value }
        case (.message(let name, let one), .message(let otherName, let other)):
            name == otherName && CELValue.map(one) == CELValue.map(other)
        case (.duration(let one), .duration(let other)), (.timestamp(let one), .timestamp(let other)): one == other
        case (.type(let one), .type(let other)): one == other
        case (.optional(let one), .optional(let other)): one == other
        case (.host(let one), .host(let other)): one.isEqual(to: other)
        default: left.comparedNumber(to: right) == 0
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .bool(let value): hasher.combine(value)
        // Numbers of different types can be equal.
        case .int(let value): hasher.combine(Double(value))
        case .uint(let value): hasher.combine(Double(value))
        case .double(let value): hasher.combine(value)
        case .string(let value): for byte in value.utf8 { hasher.combine(byte) }
        case .bytes(let value): hasher.combine(value)
        case .duration(let value), .timestamp(let value): hasher.combine(value)
        default: hasher.combine(0)
        }
    }

    /// -1, 0 or 1; nil where one is no number or they cannot be compared.
    func comparedNumber(to other: CELValue) -> Int? {
        func order<T: Comparable>(_ one: T, _ two: T) -> Int { one < two ? -1 : one == two ? 0 : 1 }
        switch (self, other) {
        case (.int(let one), .int(let two)): return order(one, two)
        case (.uint(let one), .uint(let two)): return order(one, two)
        case (.int(let one), .uint(let two)): return one < 0 ? -1 : order(UInt64(one), two)
        case (.uint(let one), .int(let two)): return two < 0 ? 1 : order(one, UInt64(two))
        default:
            guard let one = asDouble, let two = other.asDouble, !one.isNaN, !two.isNaN else { return nil }
            return order(one, two)
        }
    }

    private var asDouble: Double? {
        switch self {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
}

extension CELValue {
    /// A JSON value. Whole numbers become integers.
    public init(_ value: Value) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let number): self = number.integer.map { .int(Int64($0)) } ?? .double(number.double)
        case .string(let text): self = .string(text)
        case .array(let list): self = .list(list.map(CELValue.init))
        case .object(let object): self = .map(CELMap(object))
        }
    }

    /// The value as JSON; nil for what JSON has no form for.
    public var json: Value? {
        switch self {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return Int(exactly: value).map { .integer($0) }
        case .uint(let value): return Int(exactly: value).map { .integer($0) }
        case .double(let value): return .number(Number(value))
        case .string(let text): return .string(text)
        case .bytes(let bytes): return .string(Base64.encode(bytes))
        case .list(let list):
            let values = list.compactMap(\.json)
            return values.count == list.count ? .array(values) : nil
        case .map(let map), .message(_, let map):
            var object = Object()
            for member in map.members {
                guard case .string(let key) = member.key, let value = member.value.json else { return nil }
                object[key] = value
            }
            return .object(object)
        case .optional(let value): return value.map(\.json) ?? nil
        case .duration, .timestamp: return (try? CELTime.text(of: self)).map { .string($0) }
        case .type, .host: return nil
        }
    }

    /// As `type()` names it.
    public var typeName: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .list: "list"
        case .map: "map"
        case .duration: "google.protobuf.Duration"
        case .timestamp: "google.protobuf.Timestamp"
        case .type: "type"
        case .optional: "optional_type"
        case .message(let name, _): name
        case .host(let host): host.typeName
        }
    }
}
