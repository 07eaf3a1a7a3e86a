import Documents

/// Lets deleted claims and volumes go once nobody uses them.
struct StorageProtectionController: Sendable {
    let client: ClusterClient

    func pass() async {
        let claims = await client.list("persistentvolumeclaims")
        for claim in claims where isHeld(claim, StorageProtection.claim) {
            let users = await client.list("pods", claim.namespace).filter { uses($0, claim.name) }
            if users.isEmpty { await release("persistentvolumeclaims", claim, StorageProtection.claim) }
        }
        for volume in await client.list("persistentvolumes") where isHeld(volume, StorageProtection.volume) {
            if volume[path: "status", "phase"] != "Bound" {
                await release("persistentvolumes", volume, StorageProtection.volume)
            }
        }
    }

    private func isHeld(_ object: Value, _ finalizer: Value) -> Bool {
        object.isBeingDeleted && object[path: "metadata", "finalizers"]?.array?.contains(finalizer) == true
    }

    private func uses(_ pod: Value, _ claim: String) -> Bool {
        let phase = pod[path: "status", "phase"]?.string
        guard phase != "Succeeded", phase != "Failed" else { return false }
        return (pod[path: "spec", "volumes"]?.array ?? []).contains { volume in
            volume[path: "persistentVolumeClaim", "claimName"]?.string == claim
                || volume["ephemeral"] != nil && "\(pod.name)-\(volume.named)" == claim
        }
    }

    private func release(_ resource: String, _ object: Value, _ finalizer: Value) async {
        let rest = (object[path: "metadata", "finalizers"]?.array ?? []).filter { $0 != finalizer }
        // Somebody was faster: the next pass sees what is there then.
        _ = try? await client.patch(
            resource, object, ["metadata": ["finalizers": rest.isEmpty ? .null : .array(rest)]],
            as: "storage-protection-controller")
    }
}
