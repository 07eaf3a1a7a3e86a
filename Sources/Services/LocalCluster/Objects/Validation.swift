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
            causes = self.subresource(object, old, subresource, type)
        } else {
            let changed = old.map { changes(object, $0, type) } ?? []
            let own = specific(object, type, old: old)
            causes =
                metadata(object, type) + (changesFirst.contains(type.qualifiedName) ? changed + own : own + changed)
        }
        guard causes.isEmpty else { throw .invalid(type.kind, object.name, causes) }
    }

    /// Kinds whose changes are looked at before the rest.
    private static let changesFirst: Set<String> = ["configmaps", "secrets", "services"]

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
        causes += annotations(metadata?["annotations"], "metadata.annotations")
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
            case "namespaces", "services", "statefulsets.apps": NameRules.labelProblems(checked)
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
                causes += FieldRules.invalid(field, label.key, NameRules.labelKeyProblems(label.key))
            }
            if let value = label.value.string, !NameRules.isLabelValue(value) {
                causes.append(.invalid(field, .string(value), NameRules.labelValueProblem(value)))
            }
            return causes
        }
    }

    /// Whether `selector` picks what carries `labels`; none picks nothing, an unfit one is somebody else's to tell.
    static func matches(_ selector: Value?, _ labels: Value?) -> Bool {
        guard let selector else { return false }
        guard FieldRules.selector(selector, "").isEmpty, let fit = try? LabelSelector(selector) else { return true }
        let plain = (labels?.object ?? Object()).map { ($0.key, $0.value.string ?? "") }
        return fit.matches(Dictionary(plain) { first, _ in first })
    }

    private static let annotationBytesMax = 262_144

    static func annotations(_ notes: Value?, _ field: String) -> [Cause] {
        var causes: [Cause] = []
        var size = 0
        for note in (notes?.object ?? Object()).sorted() {
            if !NameRules.isLabelKey(note.key.lowercased()) {
                causes += FieldRules.invalid(field, note.key, NameRules.labelKeyProblems(note.key.lowercased()))
            }
            size += note.key.utf8.count + (note.value.string?.utf8.count ?? 0)
        }
        if size > annotationBytesMax { causes.append(.tooLong(field, bytesMax: annotationBytesMax)) }
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

    private static func subresource(
        _ object: Value, _ old: Value?, _ name: String, _ type: ResourceType
    ) -> [Cause] {
        if name == "status" { return StatusRules.check(object, type) }
        guard name == "ephemeralcontainers", let old else { return [] }
        return PodChanges.ephemeralContainers(object, old)
            + PodRules.containers(
                object["spec"] ?? [:], "spec",
                volumes: VolumeRules.check(object[path: "spec", "volumes"]?.array ?? [], "").0,
                only: "ephemeralContainers")
    }

    // MARK: Kinds

    static func specific(_ object: Value, _ type: ResourceType, old: Value?) -> [Cause] {
        let spec = object["spec"] ?? [:]
        return switch type.qualifiedName {
        case "pods": PodRules.pod(object, isNew: old == nil)
        case "podtemplates": PodRules.template(object["template"] ?? [:], "template")
        case "deployments.apps": WorkloadRules.deployment(spec)
        case "replicasets.apps": WorkloadRules.replicaSet(spec)
        case "replicationcontrollers": WorkloadRules.replicationController(spec)
        case "statefulsets.apps": WorkloadRules.statefulSet(spec, isNew: old == nil)
        case "daemonsets.apps": WorkloadRules.daemonSet(spec)
        case "controllerrevisions.apps": OtherRules.controllerRevision(object)
        case "jobs.batch": JobRules.job(object)
        case "cronjobs.batch": JobRules.cronJob(spec, old: old?["spec"])
        case "services": ServiceRules.check(object, old: old)
        case "secrets": DataRules.secret(object)
        case "configmaps": DataRules.configMap(object)
        case "events": DataRules.event(object)
        case "nodes": TolerationRules.taints(spec["taints"]?.array ?? [], "metadata.taints")
        case "limitranges": QuotaObjectRules.limitRange(spec)
        case "resourcequotas": QuotaObjectRules.quota(spec, old: old?["spec"])
        case "endpoints": old?["subsets"] == object["subsets"] && old != nil ? [] : EndpointRules.endpoints(object)
        case "persistentvolumeclaims": StorageRules.claim(spec)
        case "persistentvolumes": StorageRules.volume(object)
        case "validatingwebhookconfigurations.admissionregistration.k8s.io",
            "mutatingwebhookconfigurations.admissionregistration.k8s.io":
            PolicyRules.webhooks(object)
        case "validatingadmissionpolicies.admissionregistration.k8s.io": PolicyRules.validatingPolicy(spec)
        case "mutatingadmissionpolicies.admissionregistration.k8s.io": PolicyRules.mutatingPolicy(spec)
        case "validatingadmissionpolicybindings.admissionregistration.k8s.io":
            PolicyRules.binding(spec, validates: true)
        case "mutatingadmissionpolicybindings.admissionregistration.k8s.io":
            PolicyRules.binding(spec, validates: false)
        case TypeRegistry.definitions: DefinitionRules.check(object)
        case "roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io":
            AccessRoleRules.role(object, isCluster: type.plural == "clusterroles")
        case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io":
            AccessRoleRules.binding(object, isCluster: type.plural == "clusterrolebindings")
        case "horizontalpodautoscalers.autoscaling": AutoscalerRules.check(spec)
        case "poddisruptionbudgets.policy": OtherRules.disruptionBudget(spec)
        case "ingresses.networking.k8s.io": IngressRules.ingress(object, isNew: old == nil)
        case "ingressclasses.networking.k8s.io": IngressRules.ingressClass(spec)
        case "networkpolicies.networking.k8s.io": NetworkPolicyRules.check(spec)
        case "leases.coordination.k8s.io": OtherRules.lease(spec)
        case "endpointslices.discovery.k8s.io": EndpointRules.slice(object)
        case "priorityclasses.scheduling.k8s.io": OtherRules.priorityClass(object)
        case "runtimeclasses.node.k8s.io": OtherRules.runtimeClass(object)
        case "storageclasses.storage.k8s.io": StorageRules.storageClass(object)
        case "csidrivers.storage.k8s.io": StorageDriverRules.driver(object)
        case "csinodes.storage.k8s.io": StorageDriverRules.node(object)
        case "volumeattachments.storage.k8s.io": StorageDriverRules.attachment(object)
        case "volumeattributesclasses.storage.k8s.io": StorageDriverRules.attributesClass(object)
        case "csistoragecapacities.storage.k8s.io": StorageDriverRules.capacity(object)
        case "servicecidrs.networking.k8s.io": AddressRules.serviceRange(object)
        case "ipaddresses.networking.k8s.io": AddressRules.address(object)
        case "flowschemas.flowcontrol.apiserver.k8s.io": FlowRules.schema(object)
        case "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": PriorityLevelRules.check(object)
        case "certificatesigningrequests.certificates.k8s.io": old == nil ? CertificateRules.check(spec) : []
        default: []
        }
    }
}

extension Value {
    /// The member `name`.
    var named: String { self["name"]?.string ?? "" }
}
