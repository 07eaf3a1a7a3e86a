import Documents
import Kubernetes
import KubernetesAPI

/// The columns of what runs pods.
extension TableColumns {
    static func workload(_ type: ResourceType) -> [Column] {
        let tail =
            containers(["spec", "template", "spec"])
        switch type.qualifiedName {
        case "deployments.apps":
            return [
                name,
                made("Ready", detail: "Number of the pod with ready state") {
                    "\($0.number("status", "readyReplicas"))/\($0.number("spec", "replicas"))"
                },
                // Numbers in columns of text, as the real server has them.
                Column(name: "Up-to-date", source: (apps + "DeploymentStatus", "updatedReplicas")) {
                    .integer($0.number("status", "updatedReplicas"))
                },
                Column(name: "Available", source: (apps + "DeploymentStatus", "availableReplicas")) {
                    .integer($0.number("status", "availableReplicas"))
                }, age,
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

    static func selector(_ source: String) -> Column {
        made("Selector", from: (source, "selector"), wide: true) { shown($0[path: "spec", "selector"]) }
    }

    static func containers(_ path: [String], wide: Bool = true) -> [Column] {
        [
            ("Containers", "name", "Names of each container in the template."),
            ("Images", "image", "Images referenced by each container in the template."),
        ].map { title, key, detail in
            made(title, detail: detail, wide: wide) { object in
                (object[Pointer(path + ["containers"])]?.array ?? []).compactMap { $0[key]?.string }.joined(
                    separator: ",")
            }
        }
    }

    static func jobs(_ type: ResourceType) -> [Column] {
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
                func isTrue(_ type: String) -> Bool { job.condition(type)?["status"] == "True" }
                if let end = ["Complete", "Failed"].first(where: isTrue) { return end }
                if job.isBeingDeleted { return "Terminating" }
                return ["Suspended", "FailureTarget", "SuccessCriteriaMet"].first(where: isTrue) ?? "Running"
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

    static let budgets: [Column] = {
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

    static let autoscalers: [Column] = {
        let from = "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler"
        return [
            name,
            made("Reference", from: (from + "Spec", "scaleTargetRef")) {
                "\($0[path: "spec", "scaleTargetRef", "kind"]?.string ?? "")/\($0[path: "spec", "scaleTargetRef", "name"]?.string ?? "")"
            },
            made("Targets", from: (from + "Spec", "metrics")) { object in
                let current = object[path: "status", "currentMetrics"]?.array ?? []
                let metrics = (object[path: "spec", "metrics"]?.array ?? []).enumerated().map { index, metric in
                    amount(metric, current.indices.contains(index) ? current[index] : nil)
                }
                guard !metrics.isEmpty else { return "<none>" }
                let more = metrics.count > 2 ? " + \(metrics.count - 2) more..." : ""
                return metrics.prefix(2).joined(separator: ", ") + more
            },
            made("MinPods", from: (from + "Spec", "minReplicas")) {
                $0[path: "spec", "minReplicas"]?.integer.map(String.init) ?? "<unset>"
            },
            Column(name: "MaxPods", source: (from + "Spec", "maxReplicas")) {
                .integer($0.number("spec", "maxReplicas"))
            },
            Column(name: "Replicas", source: (from + "Status", "currentReplicas")) {
                .integer($0.number("status", "currentReplicas"))
            }, age,
        ]
    }()

    /// One metric of an autoscaler: what is, and what is wanted.
    private static func amount(_ metric: Value, _ status: Value?) -> String {
        let type = metric["type"]?.string ?? ""
        let key = type.prefix(1).lowercased() + type.dropFirst()
        guard let source = metric[key] else { return "<unknown type>" }
        let target = source["target"], current = status?[key]?["current"]
        let isResource = type == "Resource" || type == "ContainerResource"
        let prefix = isResource ? "\(source["name"]?.string ?? ""): " : ""
        if let wanted = target?["averageValue"]?.string {
            let suffix = type == "External" || type == "Object" ? " (avg)" : ""
            return "\(prefix)\(current?["averageValue"]?.string ?? "<unknown>")/\(wanted)\(suffix)"
        }
        if isResource {
            let now = current?["averageUtilization"]?.integer.map { "\($0)%" } ?? "<unknown>"
            return "\(prefix)\(now)/\(target?["averageUtilization"]?.integer.map { "\($0)%" } ?? "<auto>")"
        }
        return "\(current?["value"]?.string ?? "<unknown>")/\(target?["value"]?.string ?? "0")"
    }
}
