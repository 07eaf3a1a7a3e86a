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

    static func selector(_ source: String) -> Column {
        made("Selector", from: (source, "selector"), wide: true) { shown($0[path: "spec", "selector"]) }
    }

    static func containers(_ path: [String]) -> [Column] {
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
}
