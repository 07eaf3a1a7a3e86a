import Documents
import Kubernetes
import KubernetesAPI

/// A refusal in the API's own shape, the `Status` object.
struct APIError: Error, Sendable {
    typealias Cause = FieldError

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
        if !kind.kind.isEmpty { details["kind"] = .string(kind.kind) }
        details["causes"] = .array(causes.map(\.value))
        // The same sentence is said once.
        var all: [String] = []
        for text in causes.map({ $0.field.isEmpty ? $0.message : "\($0.field): \($0.message)" })
        where !all.contains(text) {
            all.append(text)
        }
        let text = all.count == 1 ? all[0] : "[\(all.joined(separator: ", "))]"
        let qualified = kind.group.isEmpty ? kind.kind : "\(kind.kind).\(kind.group)"
        return APIError(
            code: 422, reason: "Invalid", message: "\(qualified) \"\(name)\" is invalid: \(text)", details: details)
    }

    /// Options of the request that make no sense.
    static func invalidOptions(_ kind: String, _ causes: [Cause]) -> APIError {
        .invalid(.init(group: "meta.k8s.io", version: "v1", kind: kind), "", causes)
    }

    /// An error that the real server passes on without a reason.
    static func plain(_ message: String, code: Int = 500) -> APIError {
        APIError(code: code, reason: "", message: message)
    }

    /// A path outside of the API.
    static let pageNotFound = APIError(code: 404, reason: "", message: "404 page not found")

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
        APIError(
            code: 500, reason: "InternalError", message: "Internal error occurred: \(message)",
            details: ["causes": [["message": .string(message)]]])
    }
}
