public import Delivery
import WaybillCore

/// What one agent looks after and how patient it is.
public struct AgentSettings: Sendable {
    /// The branch that environments are taken from.
    public static let trunk = "refs/heads/main"

    /// The environment's name in the repository's `waybill.yaml`.
    public var environment: String
    /// The repository's name, as papers say it.
    public var repository: String
    /// The cluster that the doors lead to; nil for the one that the installation runs itself.
    public var cluster: String?
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
    /// How long an application waits after failures.
    public var backoff = Backoff()

    public init(
        environment: String, repository: String? = nil, branch: String = AgentSettings.trunk,
        fieldManager: String = "waybill-agent",
        actor: String = "agent", interval: Duration = .seconds(30), healthInterval: Duration = .milliseconds(500),
        healthTimeout: Duration = .seconds(120), watchRetry: Duration = .seconds(1)
    ) {
        self.environment = environment
        self.repository = repository ?? environment
        self.branch = branch
        self.fieldManager = fieldManager
        self.actor = actor
        self.interval = interval
        self.healthInterval = healthInterval
        self.healthTimeout = healthTimeout
        self.watchRetry = watchRetry
    }

    var subject: String { "environment:\(environment)" }
    var stateName: String { Self.stateName(of: environment) }

    /// Where the ledger keeps what an agent remembers.
    public static func stateName(of environment: String) -> String { "agent/\(environment)" }
    public static func stateName(of application: String, in environment: String) -> String {
        "agent/\(environment)/application/\(application)"
    }
    /// Where it shows how its applications stand.
    public static func conditionsName(of environment: String) -> String { "agent/\(environment)/conditions" }

    /// Bounds on what a revision may hold.
    static let filesMax = 20_000
    static let bytesMax = 64 << 20
    /// The most kinds that are watched.
    static let watchesMax = 64
    /// Applications that are worked on at the same time.
    static let worksMax = 16
    /// Applications of which the pods are asked why they are not healthy.
    static let causesMax = 10
    /// Applications beyond this number do not speak one by one in the audit trail.
    static let announcedMax = 50
}
