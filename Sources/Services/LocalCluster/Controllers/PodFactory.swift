import Documents

/// Pods made of a workload's template.
enum PodFactory {
    static func pod(of owner: Value, template: Value?, name: String? = nil) -> Value {
        var pod: Value = ["apiVersion": "v1", "kind": "Pod"]
        pod["metadata"] = template?["metadata"] ?? [:]
        pod["spec"] = template?["spec"] ?? [:]
        if let name {
            pod[Pointer(["metadata", "name"])] = .string(name)
        } else {
            pod[Pointer(["metadata", "generateName"])] = .string("\(owner.name)-")
        }
        pod[Pointer(["metadata", "namespace"])] = .string(owner.namespace)
        pod[Pointer(["metadata", "ownerReferences"])] = [.controllerReference(to: owner)]
        return pod
    }

    /// Ten letters that depend on the template alone.
    static func hash(_ template: Value?) -> String { DeploymentController.hash(template ?? .null, collisions: 0) }
}

extension ClusterClient {
    /// The pods that an object controls.
    func pods(of owner: Value) async -> [Value] {
        await list("pods", owner.namespace).filter { $0.controllerUID == owner.uid }
    }

    /// Creates a pod and tells of it; false where it was refused.
    func createPod(_ pod: Value, for owner: Value, _ backOff: CreationBackOff, as manager: String) async -> Bool {
        guard await backOff.isOpen(owner.uid) else { return false }
        do throws(APIError) {
            let created = try await create("pods", pod, as: manager)
            await backOff.succeeded(owner.uid)
            let isSet = owner["kind"] == "StatefulSet"
            await event(
                owner, type: "Normal", reason: "SuccessfulCreate",
                message: isSet
                    ? "create Pod \(created.name) in StatefulSet \(owner.name) successful"
                    : "Created pod: \(created.name)", as: manager)
            return true
        } catch {
            guard error.reason != "AlreadyExists" else { return false }
            await backOff.failed(owner.uid)
            await event(
                owner, type: "Warning", reason: "FailedCreate", message: "Error creating: \(error.message)", as: manager
            )
            return false
        }
    }

    /// Keeps a template under a name of its own, so that it can be found again.
    func keepRevision(of owner: Value, _ template: Value?, as manager: String) async -> String {
        let hash = PodFactory.hash(template)
        let name = "\(owner.name)-\(hash)"
        let revisions = await list("controllerrevisions.apps", owner.namespace).filter { $0.controllerUID == owner.uid }
        if !revisions.contains(where: { $0.name == name }) {
            var labels = template?["metadata"]?["labels"] ?? [:]
            labels["controller-revision-hash"] = .string(hash)
            let number = (revisions.compactMap { $0["revision"]?.integer }.max() ?? 0) + 1
            let revision: Value = [
                "apiVersion": "apps/v1", "kind": "ControllerRevision",
                "metadata": [
                    "name": .string(name), "namespace": .string(owner.namespace), "labels": labels,
                    "ownerReferences": [.controllerReference(to: owner)],
                ],
                "data": ["spec": ["template": template ?? .null]], "revision": .integer(number),
            ]
            _ = try? await create("controllerrevisions.apps", revision, as: manager)
        }
        return name
    }
}
