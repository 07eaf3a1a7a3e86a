import Documents
import Foundation
import Kubernetes

/// What the API itself does to an object on its way into the store, kind by kind.
enum ObjectStrategy {
    /// Kinds whose `metadata.generation` counts changes of what is asked for.
    private static let withoutGeneration: Set<String> = [
        "configmaps", "secrets", "services", "serviceaccounts", "namespaces", "events", "endpoints", "nodes",
        "persistentvolumeclaims", "persistentvolumes", "leases.coordination.k8s.io", "roles.rbac.authorization.k8s.io",
        "rolebindings.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io",
        "clusterrolebindings.rbac.authorization.k8s.io", "storageclasses.storage.k8s.io", "runtimeclasses.node.k8s.io",
        "controllerrevisions.apps", "limitranges", "resourcequotas", "podtemplates",
        "horizontalpodautoscalers.autoscaling",
    ]

    static func hasGeneration(_ type: ResourceType) -> Bool { !withoutGeneration.contains(type.qualifiedName) }

    /// A new object as it enters the cluster: identity, first status.
    static func prepareForCreate(_ object: Value, _ type: ResourceType) -> Value {
        var object = object
        object["apiVersion"] = .string(type.kind.apiVersion)
        object["kind"] = .string(type.kind.kind)
        object[Pointer(["metadata", "uid"])] = .string(UUID().uuidString.lowercased())
        object[Pointer(["metadata", "creationTimestamp"])] = .string(APITime.now)
        for key in ["resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"] {
            object[Pointer(["metadata", key])] = nil
        }
        if hasGeneration(type) { object[Pointer(["metadata", "generation"])] = 1 }
        if type.hasStatus { object["status"] = firstStatus(object, type) }
        switch type.qualifiedName {
        case "namespaces": object.fill(["spec", "finalizers"], ["kubernetes"])
        case "pods":
            object.fill(["spec", "serviceAccountName"], "default")
            object.fill(["spec", "serviceAccount"], object[path: "spec", "serviceAccountName"] ?? "default")
        case "priorityclasses.scheduling.k8s.io": object.fill(["preemptionPolicy"], "PreemptLowerPriority")
        default: break
        }
        return object
    }

    private static func firstStatus(_ object: Value, _ type: ResourceType) -> Value? {
        switch type.qualifiedName {
        case "namespaces": ["phase": "Active"]
        case "pods": ["phase": "Pending", "qosClass": .string(Defaults.qualityOfService(object))]
        case "services", "ingresses.networking.k8s.io": ["loadBalancer": [:]]
        case "replicasets.apps", "replicationcontrollers": ["replicas": 0]
        case "statefulsets.apps": ["availableReplicas": 0, "replicas": 0]
        case "daemonsets.apps":
            [
                "currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0,
            ]
        case "persistentvolumeclaims", "persistentvolumes": ["phase": "Pending"]
        case "poddisruptionbudgets.policy":
            ["currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0]
        case "horizontalpodautoscalers.autoscaling": ["currentMetrics": .null, "desiredReplicas": 0]
        case "nodes": object["status"] ?? [:]
        default: [:]
        }
    }

    /// A changed object before it is stored: what clients cannot change is taken from the old one.
    static func prepareForUpdate(_ new: Value, old: Value, _ type: ResourceType, subresource: String?) -> Value {
        var result = new
        if subresource == "status" {
            result = old
            result["status"] = new["status"]
            result[Pointer(["metadata", "managedFields"])] = new[path: "metadata", "managedFields"]
            return result
        }
        for key in [
            "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink",
            "generateName",
        ] {
            result[Pointer(["metadata", key])] = old[path: "metadata", key]
        }
        if type.hasStatus { result["status"] = old["status"] }
        if type.qualifiedName == "services" { keepServiceAddresses(&result, old) }
        if type.qualifiedName == "namespaces" { result[Pointer(["spec"])] = old["spec"] }
        if hasGeneration(type),
            asked(result) != asked(old) || type.plural == "deployments" && notes(result) != notes(old)
        {
            result[Pointer(["metadata", "generation"])] = .integer(
                (old[path: "metadata", "generation"]?.integer ?? 0) + 1)
        }
        return result
    }

    /// Annotations of a deployment count too, but for the one that its controller writes.
    private static func notes(_ object: Value) -> Value? {
        var notes = object[path: "metadata", "annotations"]
        notes?[DeploymentController.revision] = nil
        return notes?.object?.isEmpty == true ? Value?.none : notes
    }

    /// What the object asks for: everything but metadata and status.
    private static func asked(_ object: Value) -> Value {
        var object = object
        object["metadata"] = nil
        object["status"] = nil
        return object
    }

    /// A service keeps its addresses and ports where an update leaves them out.
    private static func keepServiceAddresses(_ service: inout Value, _ old: Value) {
        guard service[path: "spec", "type"]?.string != "ExternalName" else { return }
        for key in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
            if let value = old[path: "spec", key] { service.fill(["spec", key], value) }
        }
        guard service[path: "spec", "type"]?.string != "ClusterIP" else { return }
        let ports = old[path: "spec", "ports"]?.array ?? []
        service.each(["spec", "ports"]) { port in
            if let before = ports.first(where: { $0["port"] == port["port"] && $0["protocol"] == port["protocol"] }),
                let nodePort = before["nodePort"]
            {
                port.fill(["nodePort"], nodePort)
            }
        }
    }

    /// What the decoder turns into another form: a secret's `stringData`.
    static func convert(_ object: Value, _ type: ResourceType) -> Value {
        guard type.qualifiedName == "secrets", let plain = object["stringData"]?.object else { return object }
        var object = object
        for member in plain {
            guard let text = member.value.string else { continue }
            object[Pointer(["data", member.key])] = .string(Base64Text.encode(text))
        }
        object["stringData"] = nil
        return object
    }

    /// Five characters that name no word, for `generateName`.
    static func randomSuffix() -> String {
        let letters = Array("bcdfghjklmnpqrstvwxz2456789")
        return String((0..<5).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }
}
