import Documents

/// Claims and volumes stay as long as somebody uses them: a finalizer is given at their creation and taken when a
/// deleted one is free.
enum StorageProtection {
    static let claim: Value = "kubernetes.io/pvc-protection"
    static let volume: Value = "kubernetes.io/pv-protection"

    static func finalizer(of resource: String) -> Value? {
        switch resource {
        case "persistentvolumeclaims": claim
        case "persistentvolumes": volume
        default: nil
        }
    }

    static func protected(_ object: Value, _ resource: String) -> Value {
        guard let finalizer = finalizer(of: resource) else { return object }
        let given = object[path: "metadata", "finalizers"]?.array ?? []
        guard !given.contains(finalizer) else { return object }
        var object = object
        object[Pointer(["metadata", "finalizers"])] = .array(given + [finalizer])
        return object
    }
}
