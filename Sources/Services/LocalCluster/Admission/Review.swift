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
    var user: APIUser
    var options: Value
    /// The kind of the objects, where it is not the type's: a scale.
    var objectKind: ObjectKind?

    func with(object: Value) -> Review {
        var copy = self
        copy.object = object
        return copy
    }

    /// The `request` of a review for somebody who asked for `seen`, which may be another version of the type.
    func request(uid: String, as seen: ResourceType) -> Value {
        func kind(_ kind: ObjectKind) -> Value {
            ["group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind)]
        }
        func resource(_ type: ResourceType) -> Value {
            [
                "group": .string(type.group), "version": .string(type.kind.version), "resource": .string(type.plural),
            ]
        }
        var request: Value = [
            "uid": .string(uid), "kind": kind(objectKind ?? seen.kind), "resource": resource(seen),
        ]
        if let subresource { request["subResource"] = .string(subresource) }
        request["requestKind"] = kind(objectKind ?? type.kind)
        request["requestResource"] = resource(type)
        if let subresource { request["requestSubResource"] = .string(subresource) }
        if !name.isEmpty { request["name"] = .string(name) }
        if !namespace.isEmpty { request["namespace"] = .string(namespace) }
        // The name of a namespace stands in both places.
        if type.qualifiedName == "namespaces", !name.isEmpty { request["namespace"] = .string(name) }
        request["operation"] = .string(operation.rawValue)
        request["userInfo"] = user.info
        func converted(_ object: Value?) -> Value {
            guard let object else { return .null }
            guard seen.kind != type.kind, objectKind == nil else { return object }
            return KindConversion.converted(object, from: type, to: seen)
        }
        request["object"] = converted(object)
        request["oldObject"] = converted(oldObject)
        request["dryRun"] = .bool(isDryRun)
        request["options"] = options
        return request
    }

    /// The `AdmissionReview` that a webhook gets.
    func document(uid: String, as seen: ResourceType) -> Value {
        ["kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request(uid: uid, as: seen)]
    }

    static func newUID() -> String { UUID().uuidString.lowercased() }
}
