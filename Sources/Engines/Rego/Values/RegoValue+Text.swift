import Documents

extension RegoValue: CustomStringConvertible {
    /// As it is written in Rego: `{"a": [1, {2}]}`.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let number): number.text
        case .string(let text): JSONWriter.string(.string(text))
        case .array(let elements): "[" + elements.map(\.description).joined(separator: ", ") + "]"
        case .set(let set):
            set.isEmpty ? "set()" : "{" + set.elements.map(\.description).joined(separator: ", ") + "}"
        case .object(let object):
            "{" + object.members.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }

    /// The text of a string, Rego's writing of everything else: how values appear inside messages.
    var display: String { string ?? description }
}
