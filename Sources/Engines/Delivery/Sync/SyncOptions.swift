public import Documents
public import Kubernetes
import WaybillCore

/// What a sync may do beyond applying.
public struct SyncOptions: Sendable {
    /// The application; nil where the environment is one.
    public var application: String?
    /// Names hooks that have no name of their own.
    public var revision: String
    public var pruneLimit: PruneLimit
    /// A person said that everything that left the repository may go.
    public var confirmsPruning: Bool
    /// The application left the repository as a whole: that it renders to nothing is no mistake.
    public var isRemoved = false
    /// The other application of the environment that declares an object; nil where none does.
    public var claimedBy: @Sendable (InventoryName) -> String?
    /// Objects that are known to be as they should be: nobody needs to look again.
    public var settled: Set<ObjectKey>
    /// Differences that are left alone.
    public var ignores: [IgnoreRule]
    /// Fields beyond those rules, by object.
    public var ignored: [ObjectKey: [Pointer]] = [:]
    /// Hooks run when a revision is applied, not when drift is put right.
    public var runsHooks: Bool

    public init(
        application: String? = nil, revision: String = "", pruneLimit: PruneLimit = .standard,
        confirmsPruning: Bool = false, claimedBy: @escaping @Sendable (InventoryName) -> String? = { _ in nil },
        settled: Set<ObjectKey> = [], ignores: [IgnoreRule] = [], runsHooks: Bool = false
    ) {
        self.application = application
        self.revision = revision
        self.pruneLimit = pruneLimit
        self.confirmsPruning = confirmsPruning
        self.claimedBy = claimedBy
        self.settled = settled
        self.ignores = ignores
        self.runsHooks = runsHooks
    }
}

/// Refusals that no patience cures, but a new object does.
enum ImmutableChange {
    private static let phrases = [
        "is immutable", "immutable field", "may not change once set",
        "updates to statefulset spec for fields other than",
        "cannot change roleRef", "field can not be changed", "may not be changed", "pod updates may not change fields",
    ]

    static func isOne(_ error: WaybillError) -> Bool {
        guard error.code == .invalidInput || error.code == .conflict || error.code == .forbidden else { return false }
        return phrases.contains { error.message.contains($0) }
    }
}
