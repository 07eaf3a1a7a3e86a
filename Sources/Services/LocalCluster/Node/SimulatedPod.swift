import Documents

/// A pod on a machine without a container runtime: nothing runs, and the pod says so.
struct SimulatedPod: Sendable {
    let client: ClusterClient
    static let condition = "waybill.dev/Simulated"

    func run(_ pod: Value) async {
        guard pod.condition(Self.condition) == nil else { return }
        let message = "no container runtime on this machine, or not root: nothing runs behind this pod"
        await client.event(pod, type: "Warning", reason: "Simulated", message: message, as: PodRunner.manager)
        let now = APITime.now
        let states = (pod[path: "spec", "containers"]?.array ?? []).map { container in
            var state = ContainerState(name: container["name"]?.string ?? "", image: container["image"]?.string ?? "")
            state.phase = .running(since: now)
            state.isReady = true
            state.hasStarted = true
            return state
        }
        var status = PodStatus.status(
            pod, initial: [], main: states, podIP: "127.0.0.1", isSandboxed: true, isInitialized: true, now: now)
        status["conditions"] = .array(
            (status["conditions"]?.array ?? []) + [
                [
                    "type": .string(Self.condition), "status": "True", "reason": "NoRuntime",
                    "message": .string(message),
                    "lastTransitionTime": .string(now),
                ]
            ])
        try? await client.setStatus("pods", pod, status, as: PodRunner.manager)
    }
}
