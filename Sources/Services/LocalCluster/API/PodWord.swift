import Documents
import Kubernetes
import KubernetesAPI

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
