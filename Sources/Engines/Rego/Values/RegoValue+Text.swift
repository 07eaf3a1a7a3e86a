import Documents

extension RegoValue: CustomStringConvertible {
    /// As it is written in Rego: `{"a": [1, {2}]}`.
    public var description: String { written { JSONWriter.string(.string($0)) } }

    /// The text of a string, Rego's writing of everything else with texts quoted as OPA quotes them: how values appear
    /// inside messages.
    var display: String { string ?? written { GoText.quoted($0) } }

    private func written(_ quoted: (String) -> String) -> String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let number): number.text
        case .string(let text): quoted(text)
        case .array(let elements): "[" + elements.map { $0.written(quoted) }.joined(separator: ", ") + "]"
        case .set(let set):
            set.isEmpty ? "set()" : "{" + set.elements.map { $0.written(quoted) }.joined(separator: ", ") + "}"
        case .object(let object):
            "{" + object.map { "\($0.key.written(quoted)): \($0.value.written(quoted))" }.joined(separator: ", ") + "}"
        }
    }
}
