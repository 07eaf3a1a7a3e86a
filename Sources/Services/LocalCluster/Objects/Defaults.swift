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
        case "replicasets.apps", "replicationcontrollers":
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
            podSpec(&object, ["spec", "jobTemplate", "spec", "template", "spec"])
        case "services": service(&object)
        case "secrets": object.fill(["type"], "Opaque")
        case "persistentvolumeclaims": object.fill(["spec", "volumeMode"], "Filesystem")
        case "storageclasses.storage.k8s.io":
            object.fill(["reclaimPolicy"], "Delete")
            object.fill(["volumeBindingMode"], "Immediate")
        case "networkpolicies.networking.k8s.io": networkPolicy(&object)
        case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io": binding(&object)
        case "validatingwebhookconfigurations.admissionregistration.k8s.io": webhooks(&object, isMutating: false)
        case "mutatingwebhookconfigurations.admissionregistration.k8s.io": webhooks(&object, isMutating: true)
        case "namespaces":
            let name = object["metadata"]?["name"]?.string ?? ""
            if !name.isEmpty { object.fill(["metadata", "labels", "kubernetes.io/metadata.name"], .string(name)) }
        default: break
        }
        return object
    }

    private static func job(_ object: inout Value, _ path: [String]) {
        object.fill(path + ["parallelism"], 1)
        object.fill(path + ["completions"], 1)
        object.fill(path + ["backoffLimit"], 6)
        object.fill(path + ["completionMode"], "NonIndexed")
        object.fill(path + ["suspend"], false)
        object.fill(path + ["manualSelector"], false)
        object.fill(path + ["podReplacementPolicy"], "TerminatingOrFailed")
        podSpec(&object, path + ["template", "spec"])
    }

    private static func service(_ object: inout Value) {
        object.fill(["spec", "sessionAffinity"], "None")
        object.fill(["spec", "type"], "ClusterIP")
        let type = object[path: "spec", "type"]?.string
        if type != "ExternalName" {
            object.fill(["spec", "internalTrafficPolicy"], "Cluster")
        }
        if type == "NodePort" || type == "LoadBalancer" {
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
        if self[pointer] ?? .null == .null { self[pointer] = value }
    }

    /// Changes every element of a list, where there is one.
    mutating func each(_ path: [String], _ change: (inout Value) -> Void) {
        let pointer = Pointer(path)
        guard var list = self[pointer]?.array else { return }
        for index in list.indices { change(&list[index]) }
        self[pointer] = .array(list)
    }
}
