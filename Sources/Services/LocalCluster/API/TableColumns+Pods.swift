import Documents
import Kubernetes
import KubernetesAPI

/// The columns of pods, nodes and events.
extension TableColumns {
    static let pods: [Column] = [
        name,
        made("Ready", detail: "The aggregate readiness state of this pod for accepting traffic.") {
            let summary = PodSummary($0)
            return "\(summary.readyContainers)/\(summary.containers)"
        },
        made("Status", detail: "The aggregate status of the containers in this pod.") { PodSummary($0).word },
        made(
            "Restarts",
            detail:
                "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted."
        ) { PodSummary($0).restartsText }, age,
        made("IP", from: (core + "PodStatus", "podIP"), wide: true) { pod in
            let first = pod[path: "status", "podIPs"]?.array?.first?["ip"]?.string ?? ""
            return first.isEmpty ? "<none>" : first
        },
        text("Node", "spec", "nodeName", from: core + "PodSpec", wide: true),
        text("Nominated Node", "status", "nominatedNodeName", from: core + "PodStatus", wide: true),
        made("Readiness Gates", from: (core + "PodSpec", "readinessGates"), wide: true) { pod in
            let gates = (pod[path: "spec", "readinessGates"]?.array ?? []).compactMap { $0["conditionType"]?.string }
            guard !gates.isEmpty else { return "<none>" }
            return "\(gates.filter { pod.condition($0)?["status"] == "True" }.count)/\(gates.count)"
        },
    ]

    static let nodes: [Column] = {
        func address(_ title: String, _ type: String) -> Column {
            made(title, from: (core + "NodeStatus", "addresses"), wide: true) { node in
                let found = (node[path: "status", "addresses"]?.array ?? []).first { $0["type"]?.string == type }
                return found?["address"]?.string ?? "<none>"
            }
        }
        func fact(_ title: String, _ field: String) -> Column {
            text(title, "status", "nodeInfo", field, from: core + "NodeSystemInfo", missing: "<unknown>", wide: true)
        }
        return [
            name,
            made("Status", detail: "The status of the node") { node in
                let condition = node.condition("Ready")
                let word = condition == nil ? "Unknown" : condition?["status"] == "True" ? "Ready" : "NotReady"
                return word + (node[path: "spec", "unschedulable"]?.bool == true ? ",SchedulingDisabled" : "")
            },
            made("Roles", detail: "The roles of the node") { node in
                let prefix = "node-role.kubernetes.io/"
                var roles: Set<String> = []
                for label in node[path: "metadata", "labels"]?.object ?? Object() {
                    if label.key.hasPrefix(prefix) { roles.insert(String(label.key.dropFirst(prefix.count))) }
                    if label.key == "kubernetes.io/role" { roles.insert(label.value.string ?? "") }
                }
                roles.remove("")
                return roles.isEmpty ? "<none>" : roles.sorted().joined(separator: ",")
            }, age,
            text("Version", "status", "nodeInfo", "kubeletVersion", from: core + "NodeSystemInfo", missing: ""),
            address("Internal-IP", "InternalIP"), address("External-IP", "ExternalIP"), fact("OS-Image", "osImage"),
            fact("Kernel-Version", "kernelVersion"), fact("Container-Runtime", "containerRuntimeVersion"),
        ]
    }()

    /// Events of both groups: the newer one names its parts otherwise.
    static let events: [Column] = {
        let from = core + "Event"
        @Sendable func time(_ event: Value, _ key: String, _ old: String) -> String? {
            event[key]?.string ?? event[old]?.string
        }
        @Sendable func firstSeen(_ event: Value) -> String {
            APITime.age(
                since: time(event, "firstTimestamp", "deprecatedFirstTimestamp") ?? event["eventTime"]?.string)
        }
        @Sendable func object(_ event: Value) -> Value? { event["involvedObject"] ?? event["regarding"] }
        return [
            made("Last Seen", from: (from, "lastTimestamp")) { event in
                if let series = event[path: "series", "lastObservedTime"]?.string { return APITime.age(since: series) }
                return time(event, "lastTimestamp", "deprecatedLastTimestamp").map { APITime.age(since: $0) }
                    ?? firstSeen(event)
            }, text("Type", "type", from: from, missing: ""), text("Reason", "reason", from: from, missing: ""),
            made("Object", from: (from, "involvedObject")) { event in
                let name = object(event)?.named ?? ""
                return (object(event)?["kind"]?.string ?? "").lowercased() + (name.isEmpty ? "" : "/\(name)")
            },
            made("Subobject", from: (core + "ObjectReference", "fieldPath"), wide: true) {
                object($0)?["fieldPath"]?.string ?? ""
            },
            made("Source", from: (from, "source"), wide: true) { event in
                let source = event["source"] ?? event["deprecatedSource"]
                func first(_ words: Value?...) -> String {
                    words.compactMap { $0?.string }.first { !$0.isEmpty } ?? ""
                }
                let component = first(
                    source?["component"], event["reportingComponent"], event["reportingController"])
                let host = first(source?["host"], event["reportingInstance"])
                return host.isEmpty ? component : "\(component), \(host)"
            },
            made("Message", from: (from, "message")) { event in
                let text = event["message"]?.string ?? event["note"]?.string ?? ""
                return String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            }, made("First Seen", from: (from, "firstTimestamp"), wide: true, firstSeen),
            Column(name: "Count", priority: 1, source: (from, "count")) { event in
                let count = event[path: "series", "count"] ?? event["count"] ?? event["deprecatedCount"]
                return .integer(max(1, count?.integer ?? 1))
            },
            Column(name: "Name", format: "name", priority: 1, source: (metadata, "name")) {
                $0[path: "metadata", "name"] ?? ""
            },
        ]
    }()
}
