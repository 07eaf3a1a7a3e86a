import Documents

/// What a table says about a pod in a few words.
struct PodSummary {
    private(set) var word: String
    private(set) var readyContainers = 0
    private(set) var containers: Int
    private var restarts = 0
    private var lastRestart = ""

    init(_ pod: Value) {
        let status = pod["status"]
        containers = pod[path: "spec", "containers"]?.array?.count ?? 0
        let phase = status?["phase"]?.string ?? ""
        word = status?["reason"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? phase
        if pod.condition("PodScheduled")?["reason"]?.string == "SchedulingGated" { word = "SchedulingGated" }
        let initial = pod[path: "spec", "initContainers"]?.array ?? []
        let restartable = Set(
            initial.filter { $0["restartPolicy"]?.string == "Always" }.compactMap { $0["name"]?.string })
        containers += restartable.count
        let isInitializing = addInitial(status?["initContainerStatuses"]?.array ?? [], initial.count, restartable)
        if !isInitializing || pod.condition("Initialized")?["status"] == "True" { addMain(pod, restartable) }
        guard pod.isBeingDeleted else { return }
        if status?["reason"]?.string == "NodeLost" {
            word = "Unknown"
        } else if phase != "Succeeded", phase != "Failed" {
            word = "Terminating"
        }
    }

    /// True as long as one of them has not done its work.
    private mutating func addInitial(_ statuses: [Value], _ count: Int, _ restartable: Set<String>) -> Bool {
        for (index, status) in statuses.enumerated() {
            addRestarts(of: status)
            let state = status["state"]
            if let ended = state?["terminated"] {
                if ended["exitCode"]?.integer ?? 0 == 0 { continue }
                word = "Init:" + Self.ending(ended)
                return true
            }
            if restartable.contains(status["name"]?.string ?? ""), status["started"]?.bool == true {
                if status["ready"]?.bool == true { readyContainers += 1 }
                continue
            }
            let reason = state?[path: "waiting", "reason"]?.string ?? ""
            word = reason.isEmpty || reason == "PodInitializing" ? "Init:\(index)/\(count)" : "Init:\(reason)"
            return true
        }
        return false
    }

    private mutating func addMain(_ pod: Value, _ restartable: Set<String>) {
        restarts = 0
        lastRestart = ""
        for status in pod[path: "status", "initContainerStatuses"]?.array ?? []
        where restartable.contains(status["name"]?.string ?? "") {
            addRestarts(of: status)
        }
        var hasRunning = false
        for status in (pod[path: "status", "containerStatuses"]?.array ?? []).reversed() {
            addRestarts(of: status)
            let state = status["state"]
            if let reason = state?[path: "waiting", "reason"]?.string, !reason.isEmpty {
                word = reason
            } else if let ended = state?["terminated"] {
                word = Self.ending(ended)
            } else if status["ready"]?.bool == true, state?["running"] != nil {
                hasRunning = true
                readyContainers += 1
            }
        }
        if word == "Completed", hasRunning {
            word = pod.condition("Ready")?["status"] == "True" ? "Running" : "NotReady"
        }
    }

    private mutating func addRestarts(of status: Value) {
        restarts += status["restartCount"]?.integer ?? 0
        lastRestart = max(lastRestart, status[path: "lastState", "terminated", "finishedAt"]?.string ?? "")
    }

    private static func ending(_ ended: Value) -> String {
        if let reason = ended["reason"]?.string, !reason.isEmpty { return reason }
        if let signal = ended["signal"]?.integer, signal != 0 { return "Signal:\(signal)" }
        return "ExitCode:\(ended["exitCode"]?.integer ?? 0)"
    }

    /// `2 (5s ago)`.
    var restartsText: String {
        restarts == 0 || lastRestart.isEmpty ? String(restarts) : "\(restarts) (\(APITime.age(since: lastRestart)) ago)"
    }

    /// Tells clients which rows are about pods that are over.
    static func rowConditions(_ pod: Value) -> Value? {
        let message: String
        switch pod[path: "status", "phase"]?.string {
        case "Succeeded": message = "The pod has completed successfully."
        case "Failed": message = "The pod failed."
        default: return nil
        }
        return [
            [
                "type": "Completed", "status": "True", "reason": pod[path: "status", "phase"] ?? "",
                "message": .string(message),
            ]
        ]
    }
}
