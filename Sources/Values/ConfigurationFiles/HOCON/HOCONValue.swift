import Documents
import WaybillCore

/// A value as it is written, before substitutions are put in.
indirect enum HOCONValue {
    case text(String, isQuoted: Bool, Position)
    case array([HOCONValue], Position)
    case object(HOCONObject)
    case concatenation([HOCONValue], Position)
    case substitution([String], isOptional: Bool, Position)
    /// `+=`
    case appended(HOCONValue)
    case resolved(Node)

    /// Whether its value may depend on what stands elsewhere.
    var isReference: Bool {
        switch self {
        case .substitution, .concatenation: true
        default: false
        }
    }
}

/// The fields of an object; one name may have several values, later over earlier.
final class HOCONObject {
    final class Field {
        let name: String
        let position: Position
        var values: [HOCONValue]

        init(_ name: String, _ value: HOCONValue, at position: Position) {
            self.name = name
            self.position = position
            values = [value]
        }
    }

    let position: Position
    private(set) var fields: [Field] = []
    private var indexes: [[UInt8]: Int] = [:]

    init(_ position: Position) { self.position = position }

    func field(_ name: String) -> Field? { indexes[Array(name.utf8)].map { fields[$0] } }

    /// `a.b = 1` is `a { b = 1 }`.
    func add(_ path: [String], _ value: HOCONValue, at position: Position) {
        var value = value
        for name in path.dropFirst().reversed() {
            let inner = HOCONObject(position)
            inner.add([name], value, at: position)
            value = .object(inner)
        }
        guard let name = path.first else { return }
        if let field = field(name) {
            field.values.append(value)
        } else {
            indexes[Array(name.utf8)] = fields.count
            fields.append(Field(name, value, at: position))
        }
    }
}
