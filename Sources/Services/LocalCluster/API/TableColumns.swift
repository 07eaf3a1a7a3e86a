import Documents
import Kubernetes
import KubernetesAPI

/// The columns of each kind.
enum TableColumns {
    typealias Column = Table.Column

    private static let metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

    private static let name = Column(name: "Name", format: "name", source: (metadata, "name")) {
        $0[path: "metadata", "name"] ?? ""
    }
    private static let age = Column(name: "Age", source: (metadata, "creationTimestamp")) {
        .string(APITime.age(since: $0[path: "metadata", "creationTimestamp"]?.string))
    }
    /// Kinds without columns of their own.
    private static let created = Column(name: "Created At", type: "date", source: (metadata, "creationTimestamp")) {
        $0[path: "metadata", "creationTimestamp"] ?? ""
    }

    private static func text(
        _ name: String, _ path: String..., from source: String, missing: Value = "<none>", wide: Bool = false
    ) -> Column {
        Column(name: name, priority: wide ? 1 : 0, source: (source, path.last ?? "")) { object in
            let found = object[Pointer(path)]
            return found == nil || found == "" ? missing : found ?? missing
        }
    }

    private static func number(_ name: String, _ path: String..., from source: String) -> Column {
        Column(name: name, type: "integer", source: (source, path.last ?? "")) {
            .integer($0[Pointer(path)]?.integer ?? 0)
        }
    }

    private static func count(_ name: String, _ path: String..., from source: String, type: String = "string") -> Column
    {
        Column(name: name, type: type, source: (source, path.last ?? "")) { object in
            .integer(object[Pointer(path)]?.object?.count ?? object[Pointer(path)]?.array?.count ?? 0)
        }
    }

    private static func made(
        _ name: String, type: String = "string", from source: (String, String)? = nil, detail: String = "",
        wide: Bool = false, _ cell: @escaping @Sendable (Value) -> String
    ) -> Column {
        Column(name: name, type: type, priority: wide ? 1 : 0, source: source, detail: detail) { .string(cell($0)) }
    }

    private static let core = "io.k8s.api.core.v1."
    private static let apps = "io.k8s.api.apps.v1."
    private static let batch = "io.k8s.api.batch.v1."

    static func columns(of type: ResourceType) -> [Column] {
        if let custom = type.custom { return self.custom(custom) }
        switch type.qualifiedName {
        case "pods": return pods
        case "services": return services
        case "nodes": return nodes
        case "events": return events
        case "jobs.batch", "cronjobs.batch": return jobs(type)
        case "configmaps": return [name, count("Data", "data", from: core + "ConfigMap"), age]
        case "secrets":
            return [
                name, text("Type", "type", from: core + "Secret"), count("Data", "data", from: core + "Secret"), age,
            ]
        case "serviceaccounts":
            return [name, count("Secrets", "secrets", from: core + "ServiceAccount"), age]
        case "namespaces":
            return [
                name,
                Column(name: "Status", detail: "The status of the namespace") {
                    $0[path: "status", "phase"] ?? "<unknown>"
                }, age,
            ]
        case "deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "replicationcontrollers":
            return workload(type)
        case "leases.coordination.k8s.io":
            return [
                name,
                text("Holder", "spec", "holderIdentity", from: "io.k8s.api.coordination.v1.LeaseSpec", missing: ""),
                age,
            ]
        case "networkpolicies.networking.k8s.io":
            return [
                name,
                made("Pod-Selector", from: ("io.k8s.api.networking.v1.NetworkPolicySpec", "podSelector")) {
                    shown($0[path: "spec", "podSelector"])
                }, age,
            ]
        case "ingresses.networking.k8s.io": return ingresses
        case "ingressclasses.networking.k8s.io":
            return [
                name, text("Controller", "spec", "controller", from: "io.k8s.api.networking.v1.IngressClassSpec"),
                made("Parameters", from: ("io.k8s.api.networking.v1.IngressClassSpec", "parameters")) { object in
                    guard let parameters = object[path: "spec", "parameters"] else { return "<none>" }
                    let group = parameters["apiGroup"]?.string.map { ".\($0)" } ?? ""
                    return "\(parameters["kind"]?.string ?? "")\(group)/\(parameters.named)"
                }, age,
            ]
        case "poddisruptionbudgets.policy": return budgets
        case "horizontalpodautoscalers.autoscaling": return autoscalers
        case "roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io": return [name, created]
        case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io":
            return bindings(isCluster: type.plural == "clusterrolebindings")
        case "persistentvolumeclaims", "persistentvolumes", "storageclasses.storage.k8s.io": return storage(type)
        case "validatingwebhookconfigurations.admissionregistration.k8s.io":
            return [
                name,
                count(
                    "Webhooks", "webhooks", from: "io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration",
                    type: "integer"),
                age,
            ]
        case "mutatingwebhookconfigurations.admissionregistration.k8s.io":
            return [
                name,
                count(
                    "Webhooks", "webhooks", from: "io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration",
                    type: "integer"),
                age,
            ]
        case "priorityclasses.scheduling.k8s.io":
            let from = "io.k8s.api.scheduling.v1.PriorityClass"
            return [
                name, number("Value", "value", from: from),
                Column(name: "Global-Default", type: "boolean", source: (from, "globalDefault")) {
                    $0["globalDefault"] ?? false
                }, age, text("PreemptionPolicy", "preemptionPolicy", from: from, missing: "<unset>"),
            ]
        case "endpoints":
            return [
                name,
                made("Endpoints", from: (core + "Endpoints", "subsets")) { _ in "<none>" }, age,
            ]
        case "endpointslices.discovery.k8s.io": return slices
        case "resourcequotas":
            return [
                name,
                made(
                    "Request", detail: "Request represents a minimum amount of cpu/memory that a container may consume."
                ) {
                    amounts($0) { !$0.hasPrefix("limits.") }
                },
                made(
                    "Limit",
                    detail:
                        "Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node."
                ) {
                    amounts($0) { $0.hasPrefix("limits.") }
                }, age,
            ]
        case "controllerrevisions.apps":
            return [
                name,
                made("Controller", detail: "Controller of the object") { object in
                    let owner = (object[path: "metadata", "ownerReferences"]?.array ?? []).first
                    return owner.map { "\(($0["kind"]?.string ?? "").lowercased()).apps/\($0.named)" } ?? "<none>"
                }, number("Revision", "revision", from: apps + "ControllerRevision"), age,
            ]
        case "customresourcedefinitions.apiextensions.k8s.io", "limitranges": return [name, created]
        case "runtimeclasses.node.k8s.io":
            return [name, text("Handler", "handler", from: "io.k8s.api.node.v1.RuntimeClass"), age]
        case "podtemplates":
            return [name] + containers(["template", "spec"]) + [
                made("Pod Labels", from: (metadata, "labels")) { labels($0[path: "template", "metadata", "labels"]) }
            ]
        case "validatingadmissionpolicies.admissionregistration.k8s.io":
            let from = "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicySpec"
            return [
                name, count("Validations", "spec", "validations", from: from, type: "integer"),
                made("ParamKind", from: (from, "paramKind")) { object in
                    object[path: "spec", "paramKind"].map {
                        "\($0["apiVersion"]?.string ?? "")/\($0["kind"]?.string ?? "")"
                    } ?? "<unset>"
                }, age,
            ]
        case "validatingadmissionpolicybindings.admissionregistration.k8s.io":
            let from = "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec"
            return [
                name, text("PolicyName", "spec", "policyName", from: from),
                made("ParamRef", from: (from, "paramRef")) { object in
                    object[path: "spec", "paramRef"].map { "\($0["namespace"]?.string ?? "*")/\($0.named)" }
                        ?? "<unset>"
                }, age,
            ]
        default: return [name, created]
        }
    }

    private static func custom(_ type: CustomType) -> [Column] {
        guard !type.columns.isEmpty else { return [name, age] }
        return [name]
            + type.columns.map { column in
                Column(
                    name: column.name, type: column.type, format: column.format, priority: column.priority,
                    detail: column.detail
                ) { object in
                    let values = column.path.values(in: object)
                    guard let first = values.first, !first.isNull else { return .null }
                    switch column.type {
                    case "integer": return first.integer.map { .integer($0) } ?? .null
                    case "number": return first.number.map { .number($0) } ?? .null
                    case "boolean": return first.bool.map { .bool($0) } ?? .null
                    case "date": return .string(APITime.age(since: first.string))
                    default:
                        return .string(
                            values.map { $0.string ?? JSONWriter.string($0) }.joined(separator: ","))
                    }
                }
            }
    }

    private static func workload(_ type: ResourceType) -> [Column] {
        let tail =
            containers(["spec", "template", "spec"])
        switch type.qualifiedName {
        case "deployments.apps":
            return [
                name,
                made("Ready", detail: "Number of the pod with ready state") {
                    "\($0.number("status", "readyReplicas"))/\($0.number("spec", "replicas"))"
                },
                made("Up-to-date", from: (apps + "DeploymentStatus", "updatedReplicas")) {
                    "\($0.number("status", "updatedReplicas"))"
                }.asNumber("status", "updatedReplicas"),
                made("Available", from: (apps + "DeploymentStatus", "availableReplicas")) { _ in "" }.asNumber(
                    "status", "availableReplicas"), age,
            ] + tail + [selector(apps + "DeploymentSpec")]
        case "statefulsets.apps":
            return [
                name,
                made("Ready", detail: "Number of the pod with ready state") {
                    "\($0.number("status", "readyReplicas"))/\($0.number("spec", "replicas"))"
                }, age,
            ] + tail
        case "daemonsets.apps":
            let from = apps + "DaemonSetStatus"
            return [
                name, number("Desired", "status", "desiredNumberScheduled", from: from),
                number("Current", "status", "currentNumberScheduled", from: from),
                number("Ready", "status", "numberReady", from: from),
                number("Up-to-date", "status", "updatedNumberScheduled", from: from),
                number("Available", "status", "numberAvailable", from: from),
                made("Node Selector", from: (core + "PodSpec", "nodeSelector")) {
                    labels($0[path: "spec", "template", "spec", "nodeSelector"])
                }, age,
            ] + tail + [selector(apps + "DaemonSetSpec")]
        default:
            let isOld = type.group.isEmpty
            let prefix = isOld ? core + "ReplicationController" : apps + "ReplicaSet"
            return [
                name, number("Desired", "spec", "replicas", from: prefix + "Spec"),
                number("Current", "status", "replicas", from: prefix + "Status"),
                number("Ready", "status", "readyReplicas", from: prefix + "Status"), age,
            ] + tail + [selector(prefix + "Spec")]
        }
    }

    private static func selector(_ source: String) -> Column {
        made("Selector", from: (source, "selector"), wide: true) { shown($0[path: "spec", "selector"]) }
    }

    private static func containers(_ path: [String]) -> [Column] {
        [
            ("Containers", "name", "Names of each container in the template."),
            ("Images", "image", "Images referenced by each container in the template."),
        ].map { title, key, detail in
            made(title, detail: detail, wide: true) { object in
                (object[Pointer(path + ["containers"])]?.array ?? []).compactMap { $0[key]?.string }.joined(
                    separator: ",")
            }
        }
    }

    private static func jobs(_ type: ResourceType) -> [Column] {
        if type.plural == "cronjobs" {
            let from = batch + "CronJobSpec"
            return [
                name, text("Schedule", "spec", "schedule", from: from),
                text("Timezone", "spec", "timeZone", from: from),
                Column(name: "Suspend", type: "boolean", source: (from, "suspend")) {
                    $0[path: "spec", "suspend"]?.bool == true ? "True" : "False"
                },
                count("Active", "status", "active", from: batch + "CronJobStatus", type: "integer"),
                made("Last Schedule", from: (batch + "CronJobStatus", "lastScheduleTime")) { object in
                    object[path: "status", "lastScheduleTime"]?.string.map { APITime.age(since: $0) } ?? "<none>"
                }, age,
            ] + containers(["spec", "jobTemplate", "spec", "template", "spec"]) + [
                made("Selector", from: (batch + "JobSpec", "selector"), wide: true) {
                    shown($0[path: "spec", "jobTemplate", "spec", "selector"])
                }
            ]
        }
        return [
            name,
            made("Status", detail: "Status of the job.") { job in
                for (type, word) in [("Complete", "Complete"), ("Failed", "Failed"), ("Suspended", "Suspended")]
                where job.condition(type)?["status"] == "True" {
                    return word
                }
                return job.isBeingDeleted ? "Terminating" : "Running"
            },
            made("Completions", from: (batch + "JobStatus", "succeeded")) { job in
                let done = job.number("status", "succeeded")
                if let wanted = job[path: "spec", "completions"]?.integer { return "\(done)/\(wanted)" }
                let parallelism = job[path: "spec", "parallelism"]?.integer ?? 1
                return parallelism > 1 ? "\(done)/1 of \(parallelism)" : "\(done)/1"
            },
            made("Duration", detail: "Time required to complete the job.") { job in
                guard let start = job[path: "status", "startTime"]?.string else { return "" }
                guard let end = job[path: "status", "completionTime"]?.string.flatMap(APITime.seconds),
                    let first = APITime.seconds(start)
                else { return APITime.age(since: start) }
                return APITime.duration(end - first)
            }, age,
        ] + containers(["spec", "template", "spec"]) + [selector(batch + "JobSpec")]
    }

    private static let budgets: [Column] = {
        @Sendable func bound(_ object: Value, _ key: String) -> String {
            let value = object[path: "spec", key]
            return value?.string ?? value?.integer.map(String.init) ?? "N/A"
        }
        return [
            name,
            made("Min Available", detail: "The minimum number of pods that must be available.") {
                bound($0, "minAvailable")
            },
            made("Max Unavailable", detail: "The maximum number of pods that may be unavailable.") {
                bound($0, "maxUnavailable")
            },
            Column(
                name: "Allowed Disruptions", type: "integer",
                detail: "Calculated number of pods that may be disrupted at this time."
            ) { .integer($0.number("status", "disruptionsAllowed")) }, age,
        ]
    }()

    private static let autoscalers: [Column] = {
        let from = "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler"
        return [
            name,
            made("Reference", from: (from + "Spec", "scaleTargetRef")) {
                "\($0[path: "spec", "scaleTargetRef", "kind"]?.string ?? "")/\($0[path: "spec", "scaleTargetRef", "name"]?.string ?? "")"
            },
            made("Targets", from: (from + "Spec", "metrics")) { object in
                let metrics = (object[path: "spec", "metrics"]?.array ?? []).map { metric -> String in
                    let resource = metric["resource"]
                    let target = resource?["target"]
                    if let percent = target?["averageUtilization"]?.integer {
                        return "\(resource?.named ?? ""): <unknown>/\(percent)%"
                    }
                    return "<unknown>/\(target?["averageValue"]?.string ?? target?["value"]?.string ?? "<auto>")"
                }
                return metrics.isEmpty ? "<none>" : metrics.joined(separator: ", ")
            },
            made("MinPods", from: (from + "Spec", "minReplicas")) {
                $0[path: "spec", "minReplicas"]?.integer.map(String.init) ?? "<unset>"
            }, number("MaxPods", "spec", "maxReplicas", from: from + "Spec"),
            number("Replicas", "status", "currentReplicas", from: from + "Status"), age,
        ]
    }()

    private static let ingresses: [Column] = {
        let from = "io.k8s.api.networking.v1.IngressSpec"
        return [
            name, text("Class", "spec", "ingressClassName", from: from),
            made("Hosts", detail: "Hosts that incoming requests are matched against before the ingress rule") {
                object in
                let hosts = (object[path: "spec", "rules"]?.array ?? []).compactMap { $0["host"]?.string }
                return hosts.isEmpty ? "*" : hosts.joined(separator: ",")
            },
            made("Address", detail: "Address is a list containing ingress points for the load-balancer") { object in
                (object[path: "status", "loadBalancer", "ingress"]?.array ?? []).compactMap {
                    $0["ip"]?.string ?? $0["hostname"]?.string
                }.joined(separator: ",")
            },
            made("Ports", detail: "Ports of TLS configurations that open") {
                $0[path: "spec", "tls"] == nil ? "80" : "80, 443"
            }, age,
        ]
    }()

    private static let slices: [Column] = [
        name, text("AddressType", "addressType", from: "io.k8s.api.discovery.v1.EndpointSlice"),
        made("Ports", from: ("io.k8s.api.discovery.v1.EndpointSlice", "ports")) { slice in
            let ports = (slice["ports"]?.array ?? []).compactMap { $0["port"]?.integer }
            return ports.isEmpty ? "<unset>" : ports.map(String.init).joined(separator: ",")
        },
        made("Endpoints", from: ("io.k8s.api.discovery.v1.EndpointSlice", "endpoints")) { slice in
            let addresses = (slice["endpoints"]?.array ?? []).flatMap { $0["addresses"]?.array ?? [] }.compactMap(
                \.string)
            guard !addresses.isEmpty else { return "<unset>" }
            let more = addresses.count > 3 ? " + \(addresses.count - 3) more..." : ""
            return addresses.prefix(3).joined(separator: ",") + more
        }, age,
    ]

    private static func bindings(isCluster: Bool) -> [Column] {
        let kind = "io.k8s.api.rbac.v1.\(isCluster ? "ClusterRoleBinding" : "RoleBinding")"
        func subjects(_ title: String, _ word: String) -> Column {
            made(title, detail: "\(title) in the \(isCluster ? "clusterRoleBinding" : "roleBinding")", wide: true) {
                binding in
                (binding["subjects"]?.array ?? []).filter { $0["kind"]?.string == word }.map { subject in
                    word == "ServiceAccount" ? "\(subject["namespace"]?.string ?? "")/\(subject.named)" : subject.named
                }.joined(separator: ", ")
            }
        }
        return [
            name,
            made("Role", from: (kind, "roleRef")) {
                "\($0[path: "roleRef", "kind"]?.string ?? "")/\($0[path: "roleRef", "name"]?.string ?? "")"
            }, age, subjects("Users", "User"), subjects("Groups", "Group"),
            subjects("ServiceAccounts", "ServiceAccount"),
        ]
    }

    private static func storage(_ type: ResourceType) -> [Column] {
        @Sendable func modes(_ object: Value, _ path: [String]) -> String {
            let short = [
                "ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP",
            ]
            return (object[Pointer(path)]?.array ?? []).compactMap { $0.string.flatMap { short[$0] } }.joined(
                separator: ",")
        }
        switch type.qualifiedName {
        case "persistentvolumeclaims":
            return [
                name, text("Status", "status", "phase", from: core + "PersistentVolumeClaimStatus"),
                text("Volume", "spec", "volumeName", from: core + "PersistentVolumeClaimSpec", missing: ""),
                text(
                    "Capacity", "status", "capacity", "storage", from: core + "PersistentVolumeClaimStatus", missing: ""
                ),
                made("Access Modes", from: (core + "PersistentVolumeClaimStatus", "accessModes")) {
                    modes($0, ["status", "accessModes"])
                },
                text("StorageClass", "spec", "storageClassName", from: core + "PersistentVolumeClaimSpec", missing: ""),
                text(
                    "VolumeAttributesClass", "spec", "volumeAttributesClassName",
                    from: core + "PersistentVolumeClaimSpec", missing: "<unset>"), age,
                text("VolumeMode", "spec", "volumeMode", from: core + "PersistentVolumeClaimSpec", wide: true),
            ]
        case "persistentvolumes":
            let from = core + "PersistentVolumeSpec"
            return [
                name, text("Capacity", "spec", "capacity", "storage", from: from),
                made("Access Modes", from: (from, "accessModes")) { modes($0, ["spec", "accessModes"]) },
                text("Reclaim Policy", "spec", "persistentVolumeReclaimPolicy", from: from),
                text("Status", "status", "phase", from: core + "PersistentVolumeStatus"),
                made("Claim", from: (from, "claimRef")) { object in
                    object[path: "spec", "claimRef"].map { "\($0["namespace"]?.string ?? "")/\($0.named)" } ?? ""
                }, text("StorageClass", "spec", "storageClassName", from: from, missing: ""),
                text("VolumeAttributesClass", "spec", "volumeAttributesClassName", from: from, missing: "<unset>"),
                text("Reason", "status", "reason", from: core + "PersistentVolumeStatus", missing: ""), age,
                text("VolumeMode", "spec", "volumeMode", from: from, wide: true),
            ]
        default:
            let from = "io.k8s.api.storage.v1.StorageClass"
            return [
                name, text("Provisioner", "provisioner", from: from),
                text("ReclaimPolicy", "reclaimPolicy", from: from),
                text("VolumeBindingMode", "volumeBindingMode", from: from),
                Column(name: "AllowVolumeExpansion", source: (from, "allowVolumeExpansion")) {
                    $0["allowVolumeExpansion"] ?? false
                }, age,
            ]
        }
    }

    private static let nodes: [Column] = [
        name,
        made("Status", detail: "The status of the node") { node in
            node.condition("Ready")?["status"] == "True" ? "Ready" : "NotReady"
        },
        made("Roles", detail: "The roles of the node") { node in
            let prefix = "node-role.kubernetes.io/"
            let roles = (node[path: "metadata", "labels"]?.object ?? Object()).keys.filter { $0.hasPrefix(prefix) }
            return roles.isEmpty
                ? "<none>" : roles.map { String($0.dropFirst(prefix.count)) }.sorted().joined(separator: ",")
        }, age, text("Version", "status", "nodeInfo", "kubeletVersion", from: core + "NodeSystemInfo"),
    ]

    private static let events: [Column] = {
        let from = core + "Event"
        return [
            made("Last Seen", from: (from, "lastTimestamp")) {
                APITime.age(since: $0["lastTimestamp"]?.string ?? $0["eventTime"]?.string)
            },
            text("Type", "type", from: from), text("Reason", "reason", from: from),
            made("Object", from: (from, "involvedObject")) {
                "\(($0[path: "involvedObject", "kind"]?.string ?? "").lowercased())/\($0[path: "involvedObject", "name"]?.string ?? "")"
            },
            text("Subobject", "involvedObject", "fieldPath", from: core + "ObjectReference", missing: "", wide: true),
            made("Source", from: (from, "source"), wide: true) { event in
                let host = event[path: "source", "host"]?.string ?? ""
                let component = event[path: "source", "component"]?.string ?? event["reportingComponent"]?.string ?? ""
                return host.isEmpty ? component : "\(component), \(host)"
            },
            Column(name: "Message", source: (from, "message")) { $0["message"] ?? "" },
            made("First Seen", from: (from, "firstTimestamp"), wide: true) {
                APITime.age(since: $0["firstTimestamp"]?.string ?? $0["eventTime"]?.string)
            },
            Column(name: "Count", type: "integer", priority: 1, source: (from, "count")) { $0["count"] ?? 1 },
            Column(name: "Name", format: "name", priority: 1, source: (metadata, "name")) {
                $0[path: "metadata", "name"] ?? ""
            },
        ]
    }()

    private static let pods: [Column] = [
        name,
        made("Ready", detail: "The aggregate readiness state of this pod for accepting traffic.") { pod in
            let statuses = pod[path: "status", "containerStatuses"]?.array ?? []
            let total = pod[path: "spec", "containers"]?.array?.count ?? 0
            return "\(statuses.filter { $0["ready"]?.bool == true }.count)/\(total)"
        },
        made("Status", detail: "The aggregate status of the containers in this pod.") { PodWord.status($0) },
        made(
            "Restarts",
            detail:
                "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted."
        ) { pod in
            String(
                (pod[path: "status", "containerStatuses"]?.array ?? []).reduce(0) {
                    $0 + ($1["restartCount"]?.integer ?? 0)
                })
        }, age, text("IP", "status", "podIP", from: core + "PodStatus", wide: true),
        text("Node", "spec", "nodeName", from: core + "PodSpec", wide: true),
        text("Nominated Node", "status", "nominatedNodeName", from: core + "PodStatus", wide: true),
        made("Readiness Gates", from: (core + "PodSpec", "readinessGates"), wide: true) { _ in "<none>" },
    ]

    private static let services: [Column] = {
        let from = core + "ServiceSpec"
        return [
            name, text("Type", "spec", "type", from: from), text("Cluster-IP", "spec", "clusterIP", from: from),
            made("External-IP", from: (from, "externalIPs")) { service in
                // Where the service is really reached on this machine.
                if let address = service[path: "metadata", "annotations", LocalCluster.addressAnnotation]?.string {
                    return address
                }
                let given = (service[path: "spec", "externalIPs"]?.array ?? []).compactMap(\.string)
                switch service[path: "spec", "type"]?.string {
                case "ExternalName": return service[path: "spec", "externalName"]?.string ?? "<none>"
                case "LoadBalancer":
                    let ips = (service[path: "status", "loadBalancer", "ingress"]?.array ?? []).compactMap {
                        $0["ip"]?.string ?? $0["hostname"]?.string
                    }
                    return ips.isEmpty && given.isEmpty ? "<pending>" : (ips + given).joined(separator: ",")
                default: return given.isEmpty ? "<none>" : given.joined(separator: ",")
                }
            },
            made("Port(s)", from: (from, "ports")) { service in
                let ports = service[path: "spec", "ports"]?.array ?? []
                guard !ports.isEmpty else { return "<none>" }
                return ports.map { port in
                    let node = port["nodePort"]?.integer.map { ":\($0)" } ?? ""
                    return "\(port["port"]?.integer ?? 0)\(node)/\(port["protocol"]?.string ?? "TCP")"
                }.joined(separator: ",")
            }, age, made("Selector", from: (from, "selector"), wide: true) { labels($0[path: "spec", "selector"]) },
        ]
    }()

    private static func labels(_ value: Value?) -> String {
        guard let members = value?.object, !members.isEmpty else { return "<none>" }
        return members.sorted().map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ",")
    }

    private static func shown(_ selector: Value?) -> String {
        let text = selector.flatMap { try? LabelSelector($0) }?.description ?? ""
        return text.isEmpty ? "<none>" : text
    }

    private static func amounts(_ quota: Value, _ isShown: (String) -> Bool) -> String {
        (quota[path: "status", "hard"]?.object ?? Object()).sorted().filter { isShown($0.key) }.map { member in
            let used = quota[path: "status", "used"]?[member.key]?.string ?? "0"
            return "\(member.key): \(used)/\(member.value.string ?? "")"
        }.joined(separator: ", ")
    }
}

extension Table.Column {
    /// The same column with a number in its cells.
    fileprivate func asNumber(_ path: String...) -> Table.Column {
        var copy = self
        copy.type = "integer"
        copy.cell = { .integer($0[Pointer(path)]?.integer ?? 0) }
        return copy
    }
}

extension Value {
    fileprivate func number(_ path: String...) -> Int { self[Pointer(path)]?.integer ?? 0 }
}

/// The one word for a pod's state.
enum PodWord {
    static func status(_ pod: Value) -> String {
        var word = pod[path: "status", "reason"]?.string ?? pod[path: "status", "phase"]?.string ?? "Unknown"
        for status in (pod[path: "status", "containerStatuses"]?.array ?? []).reversed() {
            if let reason = status["state"]?["waiting"]?["reason"]?.string, !reason.isEmpty {
                word = reason
            } else if let ended = status["state"]?["terminated"] {
                word = ended["reason"]?.string ?? "ExitCode:\(ended["exitCode"]?.integer ?? 0)"
            }
        }
        if pod[path: "metadata", "deletionTimestamp"] != nil { word = "Terminating" }
        return word
    }
}
