import Documents
import Kubernetes

/// What the API fills in where a client leaves it out.
enum Defaults {
    static func apply(to object: Value, _ type: ResourceType) -> Value {
        var object = object
        switch type.qualifiedName {
        case "pods":
            podSpec(&object, ["spec"], isPod: true)
        case "deployments.apps":
            object.fill(["spec", "replicas"], 1)
            object.fill(["spec", "revisionHistoryLimit"], 10)
            object.fill(["spec", "progressDeadlineSeconds"], 600)
            object.fill(["spec", "strategy", "type"], "RollingUpdate")
            if object[path: "spec", "strategy", "type"]?.string == "RollingUpdate" {
                object.fill(["spec", "strategy", "rollingUpdate", "maxSurge"], "25%")
                object.fill(["spec", "strategy", "rollingUpdate", "maxUnavailable"], "25%")
            }
            podSpec(&object, ["spec", "template", "spec"])
        case "replicasets.apps":
            object.fill(["spec", "replicas"], 1)
            podSpec(&object, ["spec", "template", "spec"])
        case "replicationcontrollers":
            let labels = object[path: "spec", "template", "metadata", "labels"]
            if let labels, labels.object?.isEmpty == false {
                if object[path: "spec", "selector"]?.object?.isEmpty ?? true {
                    object[Pointer(["spec", "selector"])] = labels
                }
                if object[path: "metadata", "labels"]?.object?.isEmpty ?? true {
                    object[Pointer(["metadata", "labels"])] = labels
                }
            }
            object.fill(["spec", "replicas"], 1)
            podSpec(&object, ["spec", "template", "spec"])
        case "statefulsets.apps":
            object.fill(["spec", "replicas"], 1)
            object.fill(["spec", "podManagementPolicy"], "OrderedReady")
            object.fill(["spec", "revisionHistoryLimit"], 10)
            object.fill(["spec", "updateStrategy", "type"], "RollingUpdate")
            if object[path: "spec", "updateStrategy", "type"]?.string == "RollingUpdate" {
                object.fill(["spec", "updateStrategy", "rollingUpdate", "partition"], 0)
            }
            object.fill(["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"], "Retain")
            object.fill(["spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"], "Retain")
            podSpec(&object, ["spec", "template", "spec"])
            object.each(["spec", "volumeClaimTemplates"]) { claim in
                claim["apiVersion"] = "v1"
                claim["kind"] = "PersistentVolumeClaim"
                claim.fill(["spec", "volumeMode"], "Filesystem")
                claim.fill(["status", "phase"], "Pending")
            }
        case "daemonsets.apps":
            object.fill(["spec", "revisionHistoryLimit"], 10)
            object.fill(["spec", "updateStrategy", "type"], "RollingUpdate")
            if object[path: "spec", "updateStrategy", "type"]?.string == "RollingUpdate" {
                object.fill(["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"], 1)
                object.fill(["spec", "updateStrategy", "rollingUpdate", "maxSurge"], 0)
            }
            podSpec(&object, ["spec", "template", "spec"])
        case "jobs.batch": job(&object, ["spec"])
        case "cronjobs.batch":
            object.fill(["spec", "concurrencyPolicy"], "Allow")
            object.fill(["spec", "suspend"], false)
            object.fill(["spec", "successfulJobsHistoryLimit"], 3)
            object.fill(["spec", "failedJobsHistoryLimit"], 1)
            failurePolicy(&object, ["spec", "jobTemplate", "spec"])
            podSpec(&object, ["spec", "jobTemplate", "spec", "template", "spec"])
        case "services": service(&object)
        case "podtemplates": podSpec(&object, ["template", "spec"])
        case "secrets": object.fill(["type"], "Opaque")
        case "persistentvolumeclaims": object.fill(["spec", "volumeMode"], "Filesystem")
        case "persistentvolumes":
            object.fill(["spec", "persistentVolumeReclaimPolicy"], "Retain")
            object.fill(["spec", "volumeMode"], "Filesystem")
            if var spec = object["spec"] {
                source(&spec)
                object["spec"] = spec
            }
        case "endpoints":
            object.each(["subsets"]) { subset in subset.each(["ports"]) { $0.fill(["protocol"], "TCP") } }
        case "flowschemas.flowcontrol.apiserver.k8s.io": object.fill(["spec", "matchingPrecedence"], 1000)
        case "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": priorityLevel(&object)
        case "csidrivers.storage.k8s.io": driver(&object)
        case "limitranges": limits(&object)
        case "horizontalpodautoscalers.autoscaling": autoscaler(&object, type.kind.version)
        case "endpointslices.discovery.k8s.io":
            object.each(["ports"]) { port in
                if port["name"] == nil { port["name"] = "" }
                port.fill(["protocol"], "TCP")
            }
        case "resourceclaims.resource.k8s.io": devices(&object, ["spec", "devices", "requests"])
        case "resourceclaimtemplates.resource.k8s.io": devices(&object, ["spec", "spec", "devices", "requests"])
        case "priorityclasses.scheduling.k8s.io": object.fill(["preemptionPolicy"], "PreemptLowerPriority")
        case "ingressclasses.networking.k8s.io":
            if object[path: "spec", "parameters"] != nil { object.fill(["spec", "parameters", "scope"], "Cluster") }
        case "validatingadmissionpolicies.admissionregistration.k8s.io",
            "mutatingadmissionpolicies.admissionregistration.k8s.io":
            object.fill(["spec", "failurePolicy"], "Fail")
            matching(&object, ["spec", "matchConstraints"])
        case "validatingadmissionpolicybindings.admissionregistration.k8s.io",
            "mutatingadmissionpolicybindings.admissionregistration.k8s.io":
            matching(&object, ["spec", "matchResources"])
        case TypeRegistry.definitions:
            let kind = object[path: "spec", "names", "kind"]?.string ?? ""
            if !kind.isEmpty {
                object.fill(["spec", "names", "singular"], .string(kind.lowercased()))
                object.fill(["spec", "names", "listKind"], .string(kind + "List"))
            }
            object.fill(["spec", "conversion", "strategy"], "None")
        case "storageclasses.storage.k8s.io":
            object.fill(["reclaimPolicy"], "Delete")
            object.fill(["volumeBindingMode"], "Immediate")
        case "networkpolicies.networking.k8s.io": networkPolicy(&object)
        case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io": binding(&object)
        case "validatingwebhookconfigurations.admissionregistration.k8s.io": webhooks(&object, isMutating: false)
        case "mutatingwebhookconfigurations.admissionregistration.k8s.io": webhooks(&object, isMutating: true)
        case "namespaces":
            let name = object["metadata"]?["name"]?.string ?? ""
            if !name.isEmpty {
                object[Pointer(["metadata", "labels", "kubernetes.io/metadata.name"])] = .string(name)
            }
        default: break
        }
        return object
    }

    private static func job(_ object: inout Value, _ path: [String]) {
        if object[Pointer(path + ["completions"])] == nil, object[Pointer(path + ["parallelism"])] == nil {
            object.fill(path + ["completions"], 1)
        }
        object.fill(path + ["parallelism"], 1)
        object.fill(
            path + ["backoffLimit"], object[Pointer(path + ["backoffLimitPerIndex"])] == nil ? 6 : 2_147_483_647)
        if let labels = object[path: "spec", "template", "metadata", "labels"],
            object[path: "metadata", "labels"] == nil
        {
            object[Pointer(["metadata", "labels"])] = labels
        }
        object.fill(path + ["completionMode"], "NonIndexed")
        object.fill(path + ["suspend"], false)
        object.fill(path + ["manualSelector"], false)
        let reacts = object[Pointer(path + ["podFailurePolicy"])] != nil
        object.fill(path + ["podReplacementPolicy"], reacts ? "Failed" : "TerminatingOrFailed")
        failurePolicy(&object, path)
        podSpec(&object, path + ["template", "spec"])
    }

    private static func failurePolicy(_ object: inout Value, _ path: [String]) {
        object.each(path + ["podFailurePolicy", "rules"]) { rule in
            rule.each(["onPodConditions"]) { $0.fill(["status"], "True") }
        }
    }

    private static func priorityLevel(_ object: inout Value) {
        switch object[path: "spec", "type"]?.string {
        case "Limited":
            guard object[path: "spec", "limited"] != nil else { return }
            object.fill(["spec", "limited", "nominalConcurrencyShares"], 30)
            object.fill(["spec", "limited", "lendablePercent"], 0)
            guard object[path: "spec", "limited", "limitResponse", "type"]?.string == "Queue",
                object[path: "spec", "limited", "limitResponse", "queuing"] != nil
            else { return }
            for (key, number) in [("queues", 64), ("handSize", 8), ("queueLengthLimit", 50)] {
                let path = ["spec", "limited", "limitResponse", "queuing", key]
                if (object[Pointer(path)]?.integer ?? 0) == 0 { object[Pointer(path)] = .integer(number) }
            }
        case "Exempt":
            object.fill(["spec", "exempt", "nominalConcurrencyShares"], 0)
            object.fill(["spec", "exempt", "lendablePercent"], 0)
        default: break
        }
    }

    private static func driver(_ object: inout Value) {
        let defaults: [(String, Value)] = [
            ("attachRequired", true), ("podInfoOnMount", false), ("storageCapacity", false),
            ("fsGroupPolicy", "ReadWriteOnceWithFSType"), ("requiresRepublish", false), ("seLinuxMount", false),
        ]
        for (key, value) in defaults { object.fill(["spec", key], value) }
        if object[path: "spec", "volumeLifecycleModes"]?.array?.isEmpty ?? true {
            object[Pointer(["spec", "volumeLifecycleModes"])] = ["Persistent"]
        }
    }

    private static func scaling(_ object: inout Value) {
        guard object[path: "spec", "behavior"] != nil else { return }
        let share: Value = ["type": "Percent", "value": 100, "periodSeconds": 15]
        let pods: Value = ["type": "Pods", "value": 4, "periodSeconds": 15]
        object.fill(["spec", "behavior", "scaleUp", "stabilizationWindowSeconds"], 0)
        for (direction, policies) in [("scaleUp", [pods, share]), ("scaleDown", [share])] {
            object.fill(["spec", "behavior", direction, "selectPolicy"], "Max")
            object.fill(["spec", "behavior", direction, "policies"], .array(policies))
        }
    }

    private static func service(_ object: inout Value) {
        object.fill(["spec", "sessionAffinity"], "None")
        object.fill(["spec", "type"], "ClusterIP")
        let type = object[path: "spec", "type"]?.string
        if type != "ExternalName" {
            object.fill(["spec", "internalTrafficPolicy"], "Cluster")
        }
        if object[path: "spec", "sessionAffinity"] == "ClientIP" {
            object.fill(["spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds"], 10800)
        }
        if type == "NodePort" || type == "LoadBalancer"
            || type == "ClusterIP" && object[path: "spec", "externalIPs"]?.array?.isEmpty == false
        {
            object.fill(["spec", "externalTrafficPolicy"], "Cluster")
        }
        if type == "LoadBalancer" { object.fill(["spec", "allocateLoadBalancerNodePorts"], true) }
        object.each(["spec", "ports"]) { port in
            port.fill(["protocol"], "TCP")
            port.fill(["targetPort"], port["port"] ?? .null)
        }
    }

    private static func networkPolicy(_ object: inout Value) {
        if object[path: "spec", "policyTypes"]?.array?.isEmpty ?? true {
            let hasEgress = object[path: "spec", "egress"]?.array?.isEmpty == false
            object.fill(["spec", "policyTypes"], hasEgress ? ["Ingress", "Egress"] : ["Ingress"])
        }
        for direction in ["ingress", "egress"] {
            object.each(["spec", direction]) { rule in
                rule.each(["ports"]) { $0.fill(["protocol"], "TCP") }
            }
        }
    }

    private static func binding(_ object: inout Value) {
        object.fill(["roleRef", "apiGroup"], "rbac.authorization.k8s.io")
        object.each(["subjects"]) { subject in
            if subject["kind"]?.string != "ServiceAccount" { subject.fill(["apiGroup"], "rbac.authorization.k8s.io") }
        }
    }

    private static func matching(_ object: inout Value, _ path: [String]) {
        guard object[Pointer(path)]?.object != nil else { return }
        object.fill(path + ["matchPolicy"], "Equivalent")
        object.fill(path + ["namespaceSelector"], [:])
        object.fill(path + ["objectSelector"], [:])
        for list in ["resourceRules", "excludeResourceRules"] {
            object.each(path + [list]) { $0.fill(["scope"], "*") }
        }
    }

    /// One device, unless a request says more.
    private static func devices(_ object: inout Value, _ path: [String]) {
        func one(_ request: inout Value) {
            request.fill(["allocationMode"], "ExactCount")
            if request["allocationMode"] == "ExactCount" { request.fill(["count"], 1) }
        }
        object.each(path) { request in
            if var exact = request["exactly"] {
                one(&exact)
                request["exactly"] = exact
            }
            request.each(["firstAvailable"], one)
        }
    }

    private static func autoscaler(_ object: inout Value, _ version: String) {
        object.fill(["spec", "minReplicas"], 1)
        if version == "v1" {
            object.fill(["spec", "targetCPUUtilizationPercentage"], 80)
        } else {
            scaling(&object)
            object.fill(
                ["spec", "metrics"],
                [
                    [
                        "type": "Resource",
                        "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": 80]],
                    ]
                ])
        }
    }

    /// The largest that a container may have is its default, and its default what it asks for.
    private static func limits(_ object: inout Value) {
        object.each(["spec", "limits"]) { limit in
            guard limit["type"] == "Container" else { return }
            for (source, target) in [("max", "default"), ("default", "defaultRequest"), ("min", "defaultRequest")] {
                for member in limit[source]?.object ?? Object() { limit.fill([target, member.key], member.value) }
            }
        }
    }

    private static func webhooks(_ object: inout Value, isMutating: Bool) {
        object.each(["webhooks"]) { hook in
            hook.fill(["failurePolicy"], "Fail")
            hook.fill(["matchPolicy"], "Equivalent")
            hook.fill(["namespaceSelector"], [:])
            hook.fill(["objectSelector"], [:])
            hook.fill(["timeoutSeconds"], 10)
            if isMutating { hook.fill(["reinvocationPolicy"], "Never") }
            hook.each(["rules"]) { $0.fill(["scope"], "*") }
            if hook["clientConfig"]?["service"] != nil { hook.fill(["clientConfig", "service", "port"], 443) }
        }
    }
}

extension Value {
    subscript(path path: String...) -> Value? { self[Pointer(path)] }

    /// Sets what is missing or null.
    mutating func fill(_ path: [String], _ value: Value) {
        let pointer = Pointer(path)
        let present = self[pointer] ?? .null
        if present.isNull || present == "" { self[pointer] = value }
    }

    /// Changes every element of a list, where there is one.
    mutating func each(_ path: [String], _ change: (inout Value) -> Void) {
        let pointer = Pointer(path)
        guard var list = self[pointer]?.array else { return }
        for index in list.indices { change(&list[index]) }
        self[pointer] = .array(list)
    }
}
