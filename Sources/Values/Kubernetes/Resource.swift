public import Documents
public import WaybillCore

/// A Kubernetes object as a document.
public struct Resource: Hashable, Sendable {
    public var value: Value

    /// Throws when `apiVersion`, `kind` or `metadata.name` is missing; `metadata.generateName` stands in for the name.
    public init(_ value: Value) throws(WaybillError) {
        guard let apiVersion = value["apiVersion"]?.string, !apiVersion.isEmpty else {
            throw WaybillError(.invalidInput, "“apiVersion” is missing", subject: "Kubernetes object")
        }
        guard let kind = value["kind"]?.string, !kind.isEmpty else {
            throw WaybillError(.invalidInput, "“kind” is missing", subject: "Kubernetes object")
        }
        guard value["metadata"]?["name"]?.string?.isEmpty == false || value["metadata"]?["generateName"]?.string != nil
        else {
            throw WaybillError(.invalidInput, "“metadata.name” is missing", subject: "Kubernetes \(kind)")
        }
        self.value = value
    }

    public var apiVersion: String { value["apiVersion"]?.string ?? "" }
    public var kind: String { value["kind"]?.string ?? "" }
    public var objectKind: ObjectKind { ObjectKind(apiVersion: apiVersion, kind: kind) }
    public var key: ObjectKey { ObjectKey(kind: objectKind, namespace: namespace, name: name) }

    public var name: String {
        get { value["metadata"]?["name"]?.string ?? "" }
        set { value[Pointer(["metadata", "name"])] = .string(newValue) }
    }

    /// Empty where the object names none.
    public var namespace: String {
        get { value["metadata"]?["namespace"]?.string ?? "" }
        set { value[Pointer(["metadata", "namespace"])] = newValue.isEmpty ? Value?.none : .string(newValue) }
    }

    public var labels: [String: String] { strings("labels") }
    public var annotations: [String: String] { strings("annotations") }
    public var uid: String? { value["metadata"]?["uid"]?.string }
    public var resourceVersion: String? { value["metadata"]?["resourceVersion"]?.string }
    public var generation: Int? { value["metadata"]?["generation"]?.integer }
    public var isBeingDeleted: Bool { value["metadata"]?["deletionTimestamp"]?.string != nil }

    public subscript(pointer: String...) -> Value? {
        get { value[Pointer(pointer)] }
        set { value[Pointer(pointer)] = newValue }
    }

    private func strings(_ key: String) -> [String: String] {
        var result: [String: String] = [:]
        for member in value["metadata"]?[key]?.object?.members ?? [] { result[member.key] = member.value.string }
        return result
    }
}

extension Resource {
    /// The pod template's specification of a workload, the specification of a pod itself; nil for everything else.
    public var podSpecification: (pointer: Pointer, value: Value)? {
        let path: [String]? =
            switch (objectKind.group, kind) {
            case ("", "Pod"): ["spec"]
            case ("", "ReplicationController"), ("apps", "Deployment"), ("apps", "ReplicaSet"), ("apps", "StatefulSet"),
                ("apps", "DaemonSet"), ("batch", "Job"):
                ["spec", "template", "spec"]
            case ("batch", "CronJob"): ["spec", "jobTemplate", "spec", "template", "spec"]
            case ("", "PodTemplate"): ["template", "spec"]
            default: nil
            }
        guard let path, let found = value[Pointer(path)] else { return nil }
        return (Pointer(path), found)
    }
}
