import Clusters
import Delivery
import Documents
import GitRepositories
import Health
import Kubernetes
import Ledger
import WaybillCore

/// One application made as one revision says: look, plan, change, remember. It can be ended at any point and begun
/// again; what it has to remember is in the ledger before the cluster changes.
struct ApplicationWork: Sendable {
    let doors: AgentDoors
    let settings: AgentSettings
    let counters: AgentCounters
    let environment: EnvironmentEntry
    let application: ApplicationEntry
    let cluster: any Cluster
    /// What is to be held.
    let revision: ObjectID
    let desired: DesiredState
    var order = AgentOrders.Order()
    /// A person asked for this sync.
    var isForced = false
    var isRemoved = false
    /// How it stood before: what was said is not said again.
    var before: ApplicationCondition?
    /// What rules in Rego say about drift; nil where there are none.
    var driftPolicy: DriftPolicy?
    var claimedBy: @Sendable (InventoryName) -> String? = { _ in nil }

    struct Outcome: Sendable {
        var state: ApplicationState
        var condition: ApplicationCondition
        /// What was learned of live objects; nil for those that are not there.
        var live: [ObjectKey: LiveMark?] = [:]
        /// Something must get healthy before the next stage.
        var isWaiting = false
        /// The cluster was changed.
        var hasChanged = false
        /// Objects were refused.
        var isStuck = false
        var error: WaybillError?
    }

    var digest: String { desired.digest.description }

    /// Never throws: a failure is a condition, and what was learned until then is kept.
    func run(_ state: ApplicationState, live: [ObjectKey: LiveMark]) async -> Outcome {
        var outcome = Outcome(
            state: state,
            condition: ApplicationCondition(
                name: application.name, state: .failed, revision: state.applied, message: "",
                objects: desired.resources.count))
        do throws(WaybillError) {
            try await sync(&outcome, live)
            if outcome.error == nil { outcome.state.failures = 0 }
        } catch {
            outcome.error = error
            outcome.condition.state = .failed
            outcome.condition.message = error.description
        }
        if outcome.error != nil {
            counters.add(\.failures)
            outcome.state.failures += 1
            let wait = settings.backoff.delay(after: outcome.state.failures, of: application.name)
            outcome.state.retryAt = doors.now().milliseconds + Int64(wait / .milliseconds(1))
        } else {
            outcome.state.retryAt = 0
        }
        return outcome
    }

    private func sync(_ outcome: inout Outcome, _ known: [ObjectKey: LiveMark]) async throws(WaybillError) {
        counters.add(\.syncs)
        let isDrift = outcome.state.digest == digest
        let reading = try await look(outcome.state, known)
        for (key, resource) in reading.live {
            outcome.live[key] = .some(
                LiveMark(
                    resource, now: doors.now().milliseconds / 1000, rules: environment.health))
        }
        for key in reading.missing { outcome.live[key] = .some(nil) }
        let plan = try plan(reading, outcome.state, isDrift: isDrift)
        outcome.condition.notes = plan.kept.map { "\($0.key) stays: \($0.reason)" }
        guard plan.violations.isEmpty else {
            outcome.condition.state = .refused
            outcome.condition.violations = plan.violations
            outcome.condition.message = plan.violations[0].message
            return
        }
        let isIdle = plan.isEmpty && plan.stages.isEmpty
        if let suspended = order.suspended, !isForced {
            let count = plan.apply.count + plan.prune.count
            outcome.condition.state = .suspended
            outcome.condition.message =
                "suspended: \(suspended)" + (count > 0 ? "; \(count) objects are not as the repository says" : "")
            return
        }
        if isDrift, !plan.isEmpty {
            let isReported = application.drift == .report && !isForced
            if isReported {
                outcome.condition.state = .drifted
                outcome.condition.notes += plan.changes.map { "\($0.object) differs in \($0.summary)" }
            }
            if !isReported || before?.state != .drifted || before?.notes != outcome.condition.notes {
                try await DriftEvents(doors: doors, settings: settings).record("drift.found", plan, revision)
            }
            if isReported {
                outcome.condition.message =
                    "\(plan.apply.count + plan.prune.count) objects are not as the repository says, and are left so"
                return
            }
        }
        if !isIdle || !isDrift {
            // Remembered before the first object changes: every object that it brings will be found again.
            let before = outcome.state
            outcome.state.accepted = revision
            outcome.state.add(plan.apply.map(\.key) + plan.unchanged)
            if outcome.state != before { try await save(outcome.state) }
        }
        var execution = SyncExecution(work: self, plan: plan, outcome: outcome)
        defer { outcome = execution.outcome }
        try await execution.run()
        let isDone = execution.failures.isEmpty && plan.rejected.isEmpty && !execution.outcome.isWaiting
        remember(plan, execution, &execution.outcome.state, isDone: isDone)
        if execution.outcome.state != outcome.state { try await save(execution.outcome.state) }
        if isDrift, execution.outcome.hasChanged {
            try await DriftEvents(doors: doors, settings: settings).record("drift.corrected", plan, revision)
        }
        if isDone { execution.outcome.condition.revision = revision }
        explain(plan, execution, &execution.outcome)
    }

    private func remember(
        _ plan: SyncPlan, _ execution: SyncExecution, _ state: inout ApplicationState, isDone: Bool
    ) {
        var items = Dictionary(state.inventory.map { ($0.key, $0) }) { first, _ in first }
        let wanted = Dictionary(desired.resources.map { ($0.key, Self.hash($0)) }) { first, _ in first }
        for key in plan.unchanged + execution.stored {
            guard let mark = execution.outcome.live[key] ?? nil else { continue }
            items[key] = .init(key: key, desired: wanted[key] ?? "", live: mark.version)
        }
        for key in execution.deleted { items[key] = nil }
        for kept in plan.kept where !kept.isOurs { items[kept.key] = nil }
        // What is neither wanted nor there any more needs no place.
        for key in items.keys where wanted[key] == nil {
            if case .some(nil) = execution.outcome.live[key] { items[key] = nil }
        }
        state.inventory = items.values.sorted { $0.key < $1.key }
        guard isDone else { return }
        if state.digest != digest { state.since = doors.now().milliseconds }
        state.applied = revision
        state.digest = digest
        state.hooks.removeAll { !$0.hasSuffix("@\(digest.suffix(16))") }
    }

    private func explain(_ plan: SyncPlan, _ execution: SyncExecution, _ outcome: inout Outcome) {
        let total = desired.resources.count
        if let failure = execution.failures.first {
            outcome.error = failure.error
            outcome.condition.state = .failed
            outcome.condition.message =
                "\(execution.failures.count) of \(total) objects could not be applied: \(failure.key): \(failure.error.message)"
        } else if let rejected = plan.rejected.first {
            outcome.isStuck = true
            outcome.condition.state = .degraded
            outcome.condition.message =
                "\(plan.rejected.count) of \(total) objects were refused: \(rejected.key): \(rejected.reason)"
                + (rejected.remedy.map { "; \($0)" } ?? "")
        } else if let waiting = execution.waitsFor {
            outcome.condition.state = waiting.health.state == .degraded ? .degraded : .progressing
            outcome.condition.message = "waits for \(waiting.name), which \(waiting.health.message)"
        } else {
            outcome.condition.state = .synced
            outcome.condition.message = "\(total) objects as the repository says"
        }
    }

    func save(_ state: ApplicationState) async throws(WaybillError) {
        try await doors.ledger.setState(
            AgentSettings.stateName(of: application.name, in: settings.environment), to: state.value)
    }

    /// Stands for what is wanted of an object, in every process.
    static func hash(_ resource: Resource) -> String {
        String(Digest.sha256(of: JSONWriter.bytes(resource.value, style: .canonical)).hex.prefix(15))
    }
}
