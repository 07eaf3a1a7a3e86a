import Documents
import Foundation
import Kubernetes
import WaybillCore

/// One request, as admission sees it.
struct Review: Sendable {
    enum Operation: String, Sendable {
        case create = "CREATE", update = "UPDATE", delete = "DELETE", connect = "CONNECT"
    }

    var operation: Operation
    var type: ResourceType
    var subresource: String?
    var namespace: String
    var name: String
    var object: Value?
    var oldObject: Value?
    var isDryRun: Bool
    var user: Identity
    var options: Value

    func with(object: Value) -> Review {
        var copy = self
        copy.object = object
        return copy
    }

    /// The `AdmissionReview` that a webhook gets.
    func document(uid: String) -> Value {
        let kind: Value = [
            "group": .string(type.kind.group), "version": .string(type.kind.version), "kind": .string(type.kind.kind),
        ]
        let resource: Value = [
            "group": .string(type.kind.group), "version": .string(type.kind.version), "resource": .string(type.plural),
        ]
        var request: Value = ["uid": .string(uid), "kind": kind, "resource": resource]
        if let subresource { request["subResource"] = .string(subresource) }
        request["requestKind"] = kind
        request["requestResource"] = resource
        if let subresource { request["requestSubResource"] = .string(subresource) }
        request["name"] = .string(name)
        if !namespace.isEmpty { request["namespace"] = .string(namespace) }
        // The name of a namespace stands in both places.
        if type.qualifiedName == "namespaces" { request["namespace"] = .string(name) }
        request["operation"] = .string(operation.rawValue)
        request["userInfo"] = [
            "username": .string(user.name), "groups": ["system:masters", "system:authenticated"],
        ]
        request["object"] = object ?? .null
        request["oldObject"] = oldObject ?? .null
        request["dryRun"] = .bool(isDryRun)
        request["options"] = options
        return ["kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request]
    }

    static func newUID() -> String { UUID().uuidString.lowercased() }
}
