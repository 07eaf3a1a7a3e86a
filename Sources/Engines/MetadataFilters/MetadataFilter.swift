public import Documents

/// A filter of a list of notes, occurrences or projects, read and ready to be asked.
///
/// ```swift
/// let filter = try MetadataFilter(#"kind="VULNERABILITY" AND resource_uri="https://shop/cart@sha256:9f""#) { $0 }
/// filter.matches(["kind": "VULNERABILITY", "resourceUri": "https://shop/cart@sha256:9f"])  // true
/// ```
public struct MetadataFilter: Hashable, Sendable {
    public let text: String
    public let condition: FilterCondition

    /// Reads a filter. `resolve` gives a field's path in the documents for the path that was written, and nil for what is
    /// no field: a misspelt one is an error, not an empty list.
    public init(
        _ text: String, limits: FilterLimits = .standard, resolve: @escaping (FieldPath) -> FieldPath?
    ) throws(FilterError) {
        self.text = text
        let tree = try FilterParser.parse(text, limits: limits)
        condition = try FilterCompiler(text: text, resolve: resolve).condition(tree)
    }

    /// Whether the filter takes the message, given as its JSON form.
    public func matches(_ document: Value) -> Bool { FilterEvaluation(document: document).holds(condition) }
}
