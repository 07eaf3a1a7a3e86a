import Delivery
public import Documents
public import GitRepositories
public import Kubernetes
public import WaybillCore

/// What an agent must remember of one application across restarts. It lives in the ledger.
public struct ApplicationState: Equatable, Sendable {
    /// An object that was, or may have been, applied.
    public struct Item: Hashable, Sendable {
        public var key: ObjectKey
        /// What was wanted of it, and what it was when it was last as wanted: neither needs to be looked at while both
        /// are the same.
        public var desired = ""
        public var live = ""
    }

    /// One entry of its history.
    public struct Sync: Hashable, Sendable {
        public var revision: ObjectID
        /// Of the rendered objects.
        public var digest: String
        public var milliseconds: Int64
        public var message: String
        /// Whether it became healthy, and passed what verifies it.
        public var isGood: Bool
    }

    /// The revision whose content it follows.
    public var accepted: ObjectID?
    /// The revision, and the digest of the rendered objects, that was applied completely.
    public var applied: ObjectID?
    public var digest = ""
    /// The digest whose deployment is recorded and signed.
    public var recorded = ""
    /// How it stood when it was recorded: a rollout that ends later is recorded again.
    public var recordedHealth = ""
    public var inventory: [Item] = []
    /// Hooks that have run, as `name@digest`.
    public var hooks: [String] = []
    public var failures = 0
    /// No attempt before this moment, after failures.
    public var retryAt: Int64 = 0
    /// Newest first.
    public var history: [Sync] = []
    /// A revision whose content failed here and is not applied again; another content lifts it.
    public var refusedDigest = ""

    public static let historyMax = 20

    public init() {}

    /// Throws `.corrupted` for a state that this program did not write: guessing could forget what is to be pruned.
    public init(_ value: Value?) throws(WaybillError) {
        guard let value, !value.isNull else { return }
        accepted = try AgentState.revision(value["accepted"])
        applied = try AgentState.revision(value["applied"])
        digest = value["digest"]?.string ?? ""
        recorded = value["recorded"]?.string ?? ""
        recordedHealth = value["recordedHealth"]?.string ?? ""
        refusedDigest = value["refusedDigest"]?.string ?? ""
        hooks = (value["hooks"]?.array ?? []).compactMap(\.string)
        failures = value["failures"]?.integer ?? 0
        retryAt = Int64(value["retryAt"]?.integer ?? 0)
        for entry in value["inventory"]?.array ?? [] {
            let key = try AgentState.key(entry)
            inventory.append(Item(key: key, desired: entry["desired"]?.string ?? "", live: entry["live"]?.string ?? ""))
        }
        for entry in value["history"]?.array ?? [] {
            guard let revision = try AgentState.revision(entry["revision"]) else { throw AgentState.corrupted }
            history.append(
                Sync(
                    revision: revision, digest: entry["digest"]?.string ?? "",
                    milliseconds: Int64(entry["time"]?.integer ?? 0), message: entry["message"]?.string ?? "",
                    isGood: entry["good"]?.bool ?? false))
        }
    }

    public var value: Value {
        [
            "accepted": Value(accepted?.hex), "applied": Value(applied?.hex), "digest": .string(digest),
            "recorded": .string(recorded), "recordedHealth": .string(recordedHealth),
            "refusedDigest": .string(refusedDigest),
            "hooks": .array(hooks.map(Value.string)), "failures": .integer(failures), "retryAt": .integer(Int(retryAt)),
            "inventory": .array(
                inventory.map { item in
                    var value = AgentState.value(of: item.key)
                    value["desired"] = .string(item.desired)
                    value["live"] = .string(item.live)
                    return value
                }),
            "history": .array(
                history.map {
                    [
                        "revision": .string($0.revision.hex), "digest": .string($0.digest),
                        "time": .integer(Int($0.milliseconds)), "message": .string($0.message),
                        "good": .bool($0.isGood),
                    ]
                }),
        ]
    }

    /// The same objects and these, each once.
    mutating func add(_ keys: [ObjectKey]) {
        let known = Set(inventory.map(\.key))
        inventory += keys.filter { !known.contains($0) }.map { Item(key: $0) }
        inventory.sort { $0.key < $1.key }
    }

    mutating func remember(_ sync: Sync) {
        history.removeAll { $0.revision == sync.revision && $0.digest == sync.digest }
        history.insert(sync, at: 0)
        if history.count > Self.historyMax { history.removeLast(history.count - Self.historyMax) }
    }
}
