import RegularExpressions

/// A JSON Schema of drafts 4, 6 and 7, compiled. References lead within the document; nothing is fetched.
final class JSONSchema {
    struct Failure: Error {
        var message: String
    }

    indirect enum Kind {
        case always(Bool)
        case rules(Rules)
    }

    struct Rules {
        var reference: String?
        var types: [String] = []
        var constant: RegoValue?
        var enumeration: [RegoValue]?
        var allOf: [JSONSchema] = []
        var anyOf: [JSONSchema] = []
        var oneOf: [JSONSchema] = []
        var not: JSONSchema?
        var condition: JSONSchema?
        var then: JSONSchema?
        var otherwise: JSONSchema?
        // Objects
        var properties: [(name: String, schema: JSONSchema)] = []
        var patternProperties: [(pattern: String, expression: RegularExpression, schema: JSONSchema)] = []
        var additionalProperties: JSONSchema?
        var required: [String] = []
        var propertyNames: JSONSchema?
        var minProperties: Int?
        var maxProperties: Int?
        var dependencies: [(name: String, needed: [String], schema: JSONSchema?)] = []
        // Arrays
        var items: JSONSchema?
        var itemList: [JSONSchema]?
        var additionalItems: JSONSchema?
        var contains: JSONSchema?
        var minItems: Int?
        var maxItems: Int?
        var areItemsUnique = false
        // Texts and numbers
        var minLength: Int?
        var maxLength: Int?
        var pattern: (text: String, expression: RegularExpression)?
        var format: String?
        var multipleOf: RegoNumber?
        var minimum: RegoNumber?
        var maximum: RegoNumber?
        var exclusiveMinimum: RegoNumber?
        var exclusiveMaximum: RegoNumber?
    }

    var kind: Kind = .always(true)
    /// What a reference leads to, set when all is read.
    var target: JSONSchema?

    static let typeNames = ["array", "boolean", "integer", "number", "null", "object", "string"]
    /// Schemas within schemas, so deep.
    static let depthMax = 200

    init() {}

    /// Compiles the whole document.
    convenience init(_ document: RegoValue) throws(Failure) {
        let reader = Reader(document)
        self.init()
        try reader.read(document, into: self, base: "", depth: 0)
        try reader.resolve()
    }
}
