import Documents
import Kubernetes

/// The columns of each kind.
enum TableColumns {
    private static let name = Table.Column(name: "Name", format: "name") { $0[path: "metadata", "name"] ?? "" }
    private static let age = Table.Column(name: "Age") {
        .string(APITime.age(since: $0[path: "metadata", "creationTimestamp"]?.string))
    }
    /// Kinds without columns of their own.
    private static let created = Table.Column(name: "Created At", type: "date") {
        $0[path: "metadata", "creationTimestamp"] ?? ""
    }

    private static func column(_ name: String, _ path: [String], missing: Value = "<none>", wide: Bool = false)
        -> Table.Column
    {
        Table.Column(name: name, priority: wide ? 1 : 0) { object in object[Pointer(path)] ?? missing }
    }

    private static func number(_ name: String, _ path: String...) -> Table.Column {
        Table.Column(name: name, type: "integer") { .integer($0[Pointer(path)]?.integer ?? 0) }
    }

    private static func count(_ name: String, _ path: String...) -> Table.Column {
        Table.Column(name: name, type: "string") { object in
            .integer(object[Pointer(path)]?.object?.count ?? object[Pointer(path)]?.array?.count ?? 0)
        }
    }

    static func columns(of type: ResourceType) -> [Table.Column] {
        switch type.qualifiedName {
        case "pods": pods
        case "deployments.apps":
            [
                name,
                Table.Column(name: "Ready") {
                    .string("\($0.count("status", "readyReplicas"))/\($0.count("spec", "replicas"))")
                },
                number("Up-to-date", "status", "updatedReplicas"), number("Available", "status", "availableReplicas"),
                age,
            ] + containers(["spec", "template", "spec"]) + [selector]
        case "replicasets.apps":
            [
                name, number("Desired", "spec", "replicas"), number("Current", "status", "replicas"),
                number("Ready", "status", "readyReplicas"), age,
            ] + containers(["spec", "template", "spec"]) + [selector]
        case "services": services
        case "namespaces": [name, column("Status", ["status", "phase"]), age]
        case "configmaps": [name, count("Data", "data"), age]
        case "secrets": [name, column("Type", ["type"]), count("Data", "data"), age]
        case "serviceaccounts": [name, count("Secrets", "secrets"), age]
        case "nodes":
            [
                name, Table.Column(name: "Status") { .string($0.isReadyNode ? "Ready" : "NotReady") }, age,
                column("Version", ["status", "nodeInfo", "kubeletVersion"]),
            ]
        case "events":
            [
                Table.Column(name: "Last Seen") {
                    .string(APITime.age(since: $0["lastTimestamp"]?.string ?? $0["eventTime"]?.string))
                },
                column("Type", ["type"]), column("Reason", ["reason"]),
                Table.Column(name: "Object") {
                    .string(
                        "\(($0[path: "involvedObject", "kind"]?.string ?? "").lowercased())/\($0[path: "involvedObject", "name"]?.string ?? "")"
                    )
                }, column("Message", ["message"]),
                Table.Column(name: "Name", format: "name", priority: 1) { $0[path: "metadata", "name"] ?? "" },
            ]
        case "leases.coordination.k8s.io": [name, column("Holder", ["spec", "holderIdentity"], missing: ""), age]
        case "networkpolicies.networking.k8s.io":
            [name, Table.Column(name: "Pod-Selector") { .string(shown($0[path: "spec", "podSelector"])) }, age]
        case "persistentvolumeclaims":
            [name, column("Status", ["status", "phase"]), column("Volume", ["spec", "volumeName"], missing: ""), age]
        case "validatingwebhookconfigurations.admissionregistration.k8s.io",
            "mutatingwebhookconfigurations.admissionregistration.k8s.io":
            [
                name, Table.Column(name: "Webhooks", type: "integer") { .integer($0["webhooks"]?.array?.count ?? 0) },
                age,
            ]
        case "roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io": [name, created]
        case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io":
            [
                name,
                Table.Column(name: "Role") {
                    .string("\($0[path: "roleRef", "kind"]?.string ?? "")/\($0[path: "roleRef", "name"]?.string ?? "")")
                }, age,
            ]
        default: [name, age]
        }
    }

    private static let pods: [Table.Column] = [
        name,
        Table.Column(name: "Ready") { pod in
            let statuses = pod[path: "status", "containerStatuses"]?.array ?? []
            let total = pod[path: "spec", "containers"]?.array?.count ?? 0
            return .string("\(statuses.filter { $0["ready"]?.bool == true }.count)/\(total)")
        },
        Table.Column(name: "Status") { .string(PodWord.status($0)) },
        Table.Column(name: "Restarts") { pod in
            let count = (pod[path: "status", "containerStatuses"]?.array ?? []).reduce(0) {
                $0 + ($1["restartCount"]?.integer ?? 0)
            }
            return .string(String(count))
        },
        age,
        column("IP", ["status", "podIP"], wide: true), column("Node", ["spec", "nodeName"], wide: true),
        column("Nominated Node", ["status", "nominatedNodeName"], wide: true),
        Table.Column(name: "Readiness Gates", priority: 1) { _ in "<none>" },
    ]

    private static let services: [Table.Column] = [
        name, column("Type", ["spec", "type"]), column("Cluster-IP", ["spec", "clusterIP"]),
        Table.Column(name: "External-IP") { service in
            // Where the service is really reached on this machine.
            let address = service[path: "metadata", "annotations", LocalCluster.addressAnnotation]?.string
            return .string(address ?? service[path: "spec", "externalName"]?.string ?? "<none>")
        },
        Table.Column(name: "Port(s)") { service in
            let ports = service[path: "spec", "ports"]?.array ?? []
            return .string(
                ports.isEmpty
                    ? "<none>"
                    : ports.map { port in
                        let node = port["nodePort"]?.integer.map { ":\($0)" } ?? ""
                        return "\(port["port"]?.integer ?? 0)\(node)/\(port["protocol"]?.string ?? "TCP")"
                    }.joined(separator: ","))
        },
        age, Table.Column(name: "Selector", priority: 1) { .string(labels($0[path: "spec", "selector"])) },
    ]

    private static let selector = Table.Column(name: "Selector", priority: 1) {
        .string(shown($0[path: "spec", "selector"]))
    }

    private static func containers(_ path: [String]) -> [Table.Column] {
        [("Containers", "name"), ("Images", "image")].map { title, key in
            Table.Column(name: title, priority: 1) { object in
                .string(
                    (object[Pointer(path + ["containers"])]?.array ?? []).compactMap { $0[key]?.string }.joined(
                        separator: ","))
            }
        }
    }

    private static func labels(_ value: Value?) -> String {
        guard let members = value?.object, !members.isEmpty else { return "<none>" }
        return members.sorted().map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ",")
    }

    private static func shown(_ selector: Value?) -> String {
        let text = selector.flatMap { try? LabelSelector($0) }?.description ?? ""
        return text.isEmpty ? "<none>" : text
    }
}

extension Value {
    fileprivate func count(_ path: String...) -> Int { self[Pointer(path)]?.integer ?? 0 }
    fileprivate var isReadyNode: Bool {
        (self[path: "status", "conditions"]?.array ?? []).contains { $0["type"] == "Ready" && $0["status"] == "True" }
    }
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
