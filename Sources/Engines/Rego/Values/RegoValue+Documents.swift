public import Documents

extension RegoValue {
    /// The same document as Rego sees it.
    public init(_ value: Documents.Value) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let number): self = .number(RegoNumber(number.text) ?? RegoNumber(number.double))
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map { RegoValue($0) })
        case .object(let object):
            self = .object(
                RegoObject(object.members.map { RegoObject.Member(key: .string($0.key), value: RegoValue($0.value)) }))
        }
    }

    /// As JSON: a set becomes an array in order, a key that is not a text its JSON text.
    public var document: Documents.Value {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .number(let number):
            number.int.map { .integer($0) } ?? Number(literal: number.text).map { .number($0) } ?? .null
        case .string(let text): .string(text)
        case .array(let elements): .array(elements.map(\.document))
        case .set(let set): .array(set.elements.map(\.document))
        case .object(let object):
            .object(Object(object.members.map { (key: $0.key.memberName, value: $0.value.document) }))
        }
    }

    /// The key's name in JSON.
    var memberName: String { string ?? json }

    /// JSON text, keys in order.
    var json: String { JSONWriter.string(document, style: .canonical) }
}
