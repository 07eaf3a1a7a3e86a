import Documents
import Kubernetes

/// What a pod gets of its runtime class, and why it may not have it.
enum RuntimeClassAdmission {
    struct Refusal: Error { var message: String }

    static func applied(to pod: Value, _ classes: [Value]) throws(Refusal) -> Value {
        guard let name = pod[path: "spec", "runtimeClassName"]?.string, !name.isEmpty else {
            if pod[path: "spec", "overhead"]?.object?.isEmpty == false {
                throw Refusal(
                    message: "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")
            }
            return pod
        }
        guard let found = classes.first(where: { $0.name == name }) else {
            throw Refusal(message: "pod rejected: RuntimeClass \"\(name)\" not found")
        }
        var pod = pod
        let overhead = found[path: "overhead", "podFixed"]
        if let given = pod[path: "spec", "overhead"], given.object?.isEmpty == false, given != overhead {
            throw Refusal(
                message: overhead == nil
                    ? "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
                    : "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
        }
        if let overhead { pod[Pointer(["spec", "overhead"])] = overhead }
        for label in (found[path: "scheduling", "nodeSelector"]?.object ?? Object()) {
            if let given = pod[path: "spec", "nodeSelector", label.key], given != label.value {
                let (wanted, own) = (label.value.string ?? "", given.string ?? "")
                throw Refusal(
                    message:
                        "conflict: runtimeClass.scheduling.nodeSelector[\(label.key)] = \(wanted); pod.spec.nodeSelector[\(label.key)] = \(own)"
                )
            }
            pod[Pointer(["spec", "nodeSelector", label.key])] = label.value
        }
        let given = pod[path: "spec", "tolerations"]?.array ?? []
        let added = (found[path: "scheduling", "tolerations"]?.array ?? []).filter { !given.contains($0) }
        if !added.isEmpty { pod[Pointer(["spec", "tolerations"])] = .array(given + added) }
        return pod
    }
}
