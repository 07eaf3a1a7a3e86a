public import Documents
public import WaybillCore

/// A JSON Schema that documents are held against: drafts 4, 6 and 7.
///
///     let schema = try DocumentSchema(["type": "object", "required": ["name"]])
///     schema.problems(in: ["name": "cart"])   // []
public struct DocumentSchema {
    private let schema: JSONSchema

    /// - Parameter others: schemas that this one refers to by their `$id`; nothing is fetched.
    ///
    /// Throws `.invalidInput` for a document that is no schema, or refers to one that is not given.
    public init(_ document: Value, with others: [Value] = []) throws(WaybillError) {
        var whole = document
        if !others.isEmpty {
            guard let name = (document["$id"] ?? document["id"])?.string else {
                throw WaybillError(
                    .invalidInput, "a schema that refers to others needs a name of its own", subject: "$id")
            }
            let parts = ([document] + others).enumerated().map { ("part\($0)", $1) }
            whole = ["$ref": .string(name), "definitions": .object(Object(parts))]
        }
        do {
            schema = try JSONSchema(RegoValue(whole))
        } catch {
            throw WaybillError(.invalidInput, "is no usable JSON Schema: \(error.message)", subject: "schema")
        }
    }

    /// Everything in which the document differs, each with its place; nothing for one that matches.
    public func problems(in document: Value) -> [String] {
        JSONSchemaValidator.problems(RegoValue(document), schema).map { "\($0.field): \($0.description)" }
    }
}
