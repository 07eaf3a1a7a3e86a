import WaybillCore

/// What one agent looks after and how patient it is.
public struct AgentSettings: Sendable {
    /// The branch that environments are taken from.
    public static let trunk = "refs/heads/main"

    /// The environment's name in the repository's `waybill.yaml`.
    public var environment: String
    /// The branch that is the desired state.
    public var branch: String
    public var fieldManager: String
    /// Who the events say acted.
    public var actor: String
    /// The longest time between two rounds when nothing calls for one.
    public var interval: Duration
    /// How often health is asked for after a change, and for how long.
    public var healthInterval: Duration
    public var healthTimeout: Duration
    /// Before a watch that ended is opened again.
    public var watchRetry: Duration

    public init(
        environment: String, branch: String = AgentSettings.trunk, fieldManager: String = "waybill-agent",
        actor: String = "agent", interval: Duration = .seconds(30), healthInterval: Duration = .milliseconds(500),
        healthTimeout: Duration = .seconds(120), watchRetry: Duration = .seconds(1)
    ) {
        self.environment = environment
        self.branch = branch
        self.fieldManager = fieldManager
        self.actor = actor
        self.interval = interval
        self.healthInterval = healthInterval
        self.healthTimeout = healthTimeout
        self.watchRetry = watchRetry
    }

    var subject: String { "environment:\(environment)" }
    var stateName: String { "agent/\(environment)" }

    /// Bounds on what a revision may hold.
    static let filesMax = 20_000
    static let bytesMax = 64 << 20
    /// The most kinds that are watched.
    static let watchesMax = 16
}
