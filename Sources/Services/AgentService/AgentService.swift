public import Delivery
import Documents
import GitRepositories
import Kubernetes
import Ledger
public import WaybillCore

/// Keeps one environment as its repository says, and applies nothing that was not verified.
///
/// A round fetches, verifies what is new since the high-water mark, renders, compares, applies, waits for health and
/// records. It may be ended at any point: the next round, also of another process, goes on from the state in the
/// ledger. Going back happens by a new signed commit, so history only moves forward.
public actor AgentService {
    let settings: AgentSettings
    let doors: AgentDoors
    /// The last round's outcome.
    public private(set) var condition: AgentCondition?
    private var rendering: (revision: ObjectID, value: RevisionReader.Rendering)?
    private var isRunning = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// What each object's version was when a round last saw it, to tell foreign changes from our own.
    var seen: [ObjectKey: String] = [:]
    var isPoked = false
    let triggers: AsyncStream<Void>
    let trigger: AsyncStream<Void>.Continuation

    public init(_ settings: AgentSettings, doors: AgentDoors) {
        self.settings = settings
        self.doors = doors
        (triggers, trigger) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Asks for a round now, for instance after a push. Cheap; many pokes make one round.
    public func poke() {
        isPoked = true
        trigger.yield()
    }

    /// One round. Rounds never overlap; a failure is a condition, not an error.
    @discardableResult
    public func reconcile() async -> AgentCondition {
        await enter()
        defer { leave() }
        isPoked = false
        let outcome: AgentCondition
        do throws(WaybillError) { outcome = try await round() } catch {
            outcome = AgentCondition(
                .failed, revision: condition?.revision, head: condition?.head, message: error.description)
        }
        await announce(outcome)
        condition = outcome
        return outcome
    }

    /// The environment as the newest accepted revision declares it; nil before the first.
    public func acceptedEnvironment() async throws(WaybillError) -> EnvironmentEntry? {
        try await environment(at: try AgentState(await doors.ledger.state(settings.stateName)).highWaterMark)
    }

    private func enter() async {
        if isRunning {
            await withCheckedContinuation { waiting.append($0) }
        } else {
            isRunning = true
        }
    }

    private func leave() {
        if waiting.isEmpty { isRunning = false } else { waiting.removeFirst().resume() }
    }

    private func round() async throws(WaybillError) -> AgentCondition {
        try await doors.fetch()
        guard let head = try await doors.repository.resolve(settings.branch) else {
            throw WaybillError(.notFound, "the branch is not there", subject: settings.branch)
        }
        var state = try AgentState(await doors.ledger.state(settings.stateName))
        let refusal = head == state.highWaterMark ? [] : try await judge(head, since: state.highWaterMark)
        guard refusal.isEmpty else {
            return await stay(refusal, head: head, &state)
        }
        var condition = try await hold(head, &state)
        condition.head = head
        return condition
    }

    /// The last good revision is kept as it should be while the branch is refused.
    private func stay(_ refusal: [Finding], head: ObjectID, _ state: inout AgentState) async -> AgentCondition {
        var note = ""
        if let good = state.highWaterMark {
            do throws(WaybillError) { _ = try await hold(good, &state) } catch {
                note = "; and it could not be kept: \(error)"
            }
        }
        let revision = state.applied.map { " \($0.short)" } ?? ": none"
        return AgentCondition(
            .refused, revision: state.applied, head: head,
            message: "stays on last good revision\(revision): \(refusal[0].message)\(note)", violations: refusal)
    }

    /// Why the branch's head may not be applied; empty when it may.
    private func judge(_ head: ObjectID, since mark: ObjectID?) async throws(WaybillError) -> [Finding] {
        if let mark {
            // A mark that is gone was thrown away by a rewrite as well.
            let isThere = try await doors.repository.object(mark) != nil
            guard isThere, try await doors.repository.isAncestor(mark, of: head) else {
                return [AgentRule.historyRewritten(mark, head)]
            }
        }
        let verdict = try await doors.revisionGuard.verify(from: mark, to: head)
        guard verdict.isAllowed else { return verdict.violations }
        let candidate: RevisionReader.Rendering
        do throws(WaybillError) { candidate = try await render(head) } catch {
            // What the revision holds is its own fault; a door that failed is not.
            guard [.invalidInput, .notFound, .unsupported, .conflict, .forbidden, .limitExceeded].contains(error.code)
            else { throw error }
            return [AgentRule.notRendered(head, error)]
        }
        guard candidate.desired.violations.isEmpty else { return candidate.desired.violations }
        let digests = candidate.desired.imageDigests
        guard !digests.isEmpty else { return [] }
        // The last good revision says which papers are asked, so that a revision cannot excuse itself.
        let entry = try await environment(at: mark) ?? candidate.environment
        return try await doors.papersFor(digests, entry).violations
    }

    /// The environment as a verified revision declares it; nil where none is, or where it does not.
    private func environment(at revision: ObjectID?) async throws(WaybillError) -> EnvironmentEntry? {
        guard let revision, let bytes = try await doors.repository.read(EnvironmentsFile.path, at: revision) else {
            return nil
        }
        return try EnvironmentsFile(parsing: bytes).environment(named: settings.environment)
    }

    private func render(_ revision: ObjectID) async throws(WaybillError) -> RevisionReader.Rendering {
        if let rendering, rendering.revision == revision { return rendering.value }
        let value = try await RevisionReader(doors: doors, settings: settings).render(revision)
        rendering = (revision, value)
        return value
    }

    /// Makes and keeps the cluster as a verified revision says.
    private func hold(_ revision: ObjectID, _ state: inout AgentState) async throws(WaybillError) -> AgentCondition {
        let rendering = try await render(revision)
        let sync = ClusterSync(doors: doors, settings: settings, rendering: rendering)
        let (plan, live) = try await sync.plan(inventory: state.inventory)
        guard plan.violations.isEmpty else {
            return AgentCondition(
                .refused, revision: state.applied, head: revision, message: plan.violations[0].message,
                violations: plan.violations)
        }
        let isDrift = state.applied == revision
        var objects = live
        if !plan.isEmpty || !isDrift {
            if isDrift { try await report("drift.found", plan, revision) }
            // Remembered before the first object changes: whatever happens now, the branch cannot go back behind this
            // revision and every object it brings will be found again.
            let before = state
            state.highWaterMark = revision
            state.add(rendering.desired.resources.map(\.key))
            if state != before { try await save(state) }
            if !isDrift { await doors.revisionAccepted(rendering.environment) }
            for (key, resource) in try await sync.carryOut(plan) { objects[key] = resource }
            if isDrift { try await report("drift.corrected", plan, revision) }
            state.applied = revision
            state.inventory = (rendering.desired.resources.map(\.key) + plan.kept.map(\.key)).sorted()
            try await save(state)
        }
        seen = objects.mapValues(Self.version)
        let changed = !plan.isEmpty || state.recorded != revision
        let health = try await waitForHealth(of: rendering.desired, patiently: changed)
        if state.recorded != revision {
            try await DeploymentRecords(doors: doors, settings: settings).record(rendering, revision, health)
            state.recorded = revision
            try await save(state)
        }
        return AgentCondition(health.state, revision: revision, head: revision, message: health.message)
    }

    private func save(_ state: AgentState) async throws(WaybillError) {
        try await doors.ledger.setState(settings.stateName, to: state.value)
    }

    /// What changes when somebody changes the object's specification.
    static func version(of resource: Resource) -> String {
        resource.generation.map { "generation \($0)" } ?? resource.resourceVersion ?? ""
    }
}
