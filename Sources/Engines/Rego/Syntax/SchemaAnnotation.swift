/// A JSON Schema that a `# METADATA` block gives to a document: by the name of a schema, or written out.
struct SchemaAnnotation: Sendable {
    /// The document: `["input", "spec"]`.
    var path: [String]
    /// The schema's name: `["schema", "pod"]`.
    var schema: [String]?
    var definition: RegoValue?

    /// As `rego.metadata` shows it.
    var value: RegoValue {
        var members: [RegoObject.Member] = [.init(key: "path", value: .array(path.map { .string($0) }))]
        if let schema { members.append(.init(key: "schema", value: .array(schema.map { .string($0) }))) }
        if let definition { members.append(.init(key: "definition", value: definition)) }
        return .object(RegoObject(members))
    }
}
