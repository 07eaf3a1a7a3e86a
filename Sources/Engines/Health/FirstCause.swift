import Documents
public import Kubernetes

/// Why a workload does not get healthy, in the words of the first of its pods that says so.
public enum FirstCause {
    /// The selector of a workload's pods as kubectl takes it; nil for objects that keep no pods.
    public static func podSelector(of workload: Resource) -> LabelSelector? {
        switch (workload.objectKind.group, workload.kind) {
        case ("apps", "Deployment"), ("apps", "ReplicaSet"), ("apps", "StatefulSet"), ("apps", "DaemonSet"),
            ("batch", "Job"), ("argoproj.io", "Rollout"):
            guard let selector = workload["spec", "selector"], selector.object?.isEmpty == false else { return nil }
            return try? LabelSelector(selector)  // What cannot be read selects nothing.
        default: return nil
        }
    }

    /// - Parameters:
    ///   - pods: candidates in the workload's namespace.
    ///   - events: the namespace's events, if they were asked for: they speak where no pod could be made at all.
    /// - Returns: nil where nobody says more than the workload itself.
    public static func find(
        for workload: Resource, pods: [Resource], events: [Resource] = [], now: Int64? = nil
    ) -> String? {
        guard let selector = podSelector(of: workload) else { return nil }
        let mine = pods.filter { $0.namespace == workload.namespace && selector.matches($0) }
        let judged = mine.map { (pod: $0, health: ObjectHealth.assess($0, now: now)) }
        // The newest first: an old pod's trouble is often what the rollout is to mend.
        let ordered = judged.sorted { left, right in
            let times = (
                left.pod["metadata", "creationTimestamp"]?.string ?? "",
                right.pod["metadata", "creationTimestamp"]?.string ?? ""
            )
            return times.0 == times.1 ? left.pod.name < right.pod.name : times.0 > times.1
        }
        for state in [ObjectHealth.State.degraded, .progressing] {
            if let first = ordered.first(where: { $0.health.state == state && !isVague($0.health.message) }) {
                return "pod \(first.pod.name): \(first.health.message)"
            }
        }
        return mine.isEmpty ? warning(about: workload, in: events) : nil
    }

    private static func isVague(_ message: String) -> Bool { message == "is pending" || message == "is not ready yet" }

    private static func warning(about workload: Resource, in events: [Resource]) -> String? {
        let warnings = events.filter { event in
            let subject = event["involvedObject"] ?? event["regarding"]
            guard event["type"]?.string == "Warning", let name = subject?["name"]?.string,
                subject?["namespace"]?.string == workload.namespace
            else { return false }
            // Replica sets of a deployment are named after it.
            return name == workload.name || name.hasPrefix(workload.name + "-")
        }
        let newest = warnings.max { left, right in
            (left["lastTimestamp"]?.string ?? "") < (right["lastTimestamp"]?.string ?? "")
        }
        return newest.flatMap { $0["message"]?.string ?? $0["note"]?.string }.map { String($0.prefix(500)) }
    }
}
