public import Documents
import Kubernetes
public import WaybillCore

/// What is asked about: an admission request, or a plain object as one that is being created.
public struct Review: Sendable {
    /// `input.review`
    public let request: Value
    public let object: Value?
    public let oldObject: Value?
    public let operation: String
    /// Made from a workload's template by expansion.
    public let isGenerated: Bool

    /// An `AdmissionReview` document, or any Kubernetes object.
    public init(_ value: Value, isGenerated: Bool = false, file: String) throws(WaybillError) {
        func failure(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: file) }
        guard let kind = value["kind"]?.string, let apiVersion = value["apiVersion"]?.string else {
            throw failure("not a Kubernetes object: “kind” or “apiVersion” is missing")
        }
        self.isGenerated = isGenerated
        guard kind == "AdmissionReview", ObjectKind(apiVersion: apiVersion, kind: kind).group == "admission.k8s.io"
        else {
            object = value
            oldObject = nil
            operation = "CREATE"
            request = Self.request(of: value)
            return
        }
        guard var request = value["request"], request.object != nil else { throw failure("“request” is missing") }
        var object = request["object"].flatMap { $0.isNull ? nil : $0 }
        oldObject = request["oldObject"].flatMap { $0.isNull ? nil : $0 }
        operation = request["operation"]?.string ?? ""
        guard object != nil || oldObject != nil else {
            throw failure("the request has neither “object” nor “oldObject”")
        }
        for each in [object, oldObject].compactMap({ $0 }) {
            guard each["kind"]?.string?.isEmpty == false else { throw failure("the request's object has no “kind”") }
        }
        if operation == "DELETE" {
            // What is deleted is the old object; policies read it as the object.
            guard let oldObject else { throw failure("a DELETE has no “oldObject”") }
            object = oldObject
            request["object"] = oldObject
        }
        self.object = object
        self.request = request
    }

    private static func request(of object: Value) -> Value {
        let kind = ObjectKind(apiVersion: object["apiVersion"]?.string ?? "", kind: object["kind"]?.string ?? "")
        var request: Value = [
            "kind": ["group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind)],
            "operation": "CREATE",
            "object": object,
        ]
        if let name = object["metadata"]?["name"]?.string { request["name"] = .string(name) }
        if let namespace = object["metadata"]?["namespace"]?.string, !namespace.isEmpty {
            request["namespace"] = .string(namespace)
        }
        return request
    }
}

/// The facts about an object that a match asks for.
struct ReviewedObject {
    let group: String
    let kind: String
    let name: String
    let generateName: String?
    let namespace: String?
    let labels: [String: String]

    init(_ object: Value, in review: Review) {
        let own = ObjectKind(apiVersion: object["apiVersion"]?.string ?? "", kind: object["kind"]?.string ?? "")
        group = own.group
        kind = own.kind
        let metadata = object["metadata"] ?? .null
        name = metadata["name"]?.string ?? review.request["name"]?.string ?? ""
        generateName = metadata["generateName"]?.string
        let namespace = metadata["namespace"]?.string ?? review.request["namespace"]?.string
        self.namespace = namespace?.isEmpty == true ? nil : namespace
        var labels: [String: String] = [:]
        for member in metadata["labels"]?.object ?? Object() { labels[member.key] = member.value.string }
        self.labels = labels
    }

    var isNamespace: Bool { kind == "Namespace" && group.isEmpty }
}
