import Documents
import Kubernetes
import KubernetesAPI

/// The columns of pods, nodes and events.
extension TableColumns {
    static let pods: [Column] = [
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

    static let nodes: [Column] = [
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

    static let events: [Column] = {
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
}
