public import Documents

/// What is wrong with one field, in the API's own words and codes.
public struct FieldError: Hashable, Sendable {
    public var reason: String
    public var message: String
    /// `spec.containers[0].name`.
    public var field: String

    public init(reason: String, message: String, field: String) {
        self.reason = reason
        self.message = message
        self.field = field
    }

    public var value: Value {
        var value: Value = [:]
        if !reason.isEmpty { value["reason"] = .string(reason) }
        value["message"] = .string(message)
        if !field.isEmpty { value["field"] = .string(field) }
        return value
    }

    public static func required(_ field: String, _ detail: String = "") -> Self {
        .init(
            reason: "FieldValueRequired", message: "Required value" + (detail.isEmpty ? "" : ": \(detail)"),
            field: field)
    }

    public static func invalid(_ field: String, _ value: Value, _ detail: String) -> Self {
        .init(reason: "FieldValueInvalid", message: "Invalid value: \(shown(value)): \(detail)", field: field)
    }

    /// Structures are shown as Go writes them, fit for a web page.
    private static func shown(_ value: Value) -> String {
        let text = JSONWriter.string(value)
        guard value.object != nil || value.array != nil, text.utf8.contains(where: { [0x3C, 0x3E, 0x26].contains($0) })
        else { return text }
        return text.reduce(into: "") { shown, character in
            switch character {
            case "<": shown += "\\u003c"
            case ">": shown += "\\u003e"
            case "&": shown += "\\u0026"
            default: shown.append(character)
            }
        }
    }

    /// For values that are too large to show.
    public static func invalid(_ field: String, _ detail: String) -> Self {
        .init(reason: "FieldValueInvalid", message: "Invalid value: \(detail)", field: field)
    }

    public static func typeInvalid(_ field: String, _ value: Value, _ detail: String) -> Self {
        .init(
            reason: "FieldValueTypeInvalid", message: "Invalid value: \(JSONWriter.string(value)): \(detail)",
            field: field)
    }

    public static func forbidden(_ field: String, _ detail: String) -> Self {
        .init(reason: "FieldValueForbidden", message: "Forbidden: \(detail)", field: field)
    }

    public static func unsupported(_ field: String, _ value: Value, _ supported: [String]) -> Self {
        .init(
            reason: "FieldValueNotSupported",
            message: "Unsupported value: \(JSONWriter.string(value)): supported values: "
                + supported.map { JSONWriter.string(.string($0)) }.joined(separator: ", "), field: field)
    }

    public static func duplicate(_ field: String, _ value: Value) -> Self {
        .init(
            reason: "FieldValueDuplicate", message: "Duplicate value: \(JSONWriter.string(value))", field: field)
    }

    public static func notFound(_ field: String, _ value: Value) -> Self {
        .init(reason: "FieldValueNotFound", message: "Not found: \(JSONWriter.string(value))", field: field)
    }

    public static func tooLong(_ field: String, bytesMax: Int) -> Self {
        .init(
            reason: "FieldValueTooLong", message: "Too long: may not be more than \(bytesMax) bytes", field: field)
    }

    public static func tooMany(_ field: String, _ count: Int, max: Int) -> Self {
        .init(
            reason: "FieldValueTooMany", message: "Too many: \(count): must have at most \(max) items", field: field)
    }
}
