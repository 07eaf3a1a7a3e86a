public import GitRepositories
public import WaybillCore

/// How an environment stands after a round.
public struct AgentCondition: Hashable, Sendable {
    public enum State: String, Sendable, CaseIterable {
        /// The cluster is as the branch says, and healthy.
        case synced
        /// Applied, on its way to health.
        case progressing
        /// Applied, and something will not get healthy without a change.
        case degraded
        /// The branch may not be applied; the environment stays on the last good revision.
        case refused
        /// Applied once, changed by hand since, and left so because the environment only reports.
        case drifted
        /// Somebody asked that nothing is changed.
        case suspended
        /// We could not find out, or not finish; the next round tries again.
        case failed

        /// How much a state weighs among those of many applications: the heaviest speaks for all.
        var weight: Int {
            switch self {
            case .synced: 0
            case .suspended: 1
            case .drifted: 2
            case .progressing: 3
            case .degraded: 4
            case .failed: 5
            case .refused: 6
            }
        }
    }

    public var state: State
    /// What the environment runs.
    public var revision: ObjectID?
    /// What the branch names.
    public var head: ObjectID?
    /// The artifact that its objects come from, where they come from one.
    public var artifact: Digest?
    /// One sentence for people.
    public var message: String
    /// Why it is refused.
    public var violations: [Finding]

    public init(
        _ state: State, revision: ObjectID?, head: ObjectID?, message: String, violations: [Finding] = []
    ) {
        self.state = state
        self.revision = revision
        self.head = head
        self.message = message
        self.violations = violations
    }
}
