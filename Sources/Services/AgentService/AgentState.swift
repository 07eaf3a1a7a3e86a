import Documents
import GitRepositories
import Kubernetes
import WaybillCore

/// What an agent must remember of its environment across restarts. It lives in the ledger under the agent's name.
struct AgentState: Equatable {
    /// The newest revision whose history was verified: the branch must never go behind it.
    var highWaterMark: ObjectID?
    /// The newest revision whose every application was accepted: its rules judge the next.
    var accepted: ObjectID?
    /// The revision that was applied completely.
    var applied: ObjectID?
    /// The revision whose deployment is recorded and signed.
    var recorded: ObjectID?
    /// The cluster that holds its objects, and the artifact that they were taken from last.
    var cluster: String?
    var artifact: ArtifactMark?
    /// Applications that have objects, also after they left the repository.
    var applications: [String] = []
    /// Objects that an earlier version of this program remembered here.
    var inventory: [ObjectKey] = []

    init() {}

    /// Throws `.corrupted` for a state that this program did not write: guessing could forget what was verified.
    init(_ value: Value?) throws(WaybillError) {
        guard let value, !value.isNull else { return }
        highWaterMark = try Self.revision(value["highWaterMark"])
        accepted = try Self.revision(value["accepted"])
        applied = try Self.revision(value["applied"])
        recorded = try Self.revision(value["recorded"])
        cluster = value["cluster"]?.string
        artifact = try ArtifactMark(value["artifact"])
        applications = (value["applications"]?.array ?? []).compactMap(\.string)
        for entry in value["inventory"]?.array ?? [] { inventory.append(try Self.key(entry)) }
    }

    var value: Value {
        [
            "highWaterMark": Value(highWaterMark?.hex), "accepted": Value(accepted?.hex),
            "applied": Value(applied?.hex), "recorded": Value(recorded?.hex),
            "applications": .array(applications.map(Value.string)),
            "inventory": .array(inventory.map(Self.value)), "cluster": Value(cluster),
            "artifact": artifact?.value ?? .null,
        ]
    }

    static func value(of key: ObjectKey) -> Value {
        [
            "apiVersion": .string(key.kind.apiVersion), "kind": .string(key.kind.kind),
            "namespace": .string(key.namespace), "name": .string(key.name),
        ]
    }

    static func key(_ entry: Value) throws(WaybillError) -> ObjectKey {
        guard let version = entry["apiVersion"]?.string, let kind = entry["kind"]?.string,
            let name = entry["name"]?.string
        else {
            throw Self.corrupted
        }
        return ObjectKey(
            kind: ObjectKind(apiVersion: version, kind: kind), namespace: entry["namespace"]?.string ?? "", name: name)
    }

    static func revision(_ value: Value?) throws(WaybillError) -> ObjectID? {
        guard let value, !value.isNull else { return nil }
        guard let id = value.string.flatMap({ ObjectID($0) }) else { throw corrupted }
        return id
    }

    static var corrupted: WaybillError {
        WaybillError(.corrupted, "the agent's state cannot be read", subject: "ledger state")
    }
}
