public import Documents
public import Kubernetes
public import WaybillCore

/// What the agent does about changes that nobody committed.
public enum DriftMode: String, Hashable, Sendable, CaseIterable {
    /// Say it and leave it.
    case report
    /// Put it right.
    case heal
    /// Put it right, and let the API refuse it in the first place.
    case refuse
}

/// Judges a change of a live object that an environment owns: who may set which fields.
public struct HandEdit: Sendable {
    /// The field manager of agents.
    public var manager: String
    /// Users that may change anything: the agents themselves, and the cluster's own controllers.
    public var trustedUsers: [String]

    public init(manager: String, trustedUsers: [String] = []) {
        self.manager = manager
        self.trustedUsers = trustedUsers
    }

    /// Users of the control plane: garbage collection, replica counts of an autoscaler, the kubelet.
    private static let systemPrefixes = ["system:serviceaccount:kube-system:", "system:node:", "system:kube-"]

    /// - Parameters:
    ///   - old: the object as it is stored; nil when it is created, which takes nothing from anybody.
    ///   - new: as it would be stored; nil when it is deleted.
    ///   - user: who asks, and the field manager that they gave.
    public func judge(
        key: ObjectKey, old: Value?, new: Value?, user: String, fieldManager: String
    ) -> Verdict {
        var verdict = Verdict(gate: .admit, subject: key.description)
        guard let old, let owner = old["metadata"]?["labels"]?[Ownership.environmentLabel]?.string else {
            return verdict
        }
        let isTrusted =
            trustedUsers.contains { $0.hasSameBytes(as: user) }
            || Self.systemPrefixes.contains { user.hasPrefix($0) }
            || (trustedUsers.isEmpty && fieldManager.hasSameBytes(as: manager))
        guard !isTrusted else { return verdict }
        let fields = new.map { touched(old, $0) } ?? ["(deleted)"]
        guard !fields.isEmpty else { return verdict }
        let shown = fields.prefix(3).joined(separator: ", ") + (fields.count > 3 ? " and \(fields.count - 3) more" : "")
        verdict.violations.append(
            Finding(
                rule: "WB-AGT-005", kind: .policy, severity: .high,
                message: "\(key): \(shown) belongs to the environment \(owner), which refuses changes by hand",
                place: Place(object: key.description, field: fields.first),
                evidence: "asked by \(user)", remedy: "commit the change to the environment's repository"))
        return verdict
    }

    /// The owned fields that the change sets to something else.
    private func touched(_ old: Value, _ new: Value) -> [String] {
        let owned: [Pointer]
        do throws(WaybillError) {
            let managed = try ManagedFields(old["metadata"]?["managedFields"])
            owned = managed.entries.filter { $0.key.name.hasSameBytes(as: manager) && $0.key.subresource.isEmpty }
                .flatMap { OwnedFields.pointers($0.value.fields.fieldsV1, in: old) }
        } catch {
            // Whose fields they are cannot be read: everything is the environment's.
            return old["spec"] == new["spec"] && old["data"] == new["data"] ? [] : ["spec"]
        }
        return owned.filter { Self.find($0, in: old) != Self.find(paired($0, old, new), in: new) }.map(\.fieldPath)
            .sorted()
    }

    private static func find(_ pointer: Pointer?, in value: Value) -> Value? { pointer.flatMap { value[$0] } }

    /// The same place in the new object: elements of lists are found by their name where they have one.
    private func paired(_ pointer: Pointer, _ old: Value, _ new: Value) -> Pointer? {
        var result = Pointer(), place = Pointer()
        for token in pointer.tokens {
            if let elements = old[place]?.array, let index = Int(token), elements.indices.contains(index),
                let name = elements[index]["name"]?.string
            {
                guard let match = new[result]?.array?.firstIndex(where: { $0["name"]?.string == name }) else {
                    return nil
                }
                result = result.appending(match)
            } else {
                result = result.appending(token)
            }
            place = place.appending(token)
        }
        return result
    }
}
