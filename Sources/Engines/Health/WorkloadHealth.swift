import Documents
import Kubernetes

/// Whatever keeps a number of pods.
enum WorkloadHealth {
    static func deployment(_ resource: Resource) -> ObjectHealth {
        if resource["spec", "paused"]?.bool == true { return ObjectHealth(.suspended, "is paused") }
        let progressing = resource.condition("Progressing")
        if let progressing, progressing.reason == "ProgressDeadlineExceeded" {
            return ObjectHealth(.degraded, progressing.explanation)
        }
        guard resource.hasObservedGeneration else { return ObjectHealth(.progressing, "has not been observed yet") }
        let wanted = resource.count("spec", "replicas", missing: 1)
        let total = resource.count("status", "replicas")
        let updated = resource.count("status", "updatedReplicas")
        let available = resource.count("status", "availableReplicas")
        let ready = resource.count("status", "readyReplicas")
        if let failure = resource.condition("ReplicaFailure"), failure.isTrue, updated < wanted {
            return ObjectHealth(.progressing, failure.explanation)
        }
        if updated < wanted { return ObjectHealth(.progressing, "\(updated) of \(wanted) replicas are updated") }
        if total > updated { return ObjectHealth(.progressing, "\(total - updated) old replicas are to be ended") }
        if total > wanted { return ObjectHealth(.progressing, "\(total - wanted) replicas are to be ended") }
        if available < wanted { return ObjectHealth(.progressing, "\(available) of \(wanted) replicas are available") }
        if ready < wanted { return ObjectHealth(.progressing, "\(ready) of \(wanted) replicas are ready") }
        // A rollout whose condition still speaks of work has not been closed by its controller yet.
        if let progressing, progressing.isTrue,
            ["NewReplicaSetCreated", "FoundNewReplicaSet"].contains(progressing.reason),
            wanted > 0
        {
            return ObjectHealth(.progressing, progressing.explanation)
        }
        if let condition = resource.condition("Available"), !condition.isTrue {
            return ObjectHealth(.progressing, condition.explanation)
        }
        return ObjectHealth(.healthy, "\(wanted) of \(wanted) replicas are available")
    }

    static func replicaSet(_ resource: Resource) -> ObjectHealth {
        if let failure = resource.condition("ReplicaFailure"), failure.isTrue {
            return ObjectHealth(.degraded, failure.explanation)
        }
        guard resource.hasObservedGeneration else { return ObjectHealth(.progressing, "has not been observed yet") }
        let wanted = resource.count("spec", "replicas", missing: 1)
        let total = resource.count("status", "replicas")
        if total > wanted { return ObjectHealth(.progressing, "\(total - wanted) replicas are to be ended") }
        // Older controllers do not count labels.
        let labelled = resource["status", "fullyLabeledReplicas"]?.integer ?? total
        for (count, word) in [
            (labelled, "labelled"), (resource.count("status", "availableReplicas"), "available"),
            (resource.count("status", "readyReplicas"), "ready"),
        ] where count < wanted {
            return ObjectHealth(.progressing, "\(count) of \(wanted) replicas are \(word)")
        }
        return ObjectHealth(.healthy, "\(wanted) of \(wanted) replicas are available")
    }

    static func statefulSet(_ resource: Resource) -> ObjectHealth {
        guard resource.hasObservedGeneration else { return ObjectHealth(.progressing, "has not been observed yet") }
        let wanted = resource.count("spec", "replicas", missing: 1)
        let total = resource.count("status", "replicas")
        let ready = resource.count("status", "readyReplicas")
        if ready < wanted { return ObjectHealth(.progressing, "\(ready) of \(wanted) replicas are ready") }
        if total > wanted { return ObjectHealth(.progressing, "\(total - wanted) replicas are to be ended") }
        if resource["spec", "updateStrategy", "type"]?.string == "OnDelete" {
            return ObjectHealth(.healthy, "is updated only when its pods are deleted")
        }
        let updated = resource.count("status", "updatedReplicas")
        let partition = resource.count("spec", "updateStrategy", "rollingUpdate", "partition")
        if partition > 0 {
            return updated < wanted - partition
                ? ObjectHealth(.progressing, "\(updated) of \(wanted - partition) replicas are updated")
                : ObjectHealth(.healthy, "the partition is rolled out")
        }
        let current = resource["status", "currentReplicas"]?.integer
        if let current, current < wanted, updated < wanted {
            return ObjectHealth(.progressing, "\(updated) of \(wanted) replicas are updated")
        }
        guard resource["status", "currentRevision"]?.string == resource["status", "updateRevision"]?.string else {
            return ObjectHealth(.progressing, "\(updated) of \(wanted) replicas are updated")
        }
        return ObjectHealth(.healthy, "\(wanted) of \(wanted) replicas are ready")
    }

    static func daemonSet(_ resource: Resource) -> ObjectHealth {
        guard resource.hasObservedGeneration else { return ObjectHealth(.progressing, "has not been observed yet") }
        guard resource["status", "desiredNumberScheduled"]?.integer != nil else {
            return ObjectHealth(.progressing, "does not know its nodes yet")
        }
        let wanted = resource.count("status", "desiredNumberScheduled")
        let isOnDelete = resource["spec", "updateStrategy", "type"]?.string == "OnDelete"
        for (field, word) in [
            ("currentNumberScheduled", "scheduled"), ("updatedNumberScheduled", "updated"),
            ("numberAvailable", "available"), ("numberReady", "ready"),
        ] where !(isOnDelete && word == "updated") {
            let count = resource.count("status", field)
            if count < wanted { return ObjectHealth(.progressing, "\(count) of \(wanted) pods are \(word)") }
        }
        return ObjectHealth(.healthy, "\(wanted) of \(wanted) pods are ready")
    }

    static func job(_ resource: Resource) -> ObjectHealth {
        for type in ["Failed", "FailureTarget"] {
            if let failed = resource.condition(type), failed.isTrue {
                return ObjectHealth(.degraded, failed.explanation)
            }
        }
        if let complete = resource.condition("Complete"), complete.isTrue {
            return ObjectHealth(.healthy, "is complete")
        }
        if resource.condition("Suspended")?.isTrue == true || resource["spec", "suspend"]?.bool == true {
            return ObjectHealth(.suspended, "is suspended")
        }
        guard resource["status", "startTime"]?.string != nil else {
            return ObjectHealth(.progressing, "has not started")
        }
        return ObjectHealth(.progressing, "\(resource.count("status", "active")) pods are at work")
    }
}
