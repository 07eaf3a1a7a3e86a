import Documents
import Kubernetes
import KubernetesAPI

/// The admission that needs no configuration: limits, priorities, service accounts, quotas, pod security.
struct BuiltInAdmission: Sendable {
    let store: ObjectStore

    func list(_ resource: String, _ namespace: String?) async -> [Value] {
        await store.list(resource, namespace: namespace)
    }

    func mutate(_ review: Review) async throws(APIError) -> Value {
        var object = review.object ?? .null
        guard review.subresource == nil, review.operation == .create else { return object }
        switch review.type.qualifiedName {
        case "pods":
            object = LimitRules.defaulted(object, await list("limitranges", review.namespace))
            try await serviceAccount(&object, review)
            try await priority(&object, review)
            try await runtimeClass(&object, review)
            Self.tolerations(&object)
        case "persistentvolumeclaims":
            if object[path: "spec", "storageClassName"] == nil {
                let classes = await list("storageclasses.storage.k8s.io", nil).filter {
                    $0[path: "metadata", "annotations", "storageclass.kubernetes.io/is-default-class"] == "true"
                }
                if let name = classes.max(by: { $0.creation < $1.creation })?.name {
                    object[Pointer(["spec", "storageClassName"])] = .string(name)
                }
            }
            object = StorageProtection.protected(object, review.type.qualifiedName)
        case "persistentvolumes": object = StorageProtection.protected(object, review.type.qualifiedName)
        case "nodes": object = Self.notReady(object)
        case "ingresses.networking.k8s.io":
            if object[path: "spec", "ingressClassName"] == nil,
                let name = (await list("ingressclasses.networking.k8s.io", nil)).first(where: {
                    $0[path: "metadata", "annotations", "ingressclass.kubernetes.io/is-default-class"] == "true"
                })?.name
            {
                object[Pointer(["spec", "ingressClassName"])] = .string(name)
            }
        default: break
        }
        return object
    }

    private func serviceAccount(_ pod: inout Value, _ review: Review) async throws(APIError) {
        if pod[path: "spec", "serviceAccountName"]?.string?.isEmpty ?? true {
            pod[Pointer(["spec", "serviceAccountName"])] = "default"
        }
        let name = pod[path: "spec", "serviceAccountName"]?.string ?? "default"
        pod[Pointer(["spec", "serviceAccount"])] = .string(name)
        let account = await store.get(.init(resource: "serviceaccounts", namespace: review.namespace, name: name))
        // The controller gives a new namespace its default account a moment later.
        guard account != nil || name == "default" else {
            throw .forbidden(
                review.type, review.name,
                "error looking up service account \(review.namespace)/\(name): serviceaccount \"\(name)\" not found")
        }
        if pod[path: "spec", "imagePullSecrets"] == nil, let secrets = account?["imagePullSecrets"] {
            pod[Pointer(["spec", "imagePullSecrets"])] = secrets
        }
    }

    private func priority(_ pod: inout Value, _ review: Review) async throws(APIError) {
        let classes = await list("priorityclasses.scheduling.k8s.io", nil)
        var value = 0
        var preemption = "PreemptLowerPriority"
        let name = pod[path: "spec", "priorityClassName"]?.string ?? ""
        if !name.isEmpty {
            guard let found = classes.first(where: { $0.name == name }) else {
                throw .forbidden(review.type, review.name, "no PriorityClass with name \(name) was found")
            }
            value = found["value"]?.integer ?? 0
            preemption = found["preemptionPolicy"]?.string ?? preemption
        } else if let fallback = classes.first(where: { $0["globalDefault"]?.bool == true }) {
            pod[Pointer(["spec", "priorityClassName"])] = .string(fallback.name)
            value = fallback["value"]?.integer ?? 0
            preemption = fallback["preemptionPolicy"]?.string ?? preemption
        }
        if let given = pod[path: "spec", "priority"]?.integer, given != value {
            throw .forbidden(
                review.type, review.name,
                "the integer value of priority (\(given)) must not be provided in pod spec; priority admission controller computed \(value) from the given PriorityClass name"
            )
        }
        if let given = pod[path: "spec", "preemptionPolicy"]?.string, given != preemption {
            throw .forbidden(
                review.type, review.name,
                "the string value of PreemptionPolicy (\(given)) must not be provided in pod spec; priority admission controller computed \(preemption) from the given PriorityClass name"
            )
        }
        pod[Pointer(["spec", "priority"])] = .integer(value)
        pod[Pointer(["spec", "preemptionPolicy"])] = .string(preemption)
    }

    private func runtimeClass(_ pod: inout Value, _ review: Review) async throws(APIError) {
        do throws(RuntimeClassAdmission.Refusal) {
            pod = try RuntimeClassAdmission.applied(to: pod, await list("runtimeclasses.node.k8s.io", nil))
        } catch {
            throw .forbidden(review.type, review.name, error.message)
        }
    }

    /// A new node takes no pods until it is told to be ready.
    private static func notReady(_ node: Value) -> Value {
        guard node.condition("Ready")?["status"] != "True" else { return node }
        let taint: Value = ["key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"]
        let given = node[path: "spec", "taints"]?.array ?? []
        guard !given.contains(where: { $0["key"] == taint["key"] && $0["effect"] == taint["effect"] }) else {
            return node
        }
        var node = node
        node[Pointer(["spec", "taints"])] = .array(given + [taint])
        return node
    }

    /// Pods stay five minutes on a node that fails.
    private static func tolerations(_ pod: inout Value) {
        var tolerations = pod[path: "spec", "tolerations"]?.array ?? []
        for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
            let isTolerated = tolerations.contains { toleration in
                let named = toleration["key"]?.string ?? ""
                let effect = toleration["effect"]?.string ?? ""
                return (named == key || named.isEmpty && toleration["operator"] == "Exists")
                    && (effect.isEmpty || effect == "NoExecute")
            }
            guard !isTolerated else { continue }
            tolerations.append([
                "effect": "NoExecute", "key": .string(key), "operator": "Exists", "tolerationSeconds": 300,
            ])
        }
        pod[Pointer(["spec", "tolerations"])] = .array(tolerations)
    }

    func validate(_ review: Review, _ warnings: inout [String]) async throws(APIError) {
        guard review.subresource == nil || review.subresource == "ephemeralcontainers" else { return }
        if review.operation == .create, review.type.qualifiedName == "pods" {
            let problems = LimitRules.problems(
                of: review.object ?? .null, await list("limitranges", review.namespace))
            if !problems.isEmpty {
                let text = problems.count == 1 ? problems[0] : "[\(problems.joined(separator: ", "))]"
                throw .forbidden(review.type, review.name, text)
            }
        }
        try await podSecurity(review, &warnings)
    }

    /// Takes what the object uses from the namespace's quotas, and refuses what would go over.
    func charge(_ review: Review) async throws(APIError) {
        guard review.operation == .create, review.subresource == nil, review.type.isNamespaced,
            let object = review.object
        else { return }
        let quotas = await list("resourcequotas", review.namespace)
        guard !quotas.isEmpty else { return }
        for quota in quotas {
            if let problem = await QuotaRules(store: store).problem(of: object, review.type, quota) {
                throw .forbidden(review.type, review.name, problem)
            }
        }
    }
}

extension Value {
    var creation: String { self[path: "metadata", "creationTimestamp"]?.string ?? "" }
}
