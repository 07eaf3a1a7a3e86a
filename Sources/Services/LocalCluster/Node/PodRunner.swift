import Documents
import Files
import Foundation
import Processes
import WaybillCore

/// Runs one pod: its namespaces, its containers, their restarts and probes, until it is over or ended.
actor PodRunner {
    /// What all pods of the node share.
    struct Surroundings: Sendable {
        var client: ClusterClient
        var runtime: ContainerRuntime
        var puller: (any ImagePuller)?
        var folders: NodeFolders
        var programPath: String
    }

    let around: Surroundings
    let pod: Value
    let podIP: String
    let folder: String
    nonisolated let tunnel: PodTunnel
    var initial: [ContainerState]
    var main: [ContainerState]
    private var sandbox: ChildProcess?
    private var work: Task<Void, Never>?
    private(set) var isEnding = false
    private var isInitialized = false
    private var refusal: String?

    static let manager = "kubelet"
    /// The longest time between two starts of a container that keeps failing.
    private static let backOffMax = 300
    /// A container that ran this long starts afresh.
    private static let backOffReset = 600

    init(_ pod: Value, podIP: String, _ around: Surroundings) {
        self.pod = pod
        self.podIP = podIP
        self.around = around
        folder = "\(around.folders.pods)/\(pod.uid)"
        tunnel = PodTunnel(socketPath: "\(around.folders.pods)/\(pod.uid)/net/proxy.sock")
        // A pod that ran before keeps its count over a restart of the node.
        func states(_ list: String, _ statuses: String) -> [ContainerState] {
            (pod[path: "spec", list]?.array ?? []).map { container in
                var state = ContainerState(
                    name: container["name"]?.string ?? "", image: container["image"]?.string ?? "")
                let before = (pod[path: "status", statuses]?.array ?? []).first { $0["name"]?.string == state.name }
                if before?["state"]?["running"] != nil || before?["state"]?["terminated"] != nil {
                    state.restarts = (before?["restartCount"]?.integer ?? 0) + 1
                }
                return state
            }
        }
        initial = states("initContainers", "initContainerStatuses")
        main = states("containers", "containerStatuses")
    }

    func start() {
        guard work == nil else { return }
        work = Task { await run() }
    }

    private func run() async {
        if let reason = PodRefusal.reason(pod) {
            await refuse("CreateContainerConfigError", reason)
            return
        }
        do {
            try await makeSandbox()
        } catch {
            await refuse("CreatePodSandboxError", "\(error)")
            return
        }
        await report()
        for (index, container) in (pod[path: "spec", "initContainers"]?.array ?? []).enumerated() {
            guard await live(container, isInitial: true, index) else { return await finish() }
        }
        isInitialized = true
        await report()
        await withTaskGroup(of: Void.self) { group in
            for (index, container) in (pod[path: "spec", "containers"]?.array ?? []).enumerated() {
                group.addTask { _ = await self.live(container, isInitial: false, index) }
            }
        }
        await finish()
    }

    private func refuse(_ reason: String, _ message: String) async {
        for index in main.indices { main[index].phase = .waiting(reason: reason, message: message) }
        await around.client.event(pod, type: "Warning", reason: "Failed", message: message, as: Self.manager)
        await report()
    }

    /// The process that holds the pod's network, IPC and host name, and carries connections into it.
    private func makeSandbox() async throws(WaybillError) {
        try Files.makeFolder(folder, mode: 0o711)
        try Files.makeFolder("\(folder)/net", mode: 0o700)
        let owner = uid_t(ContainerSpecification.hostUserFirst)
        chown("\(folder)/net", owner, owner)
        let child = try SandboxLauncher.start(
            program: around.programPath, arguments: [tunnel.socketPath, String(pod.name.prefix(63))],
            log: "\(folder)/sandbox.log")
        sandbox = child
        try Files.write(Array("\(child.id)\n".utf8), to: "\(folder)/sandbox.pid")
        try await UserMapping.write(for: child.id)
        for _ in 0..<500 {
            if let probe = LocalSocket.connect(unix: tunnel.socketPath) {
                close(probe)
                return
            }
            do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
        }
        throw WaybillError(.timeout, "the pod's network did not come up", subject: pod.name)
    }

    /// Runs a container until it is over for good. True when it ended well.
    private func live(_ container: Value, isInitial: Bool, _ index: Int) async -> Bool {
        let policy = pod[path: "spec", "restartPolicy"]?.string ?? "Always"
        var failures = 0
        while !isEnding {
            let started = ContinuousClock.now
            let code = await runOnce(container, isInitial: isInitial, index)
            if isEnding { return code == 0 }
            let isOver = code != nil && (code == 0 ? policy != "Always" || isInitial : policy == "Never")
            await report()
            if isOver { return code == 0 }
            if ContinuousClock.now - started > .seconds(Self.backOffReset) { failures = 0 }
            // The first restart comes at once, each further one waits twice as long.
            let seconds = failures == 0 && code != nil ? 0 : min(Self.backOffMax, 10 << min(max(0, failures - 1), 5))
            failures += 1
            if seconds > 0, code != nil {
                update(isInitial, index) { state in
                    if let ending = state.ending { state.last = ending }
                    state.phase = .waiting(
                        reason: "CrashLoopBackOff",
                        message: "back-off \(seconds)s restarting failed container=\(state.name) pod=\(pod.name)")
                }
                await report()
            }
            do { try await Task.sleep(for: .seconds(seconds)) } catch { return false }
            if code != nil { update(isInitial, index) { $0.restarts += 1 } }
        }
        return false
    }

    func update(_ isInitial: Bool, _ index: Int, _ change: (inout ContainerState) -> Void) {
        if isInitial { change(&initial[index]) } else { change(&main[index]) }
    }

    func state(_ isInitial: Bool, _ index: Int) -> ContainerState { isInitial ? initial[index] : main[index] }
    var sandboxID: Int32 { sandbox?.id ?? 0 }

    /// Tells the API what the containers do.
    func report() async {
        guard let current = await around.client.get("pods", pod.namespace, pod.name), current.uid == pod.uid else {
            return
        }
        let status = PodStatus.status(
            current, initial: initial, main: main, podIP: podIP, isSandboxed: sandbox != nil,
            isInitialized: isInitialized,
            now: APITime.now)
        try? await around.client.setStatus("pods", current, status, as: Self.manager)
    }

    /// The pod ran to its end: its namespaces go, its status stays.
    private func finish() async {
        await report()
        if !isEnding { await removeSandbox() }
    }

    private func removeSandbox() async {
        if let sandbox {
            sandbox.signal(SIGKILL)
            _ = await sandbox.wait()
        }
        sandbox = nil
        await around.folders.remove(folder)
    }

    /// Ends all containers, politely first, and waits until they are gone.
    func end(graceSeconds: Int) async {
        guard !isEnding else { return }
        isEnding = true
        for index in main.indices { main[index].isReady = false }
        await report()
        let ids = (initial + main).filter(\.isRunning).map(\.containerID)
        await withTaskGroup(of: Void.self) { group in
            for id in ids {
                group.addTask { [around] in await around.runtime.signal(id, "TERM") }
            }
        }
        let deadline = ContinuousClock.now + .seconds(graceSeconds)
        while (initial + main).contains(where: \.isRunning), ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(50)) } catch { break }
        }
        for state in initial + main where !state.containerID.isEmpty { await around.runtime.delete(state.containerID) }
        work?.cancel()
        await work?.value
        await removeSandbox()
    }
}
