import Documents
public import Kubernetes
public import WaybillCore

/// What must change for a cluster to match a repository.
public struct SyncPlan: Equatable, Sendable {
    /// A live object that left the repository and stays all the same.
    public struct Kept: Equatable, Sendable {
        public var key: ObjectKey
        public var reason: String
    }

    /// In the order of application.
    public private(set) var apply: [Resource] = []
    /// Desired and live already.
    public private(set) var unchanged: [ObjectKey] = []
    /// In the order of deletion: the reverse of application.
    public private(set) var prune: [ObjectKey] = []
    public private(set) var kept: [Kept] = []
    /// Objects that another environment owns: nothing may be applied while there are any.
    public private(set) var violations: [Finding] = []
    /// Which fields of existing objects will change.
    public private(set) var changes: [DriftReport] = []

    public var isEmpty: Bool { apply.isEmpty && prune.isEmpty }

    /// - Parameters:
    ///   - desired: what the repository renders to.
    ///   - predicted: what a dry run of the application answers; a missing answer means that the object must be applied.
    ///   - live: what the cluster holds of `desired` and of `inventory`.
    ///   - inventory: what this environment applied before.
    ///   - prunes: whether objects that left the repository leave the cluster.
    public init(
        desired: [Resource], predicted: [ObjectKey: Resource], live: [ObjectKey: Resource], inventory: [ObjectKey],
        environment: String, prunes: Bool
    ) {
        for resource in desired.sorted(by: { ApplyOrder.precedes($0.key, $1.key) }) {
            let key = resource.key
            guard let existing = live[key] else {
                apply.append(resource)
                continue
            }
            if let owner = existing.labels[Ownership.environmentLabel], !owner.hasSameBytes(as: environment) {
                violations.append(Self.foreign(key, owner: owner, environment: environment))
                continue
            }
            guard let predicted = predicted[key] else {
                apply.append(resource)
                continue
            }
            let report = DriftReport(object: key, desired: predicted, live: existing)
            if report.isEmpty {
                unchanged.append(key)
            } else {
                apply.append(resource)
                changes.append(report)
            }
        }
        // An object that only moved to another API version is the same object.
        let wanted = Set(desired.map { InventoryName($0.key) })
        for key in inventory.sorted(by: { ApplyOrder.precedes($1, $0) }) where !wanted.contains(InventoryName(key)) {
            guard let existing = live[key] else { continue }
            if desired.isEmpty {
                kept.append(Kept(key: key, reason: "the repository renders to nothing, which is more likely a mistake"))
            } else if !prunes {
                kept.append(Kept(key: key, reason: "the environment does not prune"))
            } else if let reason = Ownership.reasonToKeep(existing, in: environment) {
                kept.append(Kept(key: key, reason: reason))
            } else {
                prune.append(key)
            }
        }
    }

    private static func foreign(_ key: ObjectKey, owner: String, environment: String) -> Finding {
        Finding(
            rule: "WB-AGT-003", kind: .configuration, severity: .high,
            message: "\(key) belongs to the environment \(owner), not to \(environment)",
            place: Place(object: key.description, field: "metadata.labels[\"\(Ownership.environmentLabel)\"]"),
            remedy: "remove the object from one of the two environments")
    }
}

/// An object whatever version of its API it is named in.
struct InventoryName: Hashable {
    let group: String, kind: String, namespace: String, name: String

    init(_ key: ObjectKey) {
        (group, kind, namespace, name) = (key.kind.group, key.kind.kind, key.namespace, key.name)
    }
}
