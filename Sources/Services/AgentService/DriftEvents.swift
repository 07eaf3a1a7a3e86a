import Delivery
import Documents
import GitRepositories
import Kubernetes
import Ledger
import WaybillCore

/// One event for each object that is not as it should be, or is again.
struct DriftEvents {
    let doors: AgentDoors
    let settings: AgentSettings

    func record(_ action: String, _ plan: SyncPlan, _ revision: ObjectID) async throws(WaybillError) {
        let changes = Dictionary(plan.changes.map { ($0.object, $0) }) { first, _ in first }
        for key in plan.apply.map(\.key) + plan.prune {
            let fields = changes[key]?.differences ?? []
            let what =
                plan.prune.contains(key)
                ? "is no longer in the repository"
                : fields.isEmpty ? "is missing" : "differs in \(changes[key]?.summary ?? "")"
            let event = Event(
                moment: doors.now(), actor: settings.actor, action: action, subject: settings.subject,
                message: action == "drift.found" ? "\(key) \(what)" : "\(key) is as the repository says again",
                detail: [
                    "environment": .string(settings.environment), "revision": .string(revision.hex),
                    "object": .string(key.description),
                    "fields": .array(
                        fields.map {
                            ["field": .string($0.field), "desired": $0.desired ?? .null, "live": $0.live ?? .null]
                        }),
                ])
            try await doors.ledger.record(event)
        }
    }
}

extension DriftReport {
    /// The first fields, for one line.
    var summary: String { differences.prefix(3).map(\.field).joined(separator: ", ") }
}
