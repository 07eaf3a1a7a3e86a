/// What is known about a value before it is there.
public indirect enum CELType: Hashable, Sendable, CustomStringConvertible {
    /// Anything: not checked.
    case any
    case null, bool, int, uint, double, string, bytes, duration, timestamp, type
    case list(CELType)
    case map(CELType, CELType)
    /// An object with known members.
    case object(String, [String: CELType])

    public var description: String {
        switch self {
        case .any: "dyn"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .duration: "google.protobuf.Duration"
        case .timestamp: "google.protobuf.Timestamp"
        case .type: "type"
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .object(let name, _): name
        }
    }

    var isNumber: Bool { self == .int || self == .uint || self == .double }

    /// Values of the two may be equal.
    func agrees(with other: CELType) -> Bool {
        switch (self, other) {
        case (.any, _), (_, .any), (.null, .object), (.object, .null), (.null, .list), (.list, .null), (.null, .map),
            (.map, .null), (.null, .null):
            true
        case (.list(let one), .list(let two)): one.agrees(with: two)
        case (.map(let key, let value), .map(let otherKey, let otherValue)):
            key.agrees(with: otherKey) && value.agrees(with: otherValue)
        case (.object(let one, _), .object(let two, _)): one == two
        default: self == other
        }
    }
}
