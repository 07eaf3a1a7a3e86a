import Documents
import Kubernetes

/// A refusal in the API's own shape, the `Status` object.
struct APIError: Error, Sendable {
    struct Cause: Sendable {
        var reason: String
        var message: String
        var field: String
        var value: Value { ["reason": .string(reason), "message": .string(message), "field": .string(field)] }
    }

    var code: Int
    var reason: String
    var message: String
    var details: Object?
    /// For `Warning` headers.
    var warnings: [String] = []

    var status: Value {
        var status: Value = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
        ]
        if !reason.isEmpty { status["reason"] = .string(reason) }
        if let details { status["details"] = .object(details) }
        status["code"] = .integer(code)
        return status
    }

    private static func details(_ type: ResourceType, _ name: String) -> Object {
        var details = Object()
        if !name.isEmpty { details["name"] = .string(name) }
        if !type.group.isEmpty { details["group"] = .string(type.group) }
        details["kind"] = .string(type.plural)
        return details
    }

    static func notFound(_ type: ResourceType, _ name: String) -> APIError {
        APIError(
            code: 404, reason: "NotFound", message: "\(type.qualifiedName) \"\(name)\" not found",
            details: details(type, name))
    }

    static func alreadyExists(_ type: ResourceType, _ name: String) -> APIError {
        APIError(
            code: 409, reason: "AlreadyExists", message: "\(type.qualifiedName) \"\(name)\" already exists",
            details: details(type, name))
    }

    static func conflict(
        _ type: ResourceType, _ name: String,
        _ message: String =
            "the object has been modified; please apply your changes to the latest version and try again"
    ) -> APIError {
        APIError(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(type.qualifiedName) \"\(name)\": \(message)",
            details: details(type, name))
    }

    static func forbidden(_ type: ResourceType, _ name: String, _ message: String) -> APIError {
        APIError(
            code: 403, reason: "Forbidden", message: "\(type.qualifiedName) \"\(name)\" is forbidden: \(message)",
            details: details(type, name))
    }

    static func badRequest(_ message: String) -> APIError {
        APIError(code: 400, reason: "BadRequest", message: message)
    }

    static func invalid(_ kind: ObjectKind, _ name: String, _ causes: [Cause]) -> APIError {
        var details = Object()
        if !name.isEmpty { details["name"] = .string(name) }
        if !kind.group.isEmpty { details["group"] = .string(kind.group) }
        details["kind"] = .string(kind.kind)
        details["causes"] = .array(causes.map(\.value))
        let all = causes.map { $0.field.isEmpty ? $0.message : "\($0.field): \($0.message)" }
        let text = all.count == 1 ? all[0] : "[\(all.joined(separator: ", "))]"
        let qualified = kind.group.isEmpty ? kind.kind : "\(kind.kind).\(kind.group)"
        return APIError(
            code: 422, reason: "Invalid", message: "\(qualified) \"\(name)\" is invalid: \(text)", details: details)
    }

    static func gone(_ message: String) -> APIError { APIError(code: 410, reason: "Expired", message: message) }

    static let noSuchPath = APIError(
        code: 404, reason: "NotFound", message: "the server could not find the requested resource", details: Object())

    static let methodNotAllowed = APIError(
        code: 405, reason: "MethodNotAllowed",
        message: "the server does not allow this method on the requested resource",
        details: Object())

    static let unauthorized = APIError(code: 401, reason: "Unauthorized", message: "Unauthorized")

    /// Known to Kubernetes, not supported here.
    static func unsupported(_ message: String) -> APIError {
        APIError(code: 501, reason: "NotImplemented", message: "\(message): not supported by the local cluster yet")
    }

    static func internalError(_ message: String) -> APIError {
        APIError(code: 500, reason: "InternalError", message: "Internal error occurred: \(message)")
    }
}

extension APIError.Cause {
    static func required(_ field: String, _ detail: String = "") -> Self {
        .init(
            reason: "FieldValueRequired", message: "Required value" + (detail.isEmpty ? "" : ": \(detail)"),
            field: field)
    }

    static func invalid(_ field: String, _ value: Value, _ detail: String) -> Self {
        .init(reason: "FieldValueInvalid", message: "Invalid value: \(shown(value)): \(detail)", field: field)
    }

    static func forbidden(_ field: String, _ detail: String) -> Self {
        .init(reason: "FieldValueForbidden", message: "Forbidden: \(detail)", field: field)
    }

    static func unsupported(_ field: String, _ value: Value, _ supported: [String]) -> Self {
        .init(
            reason: "FieldValueNotSupported",
            message: "Unsupported value: \(shown(value)): supported values: "
                + supported.map { "\"\($0)\"" }.joined(separator: ", "), field: field)
    }

    static func duplicate(_ field: String, _ value: Value) -> Self {
        .init(reason: "FieldValueDuplicate", message: "Duplicate value: \(shown(value))", field: field)
    }

    private static func shown(_ value: Value) -> String { JSONWriter.string(value) }
}
