import Documents
import RegularExpressions
import WaybillCore

/// The schema of a template's parameters (OpenAPI v3 as custom resource definitions have it).
struct ParametersSchema: Sendable {
    private let root: SchemaNode

    init(_ document: Value, file: String) throws(WaybillError) {
        do {
            root = try SchemaNode(document, path: "openAPIV3Schema", depth: 0)
        } catch {
            throw WaybillError(error.isUnsupported ? .unsupported : .invalidInput, error.message, subject: file)
        }
    }

    /// The parameters with defaults filled in. Throws where they do not fit.
    func accepted(_ parameters: Value, file: String) throws(WaybillError) -> Value {
        let complete = root.withDefaults(parameters)
        var problems: [String] = []
        root.check(complete, "spec.parameters", &problems)
        guard problems.isEmpty else {
            throw WaybillError(
                .invalidInput, problems.prefix(5).joined(separator: "; "), subject: file,
                cause: SchemaViolation(problems: problems))
        }
        return complete
    }
}

/// Marks an error as one of the parameters against their schema: what a suite's `invalid: true` expects.
struct SchemaViolation: Error, CustomStringConvertible {
    var problems: [String]
    var description: String { "the parameters do not fit the template's schema" }
}

/// A schema that cannot be read.
struct SchemaError: Error {
    var message: String
    var isUnsupported = false
}

/// One level of a schema.
final class SchemaNode: Sendable {
    /// Deeper schemas are refused.
    static let depthMax = 64

    let type: String?
    let isNullable: Bool
    let isIntOrString: Bool
    let defaultValue: Value?
    let allowed: [Value]?
    let properties: [String: SchemaNode]
    let required: [String]
    let additional: SchemaNode?
    let refusesAdditional: Bool
    let items: SchemaNode?
    let pattern: RegularExpression?
    let bounds: SchemaBounds
    let isUnique: Bool
    let all: [SchemaNode]
    let any: [SchemaNode]
    let one: [SchemaNode]
    let not: SchemaNode?

    init(_ value: Value, path: String, depth: Int) throws(SchemaError) {
        guard depth < Self.depthMax else { throw SchemaError(message: "\(path): nested too deep") }
        guard value.object != nil else { throw SchemaError(message: "\(path): not an object") }
        if value["x-kubernetes-validations"] != nil {
            throw SchemaError(message: "\(path): rules in CEL are not supported", isUnsupported: true)
        }
        if value["$ref"] != nil { throw SchemaError(message: "\(path): $ref is not allowed") }
        func node(_ value: Value, _ name: String) throws(SchemaError) -> SchemaNode {
            try SchemaNode(value, path: "\(path).\(name)", depth: depth + 1)
        }
        func list(_ key: String) throws(SchemaError) -> [SchemaNode] {
            var nodes: [SchemaNode] = []
            for entry in value[key]?.array ?? [] { nodes.append(try node(entry, "\(key)[\(nodes.count)]")) }
            return nodes
        }
        type = value["type"]?.string
        if let type, !["object", "array", "string", "integer", "number", "boolean", "null"].contains(type) {
            throw SchemaError(message: "\(path): unknown type \(Redaction.excerpt(type))")
        }
        isNullable = value["nullable"]?.bool ?? false
        isIntOrString = value["x-kubernetes-int-or-string"]?.bool ?? (value["format"]?.string == "int-or-string")
        defaultValue = value["default"]
        allowed = value["enum"]?.array
        var properties: [String: SchemaNode] = [:]
        for member in value["properties"]?.object ?? Object() {
            properties[member.key] = try node(member.value, "properties.\(member.key)")
        }
        self.properties = properties
        required = (value["required"]?.array ?? []).compactMap(\.string)
        refusesAdditional = value["additionalProperties"]?.bool == false
        additional =
            if let schema = value["additionalProperties"], schema.object != nil {
                try node(schema, "additionalProperties")
            } else { nil }
        items = if let schema = value["items"] { try node(schema, "items") } else { nil }
        do {
            pattern = if let text = value["pattern"]?.string { try RegularExpression(text) } else { nil }
        } catch {
            throw SchemaError(message: "\(path).pattern: \(error.message)")
        }
        bounds = SchemaBounds(value)
        isUnique = value["uniqueItems"]?.bool ?? false
        all = try list("allOf")
        any = try list("anyOf")
        one = try list("oneOf")
        not = if let schema = value["not"] { try node(schema, "not") } else { nil }
    }

    func withDefaults(_ value: Value) -> Value {
        switch value {
        case .object(var object):
            for (name, schema) in properties.sorted(by: { $0.key < $1.key }) {
                if let present = object[name], !(present.isNull && !schema.isNullable && schema.defaultValue != nil) {
                    object[name] = schema.withDefaults(present)
                } else if let fallback = schema.defaultValue {
                    object[name] = schema.withDefaults(fallback)
                }
            }
            if let additional {
                for member in object where properties[member.key] == nil {
                    object[member.key] = additional.withDefaults(member.value)
                }
            }
            return .object(object)
        case .array(let elements):
            guard let items else { return value }
            return .array(elements.map(items.withDefaults))
        default: return value
        }
    }
}
