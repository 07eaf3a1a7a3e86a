public import Delivery
import Documents
public import GitRepositories
import Health
import Kubernetes
public import Ledger
public import WaybillCore

/// Keeps one environment as its repository says, and applies nothing that was not verified.
///
/// A round fetches, verifies what is new since the high-water mark, and makes every application of the environment as
/// the newest revision says that it may be; then it waits for health and records. Work is done only for applications
/// whose files, objects or orders changed. A round may be ended at any point: the next one, also of another process,
/// goes on from the state in the ledger. Going back happens by a new signed commit, so history only moves forward.
public actor AgentService {
    let settings: AgentSettings
    let doors: AgentDoors
    public nonisolated let counters = AgentCounters()
    /// The last round's outcome.
    public internal(set) var condition: AgentCondition?
    var records: [String: ApplicationRecord] = [:]
    /// What live objects were like when they were last seen.
    var live: [ObjectKey: LiveMark] = [:]
    /// Whose objects they are, for watches.
    var owners: [ObjectKey: String] = [:]
    /// What the environment says of kinds of its own.
    var healthRules: [CustomHealthRule] = []
    /// Kinds that a watch follows now: what it tells need not be listed.
    var followed: Set<ObjectKind> = []
    var trees: [ObjectID: RevisionTree] = [:]
    /// The files of artifacts that applications are rendered from, by digest.
    var artifacts: [Digest: ArtifactFiles] = [:]
    private var isRunning = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    var isPoked = false
    /// The interval is over, or a watch broke: the next round looks everywhere.
    var isDue = false
    /// What was last shown of the applications.
    var published = ""
    let triggers: AsyncStream<Void>
    let trigger: AsyncStream<Void>.Continuation

    public init(_ settings: AgentSettings, doors: AgentDoors) {
        self.settings = settings
        self.doors = doors
        (triggers, trigger) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How each application stood after the last round, by name.
    public var applications: [ApplicationCondition] {
        records.values.map(\.condition).sorted { $0.name.precedesByBytes($1.name) }
    }

    /// Asks for a round now, for instance after a push. Cheap; many pokes make one round.
    public func poke() {
        isPoked = true
        trigger.yield()
    }

    /// One round. Rounds never overlap; a failure is a condition, not an error.
    @discardableResult
    public func reconcile() async -> AgentCondition { await reconcile(Round()) }

    /// What a round is for.
    struct Round {
        /// Whether the repository is asked for news.
        var fetches = true
        /// Whether applications that failed wait for their time.
        var isPatient = false
        /// Whether objects are listed although a watch follows them.
        var lists = true
    }

    @discardableResult
    func reconcile(_ round: Round) async -> AgentCondition {
        await enter()
        defer { leave() }
        isPoked = false
        counters.add(\.rounds)
        let outcome: AgentCondition
        do throws(WaybillError) { outcome = try await carryOut(round) } catch {
            outcome = AgentCondition(
                .failed, revision: condition?.revision, head: condition?.head, message: error.description)
        }
        await announce(outcome)
        condition = outcome
        return outcome
    }

    /// The environment as the newest accepted revision declares it; nil before the first.
    public func acceptedEnvironment() async throws(WaybillError) -> EnvironmentEntry? {
        try await Self.accepted(settings.environment, in: doors.repository, ledger: doors.ledger)
    }

    /// The same for an agent that is not there yet.
    public static func accepted(
        _ name: String, in repository: any GitRepository, ledger: any Ledger
    ) async throws(WaybillError) -> EnvironmentEntry? {
        let state = try AgentState(await ledger.state(AgentSettings.stateName(of: name)))
        guard let revision = state.accepted ?? state.highWaterMark,
            let bytes = try await repository.read(EnvironmentsFile.path, at: revision)
        else { return nil }
        return try EnvironmentsFile(parsing: bytes).environment(named: name)
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

    private func carryOut(_ round: Round) async throws(WaybillError) -> AgentCondition {
        if round.fetches { try await doors.fetch() }
        guard let head = try await doors.repository.resolve(settings.branch) else {
            throw WaybillError(.notFound, "the branch is not there", subject: settings.branch)
        }
        var state = try AgentState(await doors.ledger.state(settings.stateName))
        let refusal = head == state.highWaterMark ? [] : try await judge(head, since: state.highWaterMark)
        guard refusal.isEmpty else { return await stay(refusal, head: head, &state, round) }
        if state.highWaterMark != head {
            // From now on the branch cannot go back behind this revision, whatever happens.
            state.highWaterMark = head
            try await save(state)
        }
        var condition = try await hold(head, &state, round)
        condition.head = head
        return condition
    }

    /// The last good revision is kept as it should be while the branch is refused.
    private func stay(
        _ refusal: [Finding], head: ObjectID, _ state: inout AgentState, _ round: Round
    ) async -> AgentCondition {
        var note = ""
        if let good = state.highWaterMark {
            do throws(WaybillError) { _ = try await hold(good, &state, round) } catch {
                note = "; and it could not be kept: \(error)"
            }
        }
        return AgentCondition(
            .refused, revision: state.applied, head: head,
            message: Self.stays(state.applied, refusal) + note, violations: refusal)
    }

    static func stays(_ revision: ObjectID?, _ refusal: [Finding]) -> String {
        "stays on last good revision\(revision.map { " \($0.short)" } ?? ": none"): \(refusal.first?.message ?? "")"
    }

    /// Why the history up to the branch's head is not accepted; empty when it is.
    private func judge(_ head: ObjectID, since mark: ObjectID?) async throws(WaybillError) -> [Finding] {
        if let mark {
            // A mark that is gone was thrown away by a rewrite as well.
            let isThere = try await doors.repository.object(mark) != nil
            guard isThere, try await doors.repository.isAncestor(mark, of: head) else {
                return [AgentRule.historyRewritten(mark, head)]
            }
        }
        return try await doors.revisionGuard.verify(from: mark, to: head).violations
    }

    /// The environment as a verified revision declares it; nil where none is, or where it does not.
    func environment(at revision: ObjectID?) async throws(WaybillError) -> EnvironmentEntry? {
        guard let revision, let bytes = try await doors.repository.read(EnvironmentsFile.path, at: revision) else {
            return nil
        }
        return try EnvironmentsFile(parsing: bytes).environment(named: settings.environment)
    }

    func tree(_ revision: ObjectID) async throws(WaybillError) -> RevisionTree {
        if let tree = trees[revision] { return tree }
        let tree = try await RevisionTree(doors.repository, at: revision)
        trees[revision] = tree
        return tree
    }

    func save(_ state: AgentState) async throws(WaybillError) {
        try await doors.ledger.setState(settings.stateName, to: state.value)
    }
}
