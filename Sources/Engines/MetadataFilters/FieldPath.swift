/// The way to a field from the top of a message: names as JSON spells them, and keys of maps or positions in lists.
public struct FieldPath: Hashable, Sendable, CustomStringConvertible {
    public enum Step: Hashable, Sendable {
        case field(String)
        case key(String)
        case position(Int)

        var name: String {
            switch self {
            case .field(let name), .key(let name): name
            case .position(let number): "\(number)"
            }
        }
    }

    public var steps: [Step]

    public init(steps: [Step]) { self.steps = steps }

    public init(_ names: String...) { steps = names.map { .field($0) } }

    public var description: String { steps.map(\.name).joined(separator: ".") }

    /// `resource_uri` and `resourceUri` are one field.
    public static func jsonName(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "_")) else { return name }
        var result = ""
        var raise = false
        for character in name {
            if character == "_" {
                raise = !result.isEmpty
            } else {
                result += raise ? character.uppercased() : String(character)
                raise = false
            }
        }
        return result
    }
}
