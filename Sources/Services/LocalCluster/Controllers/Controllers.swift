import Documents

/// Runs the loops that make the cluster's state follow what its objects ask for.
///
/// Every change of the store wakes one pass over everything: the cluster is small, and a pass that finds nothing to do
/// writes nothing. Deadlines are looked after once a second. A write that is refused (somebody was quicker, a quota is
/// full, the object is gone) is let go wherever a controller makes it: the next pass sees what stands then and tries again.
struct Controllers: Sendable {
    let client: ClusterClient
    private let backOff = CreationBackOff()

    init(client: ClusterClient) { self.client = client }

    func run(with node: Node) async {
        let changes = await client.store.watch(nil)
        let wake = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in changes { wake.continuation.yield() }
                wake.continuation.finish()
            }
            group.addTask {
                while !Task.isCancelled {
                    wake.continuation.yield()
                    do { try await Task.sleep(for: .seconds(1)) } catch { break }
                }
                wake.continuation.finish()
            }
            group.addTask {
                for await _ in wake.stream {
                    if Task.isCancelled { break }
                    await pass()
                    await node.reconcile()
                }
            }
        }
    }

    private func pass() async {
        await CustomResourceController(client: client).pass()
        await NamespaceController(client: client).pass()
        await RoleController(client: client).pass()
        await QuotaController(client: client).pass()
        for deployment in await client.list("deployments.apps") {
            await DeploymentController(client: client).reconcile(deployment)
        }
        for set in await client.list("replicasets.apps") {
            await ReplicaSetController(client: client, backOff: backOff).reconcile(set)
        }
        for set in await client.list("replicationcontrollers") {
            await ReplicaSetController(client: client, backOff: backOff, resource: "replicationcontrollers")
                .reconcile(set)
        }
        await StatefulSetController(client: client, backOff: backOff).pass()
        await DaemonSetController(client: client, backOff: backOff).pass()
        await CronJobController(client: client).pass()
        await JobController(client: client, backOff: backOff).pass()
        await DisruptionController(client: client).pass()
        await Scheduler(client: client).pass()
        await EndpointController(client: client).pass()
        await EndpointsObjectController(client: client).pass()
        await StorageProtectionController(client: client).pass()
        await GarbageCollector(client: client).pass()
    }
}

/// When a workload's pods may be tried again after they were refused.
actor CreationBackOff {
    private var entries: [String: (attempts: Int, next: ContinuousClock.Instant)] = [:]

    func isOpen(_ uid: String) -> Bool { entries[uid].map { $0.next <= .now } ?? true }
    func succeeded(_ uid: String) { entries[uid] = nil }
    func failed(_ uid: String) {
        let attempts = (entries[uid]?.attempts ?? 0) + 1
        entries[uid] = (attempts, .now + .milliseconds(min(60_000, 250 << min(attempts, 10))))
    }
}

extension Value {
    var name: String { self[path: "metadata", "name"]?.string ?? "" }
    var namespace: String { self[path: "metadata", "namespace"]?.string ?? "" }
    var uid: String { self[path: "metadata", "uid"]?.string ?? "" }
    var isBeingDeleted: Bool { self[path: "metadata", "deletionTimestamp"] != nil }

    /// The object that controls this one.
    var controllerUID: String? {
        (self[path: "metadata", "ownerReferences"]?.array ?? []).first { $0["controller"]?.bool == true }?["uid"]?
            .string
    }

    /// The reference by which `owner` controls another object.
    static func controllerReference(to owner: Value) -> Value {
        [
            "apiVersion": owner["apiVersion"] ?? .null, "kind": owner["kind"] ?? .null, "name": .string(owner.name),
            "uid": .string(owner.uid), "controller": true, "blockOwnerDeletion": true,
        ]
    }

    /// A pod counts as long as it is neither over nor on its way out.
    var isActivePod: Bool {
        let phase = self[path: "status", "phase"]?.string
        return !isBeingDeleted && phase != "Succeeded" && phase != "Failed"
    }

    func condition(_ type: String) -> Value? {
        (self[path: "status", "conditions"]?.array ?? []).first { $0["type"]?.string == type }
    }

    var isReadyPod: Bool { condition("Ready")?["status"]?.string == "True" }
}
