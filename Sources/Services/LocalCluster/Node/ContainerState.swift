import Documents

/// What one container of a pod is doing, as the pod's status tells it.
struct ContainerState: Sendable {
    enum Phase: Sendable {
        case waiting(reason: String, message: String)
        case running(since: String)
        case terminated(Ending)
    }

    struct Ending: Sendable {
        var code: Int
        var reason: String
        var message = ""
        var startedAt: String
        var finishedAt: String
    }

    var name: String
    var image: String
    var phase = Phase.waiting(reason: "ContainerCreating", message: "")
    var last: Ending?
    var restarts = 0
    var isReady = false
    var hasStarted = false
    var imageID = ""
    var containerID = ""

    var isRunning: Bool { if case .running = phase { true } else { false } }
    var ending: Ending? { if case .terminated(let ending) = phase { ending } else { nil } }

    var value: Value {
        var value: Value = [
            "name": .string(name), "image": .string(image), "imageID": .string(imageID), "ready": .bool(isReady),
            "restartCount": .integer(restarts), "started": .bool(hasStarted),
            "lastState": last.map { ["terminated": Self.value($0, containerID)] } ?? [:],
        ]
        if !containerID.isEmpty { value["containerID"] = .string("runc://\(containerID)") }
        switch phase {
        case .waiting(let reason, let message):
            var waiting: Value = ["reason": .string(reason)]
            if !message.isEmpty { waiting["message"] = .string(message) }
            value["state"] = ["waiting": waiting]
        case .running(let since): value["state"] = ["running": ["startedAt": .string(since)]]
        case .terminated(let ending): value["state"] = ["terminated": Self.value(ending, containerID)]
        }
        return value
    }

    private static func value(_ ending: Ending, _ id: String) -> Value {
        var value: Value = [
            "exitCode": .integer(ending.code), "reason": .string(ending.reason), "startedAt": .string(ending.startedAt),
            "finishedAt": .string(ending.finishedAt), "containerID": .string("runc://\(id)"),
        ]
        if !ending.message.isEmpty { value["message"] = .string(ending.message) }
        return value
    }
}

/// A pod's status from what its containers do. Pure.
enum PodStatus {
    static func status(
        _ pod: Value, initial: [ContainerState], main: [ContainerState], podIP: String, isSandboxed: Bool,
        isInitialized: Bool,
        now: String
    ) -> Value {
        let policy = pod[path: "spec", "restartPolicy"]?.string ?? "Always"
        let isReady = isInitialized && !main.isEmpty && main.allSatisfy(\.isReady)
        let phase = phase(policy, initial, main, isInitialized)
        var status: Value = ["phase": .string(phase)]
        let isOver = phase == "Succeeded" || phase == "Failed"
        let names = main.filter { !$0.isReady }.map(\.name).joined(separator: " ")
        let reason = isOver ? "PodCompleted" : "ContainersNotReady"
        let message = isOver ? "" : "containers with unready status: [\(names)]"
        status["conditions"] = [
            condition(pod, "PodReadyToStartContainers", isSandboxed, "", "", now),
            condition(pod, "Initialized", isInitialized, "ContainersNotInitialized", "", now),
            condition(pod, "Ready", isReady, reason, message, now),
            condition(pod, "ContainersReady", isReady, reason, message, now),
            condition(pod, "PodScheduled", true, "", "", now),
        ]
        status["hostIP"] = "127.0.0.1"
        status["hostIPs"] = [["ip": "127.0.0.1"]]
        status["podIP"] = .string(podIP)
        status["podIPs"] = [["ip": .string(podIP)]]
        status["startTime"] = pod[path: "status", "startTime"] ?? .string(now)
        status["qosClass"] = .string(Defaults.qualityOfService(pod))
        status["observedGeneration"] = pod[path: "metadata", "generation"]
        if !initial.isEmpty { status["initContainerStatuses"] = .array(initial.map(\.value)) }
        status["containerStatuses"] = .array(main.map(\.value))
        return status
    }

    private static func phase(
        _ policy: String, _ initial: [ContainerState], _ main: [ContainerState], _ isInitialized: Bool
    ) -> String {
        if policy == "Never", initial.contains(where: { ($0.ending?.code ?? 0) != 0 }) { return "Failed" }
        guard isInitialized else { return "Pending" }
        let ended = main.compactMap(\.ending)
        if ended.count == main.count, policy != "Always" {
            let failed = ended.contains { $0.code != 0 }
            if !failed { return "Succeeded" }
            if policy == "Never" { return "Failed" }
        }
        let hasStarted = main.contains { $0.isRunning || $0.ending != nil || $0.last != nil }
        return hasStarted ? "Running" : "Pending"
    }

    static func condition(
        _ pod: Value, _ type: String, _ isTrue: Bool, _ reason: String, _ message: String, _ now: String
    ) -> Value {
        let word = isTrue ? "True" : "False"
        let before = pod.condition(type)
        var value: Value = ["type": .string(type), "status": .string(word)]
        value["lastTransitionTime"] =
            before?["status"]?.string == word ? before?["lastTransitionTime"] ?? .string(now) : .string(now)
        if !isTrue, !reason.isEmpty { value["reason"] = .string(reason) }
        if !isTrue, !message.isEmpty { value["message"] = .string(message) }
        return value
    }
}
