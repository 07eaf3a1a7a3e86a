import Documents
import Health
public import Kubernetes
public import WaybillCore

/// What must change for a cluster to match a repository: data, to be printed, tested and shown before anything happens.
public struct SyncPlan: Equatable, Sendable {
    /// A live object that left the repository and stays all the same.
    public struct Kept: Equatable, Sendable {
        public var key: ObjectKey
        public var reason: String
        /// Whether it still belongs here, and is to be remembered.
        public var isOurs = true
    }

    /// A desired object that cannot be applied as it is; the others go on without it.
    public struct Rejected: Equatable, Sendable {
        public var key: ObjectKey
        public var reason: String
        public var remedy: String?
    }

    /// In the order of application.
    public private(set) var apply: [Resource] = []
    /// Those among `apply` that must be made anew.
    public private(set) var replaced: Set<ObjectKey> = []
    /// Desired and live already.
    public private(set) var unchanged: [ObjectKey] = []
    /// In the order of deletion: the reverse of application.
    public private(set) var prune: [ObjectKey] = []
    public private(set) var kept: [Kept] = []
    public private(set) var rejected: [Rejected] = []
    /// Objects that another environment or application owns: nothing may be applied while there are any.
    public private(set) var violations: [Finding] = []
    /// Which fields of existing objects will change.
    public private(set) var changes: [DriftReport] = []
    /// The same as stages: what is done together, and what must be healthy in between.
    public private(set) var stages: [SyncStage] = []
    /// Run when a stage failed.
    public private(set) var failureHooks: [SyncHook] = []

    public var isEmpty: Bool { apply.isEmpty && prune.isEmpty }

    /// - Parameters:
    ///   - desired: what the repository renders to.
    ///   - predicted: what a dry run of the application answers; a missing answer means that the object must be applied.
    ///   - refused: what the dry run of an object was refused with.
    ///   - live: what the cluster holds of `desired` and of `inventory`.
    ///   - inventory: what this environment applied before.
    ///   - environment: whose objects these are.
    ///   - prunes: whether objects that left the repository leave the cluster.
    ///   - options: everything else.
    public init(
        desired: [Resource], predicted: [ObjectKey: Resource], refused: [ObjectKey: WaybillError] = [:],
        live: [ObjectKey: Resource], inventory: [ObjectKey], environment: String, prunes: Bool,
        options: SyncOptions = SyncOptions()
    ) {
        var marks: [ObjectKey: SyncMarks] = [:]
        var hooks: [SyncHook] = []
        var kept: [Resource] = []
        for resource in desired {
            let mark = SyncMarks(resource)
            marks[resource.key] = mark
            if mark.hooks.isEmpty { kept.append(resource) }
            for phase in mark.hooks.sorted() where phase != .skipped {
                hooks.append(SyncHook(resource, phase: phase, marks: mark, revision: options.revision))
            }
        }
        for resource in kept.sorted(by: { ApplyOrder.precedes($0.key, $1.key) }) {
            compare(
                resource, marks[resource.key] ?? SyncMarks(resource), predicted: predicted[resource.key],
                refusal: refused[resource.key], live: live[resource.key], environment: environment, options: options)
        }
        let wanted = Set(kept.map { InventoryName($0.key) })
        choosePruned(
            inventory.filter { !wanted.contains(InventoryName($0)) }, isEmpty: kept.isEmpty, live: live,
            total: inventory.count, environment: environment, prunes: prunes, options: options)
        guard violations.isEmpty else { return }
        let runsHooks = options.runsHooks && rejected.isEmpty
        failureHooks = runsHooks ? hooks.filter { $0.phase == .syncFail } : []
        stages = Self.stages(
            Parts(
                apply: apply, replaced: replaced, prune: prune, desired: kept, live: live, marks: marks,
                hooks: runsHooks ? hooks : []))
    }

    private mutating func compare(
        _ resource: Resource, _ mark: SyncMarks, predicted: Resource?, refusal: WaybillError?, live: Resource?,
        environment: String, options: SyncOptions
    ) {
        let key = resource.key
        for text in mark.misspelt {
            rejected.append(Rejected(key: key, reason: text, remedy: "correct the annotation"))
        }
        guard mark.misspelt.isEmpty else { return }
        guard !options.settled.contains(key) else {
            unchanged.append(key)
            return
        }
        guard let live else {
            if let refusal { reject(key, refusal) } else { apply.append(resource) }
            return
        }
        if let finding = Ownership.violation(key, live, environment: environment, options: options) {
            violations.append(finding)
            return
        }
        var ignored = IgnoreRule.pointers(options.ignores, for: live)
        ignored.pointers += options.ignored[live.key] ?? []
        if let refusal {
            if ImmutableChange.isOne(refusal) {
                replace(resource, mark, refusal)
            } else {
                reject(key, refusal)
            }
            return
        }
        guard let predicted else {
            apply.append(resource)
            return
        }
        let report = DriftReport(object: key, desired: ignored.adopting(live, into: predicted), live: live)
        if report.isEmpty {
            unchanged.append(key)
        } else {
            apply.append(ignored.removed(from: resource))
            changes.append(report)
        }
    }

    private mutating func reject(_ key: ObjectKey, _ refusal: WaybillError) {
        rejected.append(Rejected(key: key, reason: refusal.message, remedy: refusal.remedy))
    }

    private mutating func replace(_ resource: Resource, _ mark: SyncMarks, _ refusal: WaybillError) {
        let key = resource.key
        let isPrecious = Ownership.protectedKinds.contains(key.kind.kind)
        guard mark.allowsReplacement, !isPrecious || mark.insistsOnReplacement else {
            rejected.append(
                Rejected(
                    key: key, reason: refusal.message,
                    remedy:
                        "the change needs the object to be deleted and made anew; allow that with the annotation \(SyncMarks.replaceAnnotation)=enabled"
                        + (isPrecious ? " (what is in it goes with it)" : "")))
            return
        }
        apply.append(resource)
        replaced.insert(key)
        changes.append(DriftReport(object: key, replacing: refusal.message))
    }

    private mutating func choosePruned(
        _ gone: [ObjectKey], isEmpty: Bool, live: [ObjectKey: Resource], total: Int, environment: String, prunes: Bool,
        options: SyncOptions
    ) {
        var candidates: [ObjectKey] = []
        for key in gone.sorted(by: { ApplyOrder.precedes($1, $0) }) {
            guard let existing = live[key] else { continue }
            if isEmpty, !options.confirmsPruning, !options.isRemoved {
                keep(key, "the repository renders to nothing, which is more likely a mistake")
            } else if let owner = options.claimedBy(InventoryName(key)) {
                kept.append(Kept(key: key, reason: "the application \(owner) has it now", isOurs: false))
            } else if !prunes {
                keep(key, "the environment does not prune")
            } else if let reason = Ownership.reasonToKeep(existing, in: environment, options: options) {
                keep(key, reason)
            } else {
                candidates.append(key)
            }
        }
        guard options.confirmsPruning || options.pruneLimit.allows(candidates.count, of: total) else {
            for key in candidates {
                keep(
                    key,
                    "\(candidates.count) of \(total) objects would vanish at once, the limit is \(options.pruneLimit): confirm with waybill app sync --prune"
                )
            }
            return
        }
        prune = candidates
    }

    private mutating func keep(_ key: ObjectKey, _ reason: String) { kept.append(Kept(key: key, reason: reason)) }
}

/// An object whatever version of its API it is named in.
public struct InventoryName: Hashable, Sendable {
    let group: String, kind: String, namespace: String, name: String

    public init(_ key: ObjectKey) {
        (group, kind, namespace, name) = (key.kind.group, key.kind.kind, key.namespace, key.name)
    }
}
