import Documents
import Kubernetes
import KubernetesAPI

/// What makes an object unfit to be stored.
enum Validation {
    typealias Cause = FieldError

    static func check(
        _ object: Value, _ type: ResourceType, old: Value?, subresource: String?
    ) throws(APIError) {
        var causes: [Cause]
        if let custom = type.custom {
            causes = metadata(object, type)
            if subresource != "scale" { causes += custom.schema.errors(in: object, old: old) }
        } else if let subresource {
            causes = self.subresource(object, old, subresource)
        } else {
            causes = metadata(object, type) + specific(object, type, old: old)
            if let old { causes += changes(object, old, type) }
        }
        guard causes.isEmpty else { throw .invalid(type.kind, object.name, causes) }
    }

    // MARK: Metadata

    static func metadata(_ object: Value, _ type: ResourceType) -> [Cause] {
        var causes: [Cause] = []
        let metadata = object["metadata"]
        if let prefix = metadata?["generateName"]?.string, !prefix.isEmpty {
            causes += name(prefix, type, "metadata.generateName", isPrefix: true)
        }
        let text = metadata?["name"]?.string ?? ""
        if text.isEmpty {
            causes.append(.required("metadata.name", "name or generateName is required"))
        } else {
            causes += name(text, type, "metadata.name", isPrefix: false)
        }
        causes += labels(metadata?["labels"], "metadata.labels")
        causes += annotations(metadata?["annotations"])
        causes += owners(metadata?["ownerReferences"]?.array ?? [])
        let finalizers = (metadata?["finalizers"]?.array ?? []).compactMap(\.string)
        for finalizer in finalizers where !NameRules.isLabelKey(finalizer) {
            causes.append(.invalid("metadata.finalizers", .string(finalizer), NameRules.labelKeyProblem(finalizer)))
        }
        guard type.custom == nil else { return causes }
        for (index, finalizer) in finalizers.enumerated()
        where !finalizer.contains("/") && !["kubernetes", "orphan", "foregroundDeletion"].contains(finalizer) {
            causes.append(
                .invalid(
                    "metadata.finalizers[\(index)]", .string(finalizer),
                    "name is neither a standard finalizer name nor is it fully qualified"))
        }
        return causes
    }

    private static func name(_ text: String, _ type: ResourceType, _ field: String, isPrefix: Bool) -> [Cause] {
        // A prefix may end where a name may not.
        let checked = isPrefix && text.hasSuffix("-") ? String(text.dropLast()) + "a" : text
        func problems() -> [String] {
            switch type.qualifiedName {
            case "namespaces", "services": NameRules.labelProblems(checked)
            case "cronjobs.batch":
                checked.utf8.count > 52
                    ? ["must be no more than 52 characters"] : NameRules.subdomainProblems(checked)
            case "events", "endpoints", "podtemplates", "resourcequotas", "limitranges":
                NameRules.subdomainProblems(checked)
            case let resource where resource.hasSuffix("rbac.authorization.k8s.io"): NameRules.segmentProblems(checked)
            default: NameRules.subdomainProblems(checked)
            }
        }
        return problems().map { .invalid(field, .string(text), $0) }
    }

    static func labels(_ labels: Value?, _ field: String) -> [Cause] {
        (labels?.object ?? Object()).sorted().flatMap { label -> [Cause] in
            var causes: [Cause] = []
            if !NameRules.isLabelKey(label.key) {
                causes.append(.invalid(field, .string(label.key), NameRules.labelKeyProblem(label.key)))
            }
            if let value = label.value.string, !NameRules.isLabelValue(value) {
                causes.append(.invalid(field, .string(value), NameRules.labelValueProblem(value)))
            }
            return causes
        }
    }

    private static let annotationBytesMax = 262_144

    private static func annotations(_ notes: Value?) -> [Cause] {
        var causes: [Cause] = []
        var size = 0
        for note in (notes?.object ?? Object()).sorted() {
            if !NameRules.isLabelKey(note.key.lowercased()) {
                causes.append(
                    .invalid(
                        "metadata.annotations", .string(note.key), NameRules.labelKeyProblem(note.key.lowercased())))
            }
            size += note.key.utf8.count + (note.value.string?.utf8.count ?? 0)
        }
        if size > annotationBytesMax { causes.append(.tooLong("metadata.annotations", bytesMax: annotationBytesMax)) }
        return causes
    }

    private static func owners(_ owners: [Value]) -> [Cause] {
        var causes: [Cause] = []
        let field = "metadata.ownerReferences"
        var controller: Value?
        for owner in owners {
            let version = owner["apiVersion"]?.string ?? ""
            if version.isEmpty { causes.append(.invalid("\(field).apiVersion", "", "version must not be empty")) }
            for key in ["kind", "name", "uid"] where owner[key]?.string?.isEmpty ?? true {
                causes.append(.invalid("\(field).\(key)", "", "must not be empty"))
            }
            if owner["kind"] == "Event", version == "v1" {
                causes.append(
                    .invalid(field, ordered(owner), "/v1, Kind=Event is disallowed from being an owner"))
            }
            guard owner["controller"]?.bool == true else { continue }
            if let first = controller {
                causes.append(
                    .invalid(
                        field, .array(owners.map(ordered)),
                        "Only one reference can have Controller set to true. Found \"true\" in references for \(first["kind"]?.string ?? "")/\(first.named) and \(owner["kind"]?.string ?? "")/\(owner.named)"
                    ))
            } else {
                controller = owner
            }
        }
        return causes
    }

    private static func ordered(_ owner: Value) -> Value {
        .object(
            Object(
                ["apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"].compactMap { key in
                    owner[key].map { (key, $0) }
                }))
    }

    // MARK: Subresources

    private static func subresource(_ object: Value, _ old: Value?, _ name: String) -> [Cause] {
        guard name == "ephemeralcontainers", let old else { return [] }
        var causes: [Cause] = []
        let before = old[path: "spec", "ephemeralContainers"]?.array ?? []
        let after = object[path: "spec", "ephemeralContainers"]?.array ?? []
        for container in before {
            let same = after.first { $0["name"] == container["name"] }
            if same == nil {
                causes.append(
                    .forbidden(
                        "spec.ephemeralContainers",
                        "existing ephemeral containers \"\(container.named)\" may not be removed\n"))
            } else if let same, same != container {
                causes.append(
                    .forbidden(
                        "spec.ephemeralContainers",
                        "existing ephemeral containers \"\(container.named)\" may not be changed\n"
                            + ContainerDifference.text(container, same)))
            }
        }
        return causes + PodRules.containers(object["spec"] ?? [:], "spec", only: "ephemeralContainers")
    }

    // MARK: Kinds

    static func specific(_ object: Value, _ type: ResourceType, old: Value?) -> [Cause] {
        switch type.qualifiedName {
        case "pods": PodRules.check(object["spec"] ?? [:], "spec")
        case "podtemplates": PodRules.template(object["template"] ?? [:], "template")
        case "deployments.apps": WorkloadRules.deployment(object["spec"] ?? [:])
        case "replicasets.apps", "replicationcontrollers": WorkloadRules.replicaSet(object["spec"] ?? [:])
        case "statefulsets.apps": WorkloadRules.statefulSet(object["spec"] ?? [:])
        case "daemonsets.apps": WorkloadRules.daemonSet(object["spec"] ?? [:])
        case "jobs.batch": WorkloadRules.job(object["spec"] ?? [:], "spec")
        case "cronjobs.batch": WorkloadRules.cronJob(object["spec"] ?? [:])
        case "services": ServiceRules.check(object["spec"] ?? [:])
        case "secrets": DataRules.secret(object)
        case "configmaps": DataRules.configMap(object)
        case "events": DataRules.event(object)
        case "persistentvolumeclaims": DataRules.claim(object["spec"] ?? [:])
        case "validatingwebhookconfigurations.admissionregistration.k8s.io",
            "mutatingwebhookconfigurations.admissionregistration.k8s.io":
            PolicyRules.webhooks(object)
        case "validatingadmissionpolicies.admissionregistration.k8s.io":
            PolicyRules.validatingPolicy(object["spec"] ?? [:])
        case "mutatingadmissionpolicies.admissionregistration.k8s.io": PolicyRules.mutatingPolicy(object["spec"] ?? [:])
        case "validatingadmissionpolicybindings.admissionregistration.k8s.io":
            PolicyRules.binding(object["spec"] ?? [:], validates: true)
        case "mutatingadmissionpolicybindings.admissionregistration.k8s.io":
            PolicyRules.binding(object["spec"] ?? [:], validates: false)
        case TypeRegistry.definitions: DefinitionRules.check(object)
        case "roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io":
            OtherRules.role(object, isCluster: type.plural == "clusterroles")
        case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io":
            OtherRules.roleBinding(object, isCluster: type.plural == "clusterrolebindings")
        case "horizontalpodautoscalers.autoscaling": OtherRules.autoscaler(object["spec"] ?? [:])
        case "poddisruptionbudgets.policy": OtherRules.disruptionBudget(object["spec"] ?? [:])
        case "ingresses.networking.k8s.io": OtherRules.ingress(object["spec"] ?? [:])
        case "networkpolicies.networking.k8s.io": OtherRules.networkPolicy(object["spec"] ?? [:])
        case "leases.coordination.k8s.io": OtherRules.lease(object["spec"] ?? [:])
        case "endpointslices.discovery.k8s.io": OtherRules.endpointSlice(object)
        case "priorityclasses.scheduling.k8s.io": OtherRules.priorityClass(object)
        case "storageclasses.storage.k8s.io": OtherRules.storageClass(object)
        default: []
        }
    }
}

extension Value {
    /// The member `name`.
    var named: String { self["name"]?.string ?? "" }
}
