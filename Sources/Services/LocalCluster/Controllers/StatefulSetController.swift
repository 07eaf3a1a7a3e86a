import Documents

/// Keeps the pods of stateful sets: each with a name of its own, one after the other.
struct StatefulSetController: Sendable {
    let client: ClusterClient
    let backOff: CreationBackOff
    private static let manager = "statefulset-controller"
    private static let resource = "statefulsets.apps"

    func pass() async {
        for set in await client.list(Self.resource) where !set.isBeingDeleted { await reconcile(set) }
    }

    private func reconcile(_ set: Value) async {
        let revision = await client.keepRevision(of: set, set[path: "spec", "template"], as: Self.manager)
        let start = set[path: "spec", "ordinals", "start"]?.integer ?? 0
        let wanted = set[path: "spec", "replicas"]?.integer ?? 1
        let isParallel = set[path: "spec", "podManagementPolicy"] == "Parallel"
        let pods = await client.pods(of: set)
        func pod(_ ordinal: Int) -> Value? { pods.first { $0.name == "\(set.name)-\(ordinal)" } }
        var isWaiting = false
        for ordinal in start..<(start + wanted) where !isWaiting || isParallel {
            guard let present = pod(ordinal) else {
                await claims(set, ordinal)
                _ = await client.createPod(
                    make(set, ordinal, revision), for: set, backOff, as: Self.manager)
                isWaiting = true
                continue
            }
            let phase = present[path: "status", "phase"]?.string
            if phase == "Failed" || phase == "Succeeded", !present.isBeingDeleted {
                try? await client.delete("pods", present, as: Self.manager)
            }
            if !present.isReadyPod || present.isBeingDeleted { isWaiting = true }
        }
        if !isWaiting || isParallel { await shrink(set, pods, start + wanted) }
        if !isWaiting { await roll(set, pods, revision, start, wanted) }
        await report(set, revision)
    }

    /// The pods beyond the wanted number go, the last first.
    private func shrink(_ set: Value, _ pods: [Value], _ end: Int) async {
        let beyond = pods.compactMap { pod -> (Int, Value)? in
            guard let ordinal = Self.ordinal(pod), ordinal >= end else { return nil }
            return (ordinal, pod)
        }.sorted { $0.0 > $1.0 }
        guard let last = beyond.first?.1, !last.isBeingDeleted else { return }
        await remove(last, of: set)
    }

    /// Pods of an older template are replaced, the last first.
    private func roll(_ set: Value, _ pods: [Value], _ revision: String, _ start: Int, _ wanted: Int) async {
        guard set[path: "spec", "updateStrategy", "type"] != "OnDelete" else { return }
        let partition = set[path: "spec", "updateStrategy", "rollingUpdate", "partition"]?.integer ?? 0
        let old = pods.filter {
            $0[path: "metadata", "labels", "controller-revision-hash"]?.string != revision
                && (Self.ordinal($0) ?? 0) >= partition
        }
        guard let next = old.max(by: { (Self.ordinal($0) ?? 0) < (Self.ordinal($1) ?? 0) }), !next.isBeingDeleted
        else { return }
        await remove(next, of: set)
    }

    private func remove(_ pod: Value, of set: Value) async {
        do throws(APIError) {
            try await client.delete("pods", pod, as: Self.manager)
        } catch {
            // The next pass finds the pod again.
            return
        }
        await client.event(
            set, type: "Normal", reason: "SuccessfulDelete",
            message: "delete Pod \(pod.name) in StatefulSet \(set.name) successful", as: Self.manager)
    }

    private static func ordinal(_ pod: Value) -> Int? { pod.name.split(separator: "-").last.flatMap { Int($0) } }

    private func make(_ set: Value, _ ordinal: Int, _ revision: String) -> Value {
        let name = "\(set.name)-\(ordinal)"
        var pod = PodFactory.pod(of: set, template: set[path: "spec", "template"], name: name)
        for (key, value) in [
            ("statefulset.kubernetes.io/pod-name", name), ("apps.kubernetes.io/pod-index", String(ordinal)),
            ("controller-revision-hash", revision),
        ] {
            pod[Pointer(["metadata", "labels", key])] = .string(value)
        }
        pod[Pointer(["spec", "hostname"])] = .string(name)
        if let service = set[path: "spec", "serviceName"]?.string, !service.isEmpty {
            pod[Pointer(["spec", "subdomain"])] = .string(service)
        }
        var volumes = pod[path: "spec", "volumes"]?.array ?? []
        for claim in set[path: "spec", "volumeClaimTemplates"]?.array ?? [] {
            volumes.removeAll { $0["name"]?.string == claim.name }
            volumes.append([
                "name": .string(claim.name),
                "persistentVolumeClaim": ["claimName": .string("\(claim.name)-\(name)")],
            ])
        }
        if !volumes.isEmpty { pod[Pointer(["spec", "volumes"])] = .array(volumes) }
        return pod
    }

    private func claims(_ set: Value, _ ordinal: Int) async {
        for claim in set[path: "spec", "volumeClaimTemplates"]?.array ?? [] {
            let name = "\(claim.name)-\(set.name)-\(ordinal)"
            guard await client.get("persistentvolumeclaims", set.namespace, name) == nil else { continue }
            var object = claim
            object["status"] = nil
            object[Pointer(["metadata", "name"])] = .string(name)
            object[Pointer(["metadata", "namespace"])] = .string(set.namespace)
            object[Pointer(["metadata", "labels"])] = set[path: "spec", "selector", "matchLabels"]
            do throws(APIError) {
                _ = try await client.create("persistentvolumeclaims", object, as: Self.manager)
            } catch {
                // The pod waits for its claim, and the next pass tries again.
                continue
            }
            await client.event(
                set, type: "Normal", reason: "SuccessfulCreate",
                message:
                    "create Claim \(name) Pod \(set.name)-\(ordinal) in StatefulSet \(set.name) success",
                as: Self.manager)
        }
    }

    private func report(_ seen: Value, _ revision: String) async {
        guard let set = await client.get(Self.resource, seen.namespace, seen.name), set.uid == seen.uid else { return }
        let pods = await client.pods(of: set)
        let updated = pods.filter {
            $0[path: "metadata", "labels", "controller-revision-hash"]?.string == revision
        }
        let ready = pods.count(where: \.isReadyPod)
        let wait = set[path: "spec", "minReadySeconds"]?.integer ?? 0
        var status: Value = [
            "observedGeneration": seen[path: "metadata", "generation"] ?? 1, "replicas": .integer(pods.count),
            "availableReplicas": .integer(pods.count { ReplicaSetController.isAvailable($0, after: wait) }),
            "updateRevision": .string(revision), "collisionCount": 0,
        ]
        if ready > 0 { status["readyReplicas"] = .integer(ready) }
        if !updated.isEmpty { status["updatedReplicas"] = .integer(updated.count) }
        let isDone = updated.count == pods.count
        let current = isDone ? revision : set[path: "status", "currentRevision"]?.string ?? revision
        status["currentRevision"] = .string(current)
        let standing = pods.count {
            $0[path: "metadata", "labels", "controller-revision-hash"]?.string == current
        }
        if standing > 0 { status["currentReplicas"] = .integer(standing) }
        try? await client.setStatus(Self.resource, set, status, as: Self.manager)
    }
}
