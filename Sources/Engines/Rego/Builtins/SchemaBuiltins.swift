import Documents
import RegularExpressions
import WaybillCore

/// JSON Schema.
enum SchemaBuiltins {
    static let all = [
        Builtin("json.verify_schema", 1) { a in
            do throws(JSONSchema.Failure) {
                _ = try JSONSchema(try document(a[0]))
                return [true, .null]
            } catch {
                return [false, .string("jsonschema: \(error.message)")]
            }
        },
        Builtin("json.match_schema", 2) { (a) throws(BuiltinFailure) in
            do throws(JSONSchema.Failure) {
                let document = try SchemaBuiltins.document(a[0])
                let problems = JSONSchemaValidator.problems(document, try JSONSchema(try SchemaBuiltins.document(a[1])))
                return [.bool(problems.isEmpty), .array(problems.map(\.value))]
            } catch {
                throw BuiltinFailure(error.message)
            }
        },
    ]

    /// A text holds JSON; everything else is meant as it is.
    private static func document(_ value: RegoValue) throws(JSONSchema.Failure) -> RegoValue {
        switch value {
        case .string(let text):
            guard let document = try? JSONReader.value(from: text) else {
                throw JSONSchema.Failure(message: "invalid JSON string")
            }
            return RegoValue(document)
        case .object, .array: return RegoValue(value.document)
        default: throw JSONSchema.Failure(message: "wrong type, expected string or object")
        }
    }
}

enum RegularExpressionCheck {
    static func compiles(_ pattern: String) throws -> Bool {
        _ = try RegularExpression(pattern)
        return true
    }
}
