import Documents
import GitRepositories
import Kubernetes
import WaybillCore

/// What an agent must remember across restarts. It lives in the ledger under the agent's name.
struct AgentState: Equatable {
    /// The newest revision that was verified: the branch must never go behind it.
    var highWaterMark: ObjectID?
    /// The revision that was applied completely.
    var applied: ObjectID?
    /// The revision whose deployment is recorded and signed.
    var recorded: ObjectID?
    /// Everything that was, or may have been, applied.
    var inventory: [ObjectKey] = []

    init() {}

    /// Throws `.corrupted` for a state that this program did not write: guessing could forget what was verified.
    init(_ value: Value?) throws(WaybillError) {
        guard let value, !value.isNull else { return }
        highWaterMark = try Self.revision(value["highWaterMark"])
        applied = try Self.revision(value["applied"])
        recorded = try Self.revision(value["recorded"])
        for entry in value["inventory"]?.array ?? [] {
            guard let version = entry["apiVersion"]?.string, let kind = entry["kind"]?.string,
                let name = entry["name"]?.string
            else {
                throw Self.corrupted
            }
            inventory.append(
                ObjectKey(
                    kind: ObjectKind(apiVersion: version, kind: kind), namespace: entry["namespace"]?.string ?? "",
                    name: name))
        }
    }

    var value: Value {
        [
            "highWaterMark": Value(highWaterMark?.hex), "applied": Value(applied?.hex),
            "recorded": Value(recorded?.hex),
            "inventory": .array(
                inventory.map {
                    [
                        "apiVersion": .string($0.kind.apiVersion), "kind": .string($0.kind.kind),
                        "namespace": .string($0.namespace), "name": .string($0.name),
                    ]
                }),
        ]
    }

    private static func revision(_ value: Value?) throws(WaybillError) -> ObjectID? {
        guard let value, !value.isNull else { return nil }
        guard let id = value.string.flatMap({ ObjectID($0) }) else { throw corrupted }
        return id
    }

    private static var corrupted: WaybillError {
        WaybillError(.corrupted, "the agent's state cannot be read", subject: "ledger state")
    }

    /// The same objects and these, each once.
    mutating func add(_ keys: [ObjectKey]) {
        inventory = Array(Set(inventory).union(keys)).sorted()
    }
}
