import Documents

extension ResourceHealth {
    static func deployment(_ resource: Resource) -> ResourceHealth {
        if let progressing = resource.condition("Progressing"), progressing.reason == "ProgressDeadlineExceeded" {
            return ResourceHealth(.degraded, progressing.explanation)
        }
        guard resource.hasObservedGeneration else { return ResourceHealth(.progressing, "has not been observed yet") }
        let wanted = resource.count("spec", "replicas", missing: 1)
        let total = resource.count("status", "replicas")
        let updated = resource.count("status", "updatedReplicas")
        let available = resource.count("status", "availableReplicas")
        let ready = resource.count("status", "readyReplicas")
        if resource["spec", "paused"]?.bool == true, updated < wanted {
            return ResourceHealth(.progressing, "is paused")
        }
        if updated < wanted { return ResourceHealth(.progressing, "\(updated) of \(wanted) replicas are updated") }
        if total > updated { return ResourceHealth(.progressing, "\(total - updated) old replicas are to be ended") }
        if total > wanted { return ResourceHealth(.progressing, "\(total - wanted) replicas are to be ended") }
        if available < wanted {
            return ResourceHealth(.progressing, "\(available) of \(wanted) replicas are available")
        }
        if ready < wanted { return ResourceHealth(.progressing, "\(ready) of \(wanted) replicas are ready") }
        if let condition = resource.condition("Available"), condition.isFalse {
            return ResourceHealth(.progressing, condition.explanation)
        }
        return ResourceHealth(.healthy, "\(wanted) of \(wanted) replicas are available")
    }

    static func replicaSet(_ resource: Resource) -> ResourceHealth {
        if let failure = resource.condition("ReplicaFailure"), failure.isTrue {
            return ResourceHealth(.degraded, failure.explanation)
        }
        guard resource.hasObservedGeneration else { return ResourceHealth(.progressing, "has not been observed yet") }
        let wanted = resource.count("spec", "replicas", missing: 1)
        let total = resource.count("status", "replicas")
        let available = resource.count("status", "availableReplicas")
        let ready = resource.count("status", "readyReplicas")
        if total > wanted { return ResourceHealth(.progressing, "\(total - wanted) replicas are to be ended") }
        let least = min(ready, available)
        if least < wanted { return ResourceHealth(.progressing, "\(least) of \(wanted) replicas are available") }
        return ResourceHealth(.healthy, "\(wanted) of \(wanted) replicas are available")
    }

    static func statefulSet(_ resource: Resource) -> ResourceHealth {
        if resource["spec", "updateStrategy", "type"]?.string == "OnDelete" {
            return ResourceHealth(.healthy, "is updated only when its pods are deleted")
        }
        guard resource.hasObservedGeneration else { return ResourceHealth(.progressing, "has not been observed yet") }
        let wanted = resource.count("spec", "replicas", missing: 1)
        let total = resource.count("status", "replicas")
        let ready = resource.count("status", "readyReplicas")
        if ready < wanted { return ResourceHealth(.progressing, "\(ready) of \(wanted) replicas are ready") }
        if total > wanted { return ResourceHealth(.progressing, "\(total - wanted) replicas are to be ended") }
        let updated = resource.count("status", "updatedReplicas")
        if let partition = resource["spec", "updateStrategy", "rollingUpdate", "partition"]?.integer, partition > 0 {
            return updated < wanted - partition
                ? ResourceHealth(.progressing, "\(updated) of \(wanted - partition) replicas are updated")
                : ResourceHealth(.healthy, "the partition is rolled out")
        }
        let current = resource["status", "currentRevision"]?.string
        guard current == resource["status", "updateRevision"]?.string else {
            return ResourceHealth(.progressing, "\(updated) of \(wanted) replicas are updated")
        }
        return ResourceHealth(.healthy, "\(wanted) of \(wanted) replicas are ready")
    }

    static func daemonSet(_ resource: Resource) -> ResourceHealth {
        guard resource.hasObservedGeneration else { return ResourceHealth(.progressing, "has not been observed yet") }
        let wanted = resource.count("status", "desiredNumberScheduled")
        for (field, word) in [
            ("currentNumberScheduled", "scheduled"), ("updatedNumberScheduled", "updated"),
            ("numberAvailable", "available"),
            ("numberReady", "ready"),
        ] {
            let count = resource.count("status", field)
            if count < wanted { return ResourceHealth(.progressing, "\(count) of \(wanted) pods are \(word)") }
        }
        return ResourceHealth(.healthy, "\(wanted) of \(wanted) pods are ready")
    }

    static func job(_ resource: Resource) -> ResourceHealth {
        if let failed = resource.condition("Failed"), failed.isTrue {
            return ResourceHealth(.degraded, failed.explanation)
        }
        if let complete = resource.condition("Complete"), complete.isTrue {
            return ResourceHealth(.healthy, "is complete")
        }
        if let suspended = resource.condition("Suspended"), suspended.isTrue {
            return ResourceHealth(.healthy, "is suspended")
        }
        guard resource["status", "startTime"]?.string != nil else {
            return ResourceHealth(.progressing, "has not started")
        }
        return ResourceHealth(.progressing, "\(resource.count("status", "active")) pods are at work")
    }

    /// Reasons of a waiting container that no waiting cures.
    private static let brokenReasons: Set<String> = [
        "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "CreateContainerConfigError",
        "CreateContainerError", "RunContainerError",
    ]

    static func pod(_ resource: Resource) -> ResourceHealth {
        switch resource["status", "phase"]?.string {
        case "Succeeded": return ResourceHealth(.healthy, "ran to its end")
        case "Failed": return ResourceHealth(.degraded, resource["status", "message"]?.string ?? "has failed")
        default: break
        }
        for container in (resource["status", "initContainerStatuses"]?.array ?? [])
            + (resource["status", "containerStatuses"]?.array ?? [])
        {
            let waiting = container["state"]?["waiting"]
            guard let reason = waiting?["reason"]?.string, brokenReasons.contains(reason) else { continue }
            let detail = waiting?["message"]?.string.map { ": \($0)" } ?? ""
            return ResourceHealth(.degraded, "container \(container["name"]?.string ?? "?") is in \(reason)\(detail)")
        }
        if let scheduled = resource.condition("PodScheduled"), scheduled.isFalse {
            return ResourceHealth(.progressing, scheduled.explanation)
        }
        switch resource["status", "phase"]?.string {
        case "Running":
            guard let ready = resource.condition("Ready") else {
                return ResourceHealth(.progressing, "is not ready yet")
            }
            return ready.isTrue ? ResourceHealth(.healthy, "is ready") : ResourceHealth(.progressing, ready.explanation)
        case "Pending", nil: return ResourceHealth(.progressing, "is pending")
        case let phase?: return ResourceHealth(.unknown, "is in phase \(phase)")
        }
    }
}

extension Resource {
    fileprivate func count(_ path: String..., missing: Int = 0) -> Int { value[Pointer(path)]?.integer ?? missing }

    fileprivate var hasObservedGeneration: Bool {
        generation == nil || value["status"]?["observedGeneration"]?.integer != nil
    }
}
