public import Documents

/// What a policy is held against before it is compiled, beyond what always holds.
public struct CheckOptions: Sendable {
    /// Unused imports, variables and arguments, and functions that are going away, are errors.
    public var isStrict: Bool
    /// JSON Schemas by the name that annotations give, as in `schema.input` or `schema["pod"]`.
    public var schemas: [String: Documents.Value]
    /// What `input` looks like everywhere.
    public var inputSchema: Documents.Value?

    public init(
        isStrict: Bool = false, schemas: [String: Documents.Value] = [:], inputSchema: Documents.Value? = nil
    ) {
        self.isStrict = isStrict
        self.schemas = schemas
        self.inputSchema = inputSchema
    }
}
