import Documents
import Foundation
import Kubernetes

/// What the API itself does to an object on its way into the store, kind by kind.
enum ObjectStrategy {
    /// Built-in kinds whose `metadata.generation` counts changes of what is asked for.
    private static let withGeneration: Set<String> = [
        "pods", "podtemplates", "replicationcontrollers", "daemonsets.apps", "deployments.apps", "replicasets.apps",
        "statefulsets.apps", "cronjobs.batch", "jobs.batch", "ingressclasses.networking.k8s.io",
        "ingresses.networking.k8s.io", "networkpolicies.networking.k8s.io", "poddisruptionbudgets.policy",
        "customresourcedefinitions.apiextensions.k8s.io", "priorityclasses.scheduling.k8s.io",
        "endpointslices.discovery.k8s.io", "mutatingadmissionpolicies.admissionregistration.k8s.io",
        "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
        "mutatingwebhookconfigurations.admissionregistration.k8s.io",
        "validatingadmissionpolicies.admissionregistration.k8s.io",
        "validatingadmissionpolicybindings.admissionregistration.k8s.io",
        "validatingwebhookconfigurations.admissionregistration.k8s.io", "flowschemas.flowcontrol.apiserver.k8s.io",
        "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
    ]

    static func hasGeneration(_ type: ResourceType) -> Bool {
        type.custom != nil || withGeneration.contains(type.qualifiedName)
    }

    /// What a client may not write at creation.
    static func withoutStatus(_ object: Value, _ type: ResourceType) -> Value {
        guard type.hasStatus, type.qualifiedName != "nodes" else { return object }
        var object = object
        object["status"] = type.custom == nil ? type.checker.skeleton(of: type.kind)["status"] : nil
        return object
    }

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
        case "namespaces":
            var finalizers = object[path: "spec", "finalizers"]?.array ?? []
            if !finalizers.contains("kubernetes") { finalizers.append("kubernetes") }
            object[Pointer(["spec", "finalizers"])] = .array(finalizers)
        case "jobs.batch": jobSelector(&object)
        case "persistentvolumeclaims": dataSources(&object)
        case "daemonsets.apps":
            object.fill(["metadata", "annotations", "deprecated.daemonset.template.generation"], "1")
        case "customresourcedefinitions.apiextensions.k8s.io":
            let storage = (object[path: "spec", "versions"]?.array ?? []).first { $0["storage"]?.bool == true }
            object["status"] = [
                "acceptedNames": ["kind": "", "plural": ""], "conditions": .null,
                "storedVersions": storage?["name"].map { [$0] } ?? [],
            ]
        case "pods":
            object.fill(["spec", "serviceAccountName"], "default")
            object.fill(["spec", "serviceAccount"], object[path: "spec", "serviceAccountName"] ?? "default")
        default: break
        }
        return object
    }

    /// A claim tells its source twice, for older readers.
    private static func dataSources(_ claim: inout Value) {
        let (short, long) = (claim[path: "spec", "dataSource"], claim[path: "spec", "dataSourceRef"])
        if let short, long == nil { claim[Pointer(["spec", "dataSourceRef"])] = short }
        if short == nil, let long, FieldRules.text(long["namespace"]).isEmpty {
            claim[Pointer(["spec", "dataSource"])] = long
        }
    }

    private static func firstStatus(_ object: Value, _ type: ResourceType) -> Value? {
        guard type.custom == nil else { return nil }
        let empty = type.checker.skeleton(of: type.kind)["status"]
        switch type.qualifiedName {
        case "namespaces": return ["phase": "Active"]
        case "pods": return ["phase": "Pending", "qosClass": .string(Defaults.qualityOfService(object))]
        case "persistentvolumeclaims", "persistentvolumes": return ["phase": "Pending"]
        case "nodes": return object["status"] ?? [:]
        default: return empty ?? [:]
        }
    }

    /// A job finds its pods by a label of its own, unless its writer takes that on.
    private static func jobSelector(_ job: inout Value) {
        guard job[path: "spec", "manualSelector"]?.bool != true else { return }
        let labels: [(String, Value)] = [
            ("batch.kubernetes.io/controller-uid", .string(job.uid)),
            ("batch.kubernetes.io/job-name", .string(job.name)),
            ("controller-uid", .string(job.uid)), ("job-name", .string(job.name)),
        ]
        for (key, value) in labels {
            job[Pointer(["metadata", "labels", key])] = value
            job[Pointer(["spec", "template", "metadata", "labels", key])] = value
        }
        if job[path: "spec", "selector"] == nil {
            job[Pointer(["spec", "selector", "matchLabels", "batch.kubernetes.io/controller-uid"])] = .string(job.uid)
        }
    }

    /// A changed object before it is stored: what clients cannot change is taken from the old one.
    static func prepareForUpdate(_ new: Value, old: Value, _ type: ResourceType, subresource: String?) -> Value {
        var result = new
        switch subresource {
        case "status":
            result = old
            result["status"] = new["status"]
            if type.qualifiedName == "namespaces" {
                result.fill(["status", "phase"], old[path: "status", "phase"] ?? "Active")
            }
            if type.custom == nil { mergeMetadata(&result, new) }
            result[Pointer(["metadata", "managedFields"])] = new[path: "metadata", "managedFields"]
            return result
        case "ephemeralcontainers":
            result = old
            result[Pointer(["spec", "ephemeralContainers"])] = new[path: "spec", "ephemeralContainers"]
        case "resize":
            result = old
            resize(&result, new)
        default: break
        }
        for key in [
            "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink",
            "generateName",
        ] {
            result[Pointer(["metadata", key])] = old[path: "metadata", key]
        }
        result[Pointer(["metadata", "name"])] = old[path: "metadata", "name"]
        result[Pointer(["metadata", "namespace"])] = old[path: "metadata", "namespace"]
        if type.hasStatus { result["status"] = old["status"] }
        switch type.qualifiedName {
        case "services": result = ServiceFields.kept(result, old)
        case "namespaces":
            result["spec"] = old["spec"]
        case "secrets": result.fill(["type"], old["type"] ?? "Opaque")
        case "certificatesigningrequests.certificates.k8s.io": result["spec"] = old["spec"]
        case "jobs.batch":
            result.fill(["spec", "selector"], old[path: "spec", "selector"] ?? .null)
        case "daemonsets.apps":
            let note = ["metadata", "annotations", "deprecated.daemonset.template.generation"]
            var generation = old[Pointer(note)]?.string.flatMap { Int($0) } ?? 1
            if result[path: "spec", "template"] != old[path: "spec", "template"] { generation += 1 }
            result[Pointer(note)] = .string(String(generation))
        case "customresourcedefinitions.apiextensions.k8s.io":
            let stored = old[path: "status", "storedVersions"]?.array ?? []
            if let name = (result[path: "spec", "versions"]?.array ?? []).first(where: { $0["storage"]?.bool == true }
            )?[
                "name"], !stored.contains(name)
            {
                result[Pointer(["status", "storedVersions"])] = .array(stored + [name])
            }
        default: break
        }
        if hasGeneration(type),
            asked(result) != asked(old) || type.plural == "deployments" && notes(result) != notes(old)
        {
            result[Pointer(["metadata", "generation"])] = .integer(
                (old[path: "metadata", "generation"]?.integer ?? 0) + 1)
        }
        return result
    }

    /// Labels and annotations are written through the status as well.
    private static func mergeMetadata(_ result: inout Value, _ new: Value) {
        for key in ["labels", "annotations", "finalizers", "ownerReferences"] {
            result[Pointer(["metadata", key])] = new[path: "metadata", key]
        }
    }

    /// Only containers' resources change.
    private static func resize(_ result: inout Value, _ new: Value) {
        for list in ["containers", "initContainers"] {
            let wanted = new[path: "spec", list]?.array ?? []
            result.each(["spec", list]) { container in
                guard let match = wanted.first(where: { $0["name"] == container["name"] }) else { return }
                container["resources"] = match["resources"]
                container["resizePolicy"] = match["resizePolicy"] ?? container["resizePolicy"]
            }
        }
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
