import Documents
import Files
import Foundation
import WaybillCore

/// The one node of the cluster: it runs the pods and opens a port of this machine for each service.
actor Node {
    static let name = "waybill"

    let client: ClusterClient
    private let around: PodRunner.Surroundings?
    private let folders: NodeFolders
    private let portFirst: Int
    private var runners: [String: PodRunner] = [:]
    private var ending: Set<String> = []
    private var proxies: [String: ServiceProxy] = [:]
    private var nextAddress = 1
    private var isStopping = false

    private init(client: ClusterClient, around: PodRunner.Surroundings?, folders: NodeFolders, portFirst: Int) {
        self.client = client
        self.around = around
        self.folders = folders
        self.portFirst = portFirst
    }

    static func start(_ configuration: LocalClusterConfiguration, _ client: ClusterClient) async throws(WaybillError)
        -> Node
    {
        let folders = try NodeFolders(folder: configuration.folder)
        var around: PodRunner.Surroundings?
        if configuration.runsContainers, let runtime = ContainerRuntime.find(folder: configuration.folder) {
            await folders.clear(runtime)
            around = .init(
                client: client, runtime: runtime, puller: configuration.puller, folders: folders,
                programPath: executable(configuration.programPath))
        }
        return Node(client: client, around: around, folders: folders, portFirst: configuration.servicePortFirst)
    }

    /// `/proc/self/exe` means another program once a helper program runs.
    private static func executable(_ path: String) -> String {
        guard path == "/proc/self/exe" else { return path }
        return (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) ?? path
    }

    /// Starts pods that are new, ends those that are to go, and leads services to those that are ready.
    func reconcile() async {
        guard !isStopping else { return }
        await NodeObject(client: client, runtime: around?.runtime.program).ensure()
        let all = await client.list("pods")
        let pods = all.filter { $0[path: "spec", "nodeName"]?.string == Self.name }
        for pod in pods {
            if pod.isBeingDeleted {
                endSoon(pod)
            } else if runners[pod.uid] == nil, pod.isActivePod {
                await begin(pod)
            }
        }
        let uids = Set(pods.map(\.uid))
        for uid in runners.keys where !uids.contains(uid) { abandon(uid) }
        await openServices(pods)
    }

    private func begin(_ pod: Value) async {
        guard let around else { return await SimulatedPod(client: client).run(pod) }
        // Within 10.244.0.0/16, for clients that ask; nothing outside of the pod can reach it.
        let address = "10.244.\(nextAddress / 254 % 256).\(nextAddress % 254 + 1)"
        nextAddress += 1
        let runner = PodRunner(pod, podIP: address, around)
        runners[pod.uid] = runner
        await runner.start()
    }

    private func endSoon(_ pod: Value) {
        guard ending.insert(pod.uid).inserted else { return }
        let runner = runners[pod.uid]
        let grace = pod[path: "metadata", "deletionGracePeriodSeconds"]?.integer ?? 30
        Task {
            await client.event(
                pod, type: "Normal", reason: "Killing", message: "Stopping containers", as: PodRunner.manager)
            await runner?.end(graceSeconds: grace)
            try? await client.delete("pods", pod, graceSeconds: 0, as: PodRunner.manager)
            forget(pod.uid)
        }
    }

    /// The object is gone already: its containers follow at once.
    private func abandon(_ uid: String) {
        guard let runner = runners[uid], ending.insert(uid).inserted else { return }
        Task {
            await runner.end(graceSeconds: 0)
            forget(uid)
        }
    }

    private func forget(_ uid: String) {
        runners[uid] = nil
        ending.remove(uid)
        try? Files.remove("\(folders.logs)/\(uid)")
    }

    func logs(_ request: LogRequest) async throws(APIError) -> APIResponse {
        try PodLogs(folders: folders).read(request)
    }

    func stream(_ request: StreamRequest) async throws(APIError) -> StreamTarget {
        guard let runner = runners[request.pod.uid] else {
            guard around != nil else {
                throw APIError(
                    code: 501, reason: "NotImplemented",
                    message: "pod \(request.pod.name) is simulated: nothing runs behind it on this machine")
            }
            throw .plain("unable to upgrade connection: pod does not exist")
        }
        return try await runner.stream(request)
    }

    /// Ends all containers; the pods' objects stay, and come up again at the next start.
    func stop() async {
        isStopping = true
        for proxy in proxies.values { proxy.stop() }
        proxies = [:]
        await withTaskGroup(of: Void.self) { group in
            for runner in runners.values { group.addTask { await runner.end(graceSeconds: 2) } }
        }
        if let around { await folders.clear(around.runtime) }
    }

    private func openServices(_ pods: [Value]) async {
        var wanted: Set<String> = []
        for service in await client.list("services") where !service.isBeingDeleted {
            guard service[path: "spec", "type"]?.string != "ExternalName", around != nil,
                service[path: "spec", "selector"]?.object?.isEmpty == false
            else { continue }
            let behind = EndpointController.pods(of: service, among: pods).filter {
                $0.isReadyPod && !$0.isBeingDeleted
            }
            var addresses: [(port: Int, address: String)] = []
            for port in service[path: "spec", "ports"]?.array ?? [] where port["protocol"]?.string ?? "TCP" == "TCP" {
                guard let number = port["port"]?.integer else { continue }
                let id = "\(service.uid)/\(number)"
                wanted.insert(id)
                guard let proxy = proxy(id, service, number) else { continue }
                proxy.setTargets(
                    behind.compactMap { pod in
                        guard let runner = runners[pod.uid], let target = PortNumber.target(of: port, in: pod) else {
                            return nil
                        }
                        return .init(socketPath: runner.tunnel.socketPath, port: target)
                    })
                addresses.append((number, "127.0.0.1:\(proxy.port)"))
            }
            await publish(addresses, service)
        }
        for (id, proxy) in proxies where !wanted.contains(id) {
            proxy.stop()
            proxies[id] = nil
        }
    }

    /// The port that the service had before, where it is still free.
    private func proxy(_ id: String, _ service: Value, _ port: Int) -> ServiceProxy? {
        if let known = proxies[id] { return known }
        let annotations = service[path: "metadata", "annotations"]
        let before = (annotations?["\(LocalCluster.addressAnnotation)-\(port)"]?.string).flatMap {
            $0.split(separator: ":").last
        }.flatMap { Int($0) }
        var candidates = before.map { [$0] } ?? []
        candidates += portFirst > 0 ? Array(portFirst..<min(portFirst + 500, 65536)) : [0]
        for candidate in candidates {
            guard let opened = ServiceProxy(port: candidate) else { continue }
            proxies[id] = opened
            return opened
        }
        return nil
    }

    private func publish(_ addresses: [(port: Int, address: String)], _ service: Value) async {
        guard let first = addresses.first else { return }
        var annotations: Value = [LocalCluster.addressAnnotation: .string(first.address)]
        for (port, address) in addresses { annotations["\(LocalCluster.addressAnnotation)-\(port)"] = .string(address) }
        let present = service[path: "metadata", "annotations"]
        let isPublished = (annotations.object ?? Object()).allSatisfy { present?[$0.key] == $0.value }
        if !isPublished {
            _ = try? await client.patch(
                "services", service, ["metadata": ["annotations": annotations]], as: "waybill-node")
        }
        if service[path: "spec", "type"]?.string == "LoadBalancer" {
            try? await client.setStatus(
                "services", service, ["loadBalancer": ["ingress": [["ip": "127.0.0.1"]]]], as: "waybill-node")
        }
    }
}
