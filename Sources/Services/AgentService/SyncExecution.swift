import Clusters
import Delivery
import Documents
import Health
import Kubernetes
import Ledger
import WaybillCore

/// Carries out a plan, stage by stage, until it is done, must wait, or something failed.
struct SyncExecution {
    struct Failure: Sendable {
        var key: ObjectKey
        var error: WaybillError
    }

    struct Waiting: Sendable {
        var name: String
        var health: ObjectHealth
    }

    let work: ApplicationWork
    let plan: SyncPlan
    var outcome: ApplicationWork.Outcome
    var failures: [Failure] = []
    var stored: [ObjectKey] = []
    var deleted: [ObjectKey] = []
    var waitsFor: Waiting?

    init(work: ApplicationWork, plan: SyncPlan, outcome: ApplicationWork.Outcome) {
        self.work = work
        self.plan = plan
        self.outcome = outcome
    }

    private var cluster: any Cluster { work.cluster }
    private var now: Int64 { work.doors.now().milliseconds / 1000 }

    mutating func run() async throws(WaybillError) {
        var isNamespaceThere = false
        for (index, stage) in plan.stages.enumerated() {
            // The others of the same wave go on; what comes later was to build upon it.
            let isSameWave =
                index > 0 && plan.stages[index - 1].wave == stage.wave && plan.stages[index - 1].phase == stage.phase
            let isPruning = stage.actions.contains { $0.word == "prune" }
            if !failures.isEmpty || !plan.rejected.isEmpty, isPruning || (index > 0 && !isSameWave) { break }
            guard await work.doors.mayWrite(work.application.name) else {
                throw WaybillError(.conflict, "another agent has taken over", subject: work.application.name)
            }
            guard try await isReady(stage) else { break }
            if !isNamespaceThere, !isPruning { try await makeNamespace() }
            isNamespaceThere = true
            for action in stage.actions { try await carryOut(action) }
            if waitsFor != nil { break }
        }
        outcome.isWaiting = waitsFor != nil
        if !failures.isEmpty { for hook in plan.failureHooks { try await carryOut(.hook(hook)) } }
    }

    private mutating func isReady(_ stage: SyncStage) async throws(WaybillError) -> Bool {
        for key in stage.requiredHooks where !outcome.state.hooks.contains(hookName(key)) {
            waitsFor = Waiting(name: "the hook \(key)", health: ObjectHealth(.progressing, "has not run yet"))
            return false
        }
        for key in stage.requires {
            let health: ObjectHealth
            if let mark = outcome.live[key] ?? nil, mark.health.isSettled { continue }
            work.counters.add(\.gets)
            if let live = try await cluster.get(key) {
                let mark = LiveMark(live, now: now, rules: work.environment.health)
                outcome.live[key] = .some(mark)
                health = mark.health
            } else {
                health = ObjectHealth(.missing, "is not there yet")
            }
            guard health.isSettled else {
                waitsFor = Waiting(name: key.description, health: health)
                return false
            }
        }
        return true
    }

    /// A refused object is a failure of its own; a door that fails ends the work.
    private mutating func carryOut(_ action: SyncAction) async throws(WaybillError) {
        do throws(WaybillError) {
            switch action {
            case .apply(let resource): try await apply(resource)
            case .replace(let resource):
                try await remove(resource.key)
                try await apply(resource)
            case .prune(let key):
                work.counters.add(\.deletes)
                try await cluster.delete(key)
                outcome.hasChanged = true
                outcome.live[key] = .some(nil)
                deleted.append(key)
            case .hook(let hook): try await run(hook)
            }
        } catch {
            switch error.code {
            case .invalidInput, .forbidden, .conflict, .failed, .notFound, .unsupported:
                failures.append(Failure(key: action.key, error: error))
            default: throw error
            }
        }
    }

    private mutating func apply(_ resource: Resource) async throws(WaybillError) {
        work.counters.add(\.applies)
        outcome.hasChanged = true
        let live = try await cluster.apply(
            resource, fieldManager: work.settings.fieldManager, force: true, dryRun: false)
        outcome.live[resource.key] = .some(LiveMark(live, now: now, rules: work.environment.health))
        stored.append(resource.key)
    }

    /// Deletes and waits until the finalizers are through, for a while.
    private mutating func remove(_ key: ObjectKey) async throws(WaybillError) {
        work.counters.add(\.deletes)
        outcome.hasChanged = true
        try await cluster.delete(key)
        var waited = Duration.zero
        while try await cluster.get(key) != nil {
            guard waited < work.settings.healthTimeout else {
                throw WaybillError(
                    .conflict, "is being deleted and waits for its finalizers", subject: key.description)
            }
            do { try await work.doors.clock.sleep(for: work.settings.healthInterval) } catch {
                throw WaybillError(.unavailable, "the agent ends", subject: key.description)
            }
            waited += work.settings.healthInterval
        }
    }

    // MARK: hooks

    static let hookMark = "waybill.dev/hook-of"

    private func hookName(_ key: ObjectKey) -> String {
        "\(key.kind.kind)/\(key.namespace)/\(key.name)@\(work.digest.suffix(16))"
    }

    /// A hook runs once for each content. That it has run is remembered before its object is thrown away.
    private mutating func run(_ hook: SyncHook) async throws(WaybillError) {
        let key = hook.resource.key, name = hookName(key)
        guard !outcome.state.hooks.contains(name) else { return }
        work.counters.add(\.gets)
        let live = try await cluster.get(key)
        let mark = String(work.digest.suffix(16))
        if let live, live.annotations[Self.hookMark] == mark {
            let health = ObjectHealth.assess(live, now: now, rules: work.environment.health)
            switch health.state {
            case .healthy, .suspended:
                outcome.state.hooks.append(name)
                try await work.save(outcome.state)
                if hook.deletePolicies.contains(.succeeded) { try await cluster.delete(key) }
            case .degraded:
                if hook.deletePolicies.contains(.failed) { try await cluster.delete(key) }
                throw WaybillError(.failed, "the hook failed: \(health.message)", subject: key.description)
            default: waitsFor = Waiting(name: "the hook \(key)", health: health)
            }
            return
        }
        if live != nil { try await remove(key) }
        var resource = hook.resource
        resource["metadata", "annotations", Self.hookMark] = .string(mark)
        try await apply(resource)
        stored.removeAll { $0 == key }
        let made = (outcome.live[key] ?? nil)?.health ?? ObjectHealth(.progressing, "has begun")
        if made.isSettled {
            outcome.state.hooks.append(name)
            try await work.save(outcome.state)
            if hook.deletePolicies.contains(.succeeded) { try await cluster.delete(key) }
        } else {
            waitsFor = Waiting(name: "the hook \(key)", health: made)
        }
    }

    /// The namespace is the application's container, not one of its objects: it is made and never pruned.
    private func makeNamespace() async throws(WaybillError) {
        let key = ObjectKey(
            kind: ObjectKind(group: "", version: "v1", kind: "Namespace"), namespace: "",
            name: work.application.namespace)
        let isNeeded = plan.stages.contains { stage in
            stage.actions.contains { $0.key.namespace == key.name && $0.word != "prune" }
        }
        guard isNeeded, !work.desired.resources.contains(where: { $0.key == key }), try await cluster.get(key) == nil
        else { return }
        let namespace = try Resource(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(key.name)]])
        try await cluster.apply(namespace, fieldManager: work.settings.fieldManager, force: false, dryRun: false)
    }
}
