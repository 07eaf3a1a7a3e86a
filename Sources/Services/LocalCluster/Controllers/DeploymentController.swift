import Documents
import Kubernetes

/// Rolls a deployment's template out through replica sets: new pods come up and become ready before old ones go.
struct DeploymentController: Sendable {
    let client: ClusterClient
    private static let manager = "deployment-controller"
    static let revision = "deployment.kubernetes.io/revision"
    static let hashLabel = "pod-template-hash"

    func reconcile(_ deployment: Value) async {
        guard !deployment.isBeingDeleted else { return }
        let sets = await client.list("replicasets.apps", deployment.namespace).filter {
            $0.controllerUID == deployment.uid
        }
        let current = sets.first { Self.template(of: $0) == deployment[path: "spec", "template"] }
        let isPaused = deployment[path: "spec", "paused"]?.bool == true
        if let current {
            await roll(deployment, current, sets.filter { $0.uid != current.uid }, isPaused)
        } else if isPaused {
            await scale(newest(sets), to: deployment[path: "spec", "replicas"]?.integer ?? 1)
        } else {
            await createSet(deployment, sets)
        }
        await DeploymentStatus(client: client, manager: Self.manager).report(deployment)
    }

    private func newest(_ sets: [Value]) -> Value? { sets.max { $0.revisionNumber < $1.revisionNumber } }

    /// The template that a replica set was made of: its own without the hash.
    static func template(of set: Value) -> Value? {
        guard var template = set[path: "spec", "template"] else { return nil }
        template[Pointer(["metadata", "labels", hashLabel])] = nil
        return template
    }

    /// Ten letters that depend on the template alone.
    static func hash(_ template: Value, collisions: Int) -> String {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in JSONWriter.bytes(template, style: .canonical) + Array("\(collisions)".utf8) {
            state = (state ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let letters = Array("bcdfghjklmnpqrstvwxz2456789")
        var text = ""
        for _ in 0..<10 {
            text.append(letters[Int(state % UInt64(letters.count))])
            state /= UInt64(letters.count)
        }
        return text
    }

    private func createSet(_ deployment: Value, _ sets: [Value]) async {
        guard var template = deployment[path: "spec", "template"] else { return }
        var collisions = 0
        var name: String
        var hash: String
        repeat {
            hash = Self.hash(template, collisions: collisions)
            name = "\(deployment.name)-\(hash)"
            collisions += 1
        } while sets.contains { $0.name == name }
        template[Pointer(["metadata", "labels", Self.hashLabel])] = .string(hash)
        var selector = deployment[path: "spec", "selector"] ?? [:]
        selector[Pointer(["matchLabels", Self.hashLabel])] = .string(hash)
        let revision = (sets.map(\.revisionNumber).max() ?? 0) + 1
        var annotations = deployment[path: "metadata", "annotations"] ?? [:]
        annotations["kubectl.kubernetes.io/last-applied-configuration"] = nil
        annotations[Self.revision] = .string(String(revision))
        let sizes = RollingUpdate(deployment)
        annotations["deployment.kubernetes.io/desired-replicas"] = .string(String(sizes.desired))
        annotations["deployment.kubernetes.io/max-replicas"] = .string(String(sizes.largest))
        let replicas = RollingUpdate(deployment).firstReplicas(others: sets)
        let set: Value = [
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": [
                "name": .string(name), "namespace": .string(deployment.namespace),
                "labels": template[path: "metadata", "labels"] ?? [:], "annotations": annotations,
                "ownerReferences": [.controllerReference(to: deployment)],
            ],
            "spec": [
                "replicas": .integer(replicas), "selector": selector, "template": template,
                "minReadySeconds": deployment[path: "spec", "minReadySeconds"] ?? .null,
            ],
        ]
        do throws(APIError) {
            try await client.create("replicasets.apps", set, as: Self.manager)
            await scaled(deployment, "Scaled up replica set \(name) from 0 to \(replicas)")
        } catch {
            await client.event(
                deployment, type: "Warning", reason: "ReplicaSetCreateError",
                message: "Failed to create new replica set \"\(name)\": \(error.message)", as: Self.manager)
        }
        await setRevision(deployment, revision)
    }

    private func roll(_ deployment: Value, _ current: Value, _ others: [Value], _ isPaused: Bool) async {
        // A template that returns brings its replica set back as the newest.
        let highest = others.map(\.revisionNumber).max() ?? 0
        var revision = current.revisionNumber
        if revision <= highest {
            revision = highest + 1
            _ = try? await client.patch(
                "replicasets.apps", current, ["metadata": ["annotations": [Self.revision: .string(String(revision))]]],
                as: Self.manager)
        }
        await setRevision(deployment, revision)
        await note(deployment, current)
        for (set, replicas) in RollingUpdate(deployment).plan(current: current, others: others, isPaused: isPaused) {
            let before = set[path: "spec", "replicas"]?.integer ?? 0
            await scale(set, to: replicas)
            await scaled(
                deployment,
                "Scaled \(replicas > before ? "up" : "down") replica set \(set.name) from \(before) to \(replicas)")
        }
        let limit = deployment[path: "spec", "revisionHistoryLimit"]?.integer ?? 10
        let old = others.filter {
            $0[path: "spec", "replicas"]?.integer == 0 && ($0[path: "status", "replicas"]?.integer ?? 0) == 0
        }
        .sorted { $0.revisionNumber < $1.revisionNumber }
        for set in old.prefix(max(0, old.count - limit)) {
            try? await client.delete("replicasets.apps", set, as: Self.manager)
        }
    }

    /// The replica set tells what its deployment wanted of it, and why.
    private func note(_ deployment: Value, _ set: Value) async {
        let sizes = RollingUpdate(deployment)
        var notes: Value = [
            "deployment.kubernetes.io/desired-replicas": .string(String(sizes.desired)),
            "deployment.kubernetes.io/max-replicas": .string(String(sizes.largest)),
        ]
        for member in deployment[path: "metadata", "annotations"]?.object ?? Object()
        where member.key != Self.revision && member.key != "kubectl.kubernetes.io/last-applied-configuration"
            && !member.key.hasPrefix("deployment.kubernetes.io/")
        {
            notes[member.key] = member.value
        }
        let present = set[path: "metadata", "annotations"]
        guard (notes.object ?? Object()).contains(where: { present?[$0.key] != $0.value }) else { return }
        _ = try? await client.patch("replicasets.apps", set, ["metadata": ["annotations": notes]], as: Self.manager)
    }

    private func setRevision(_ deployment: Value, _ revision: Int) async {
        guard deployment.revisionNumber != revision else { return }
        _ = try? await client.patch(
            "deployments.apps", deployment, ["metadata": ["annotations": [Self.revision: .string(String(revision))]]],
            as: Self.manager)
    }

    private func scale(_ set: Value?, to replicas: Int) async {
        guard let set, set[path: "spec", "replicas"]?.integer != replicas else { return }
        _ = try? await client.patch(
            "replicasets.apps", set, ["spec": ["replicas": .integer(replicas)]], as: Self.manager)
    }

    private func scaled(_ deployment: Value, _ message: String) async {
        await client.event(deployment, type: "Normal", reason: "ScalingReplicaSet", message: message, as: Self.manager)
    }
}

extension Value {
    var revisionNumber: Int {
        self[path: "metadata", "annotations", DeploymentController.revision]?.string.flatMap { Int($0) } ?? 0
    }
}
