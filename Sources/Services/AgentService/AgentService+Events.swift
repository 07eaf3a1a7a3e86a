import Delivery
import Documents
import GitRepositories
import Kubernetes
import Ledger
import WaybillCore

extension AgentService {
    /// An outcome is worth an event when it is not the last one again.
    func announce(_ outcome: AgentCondition) async {
        guard
            outcome.state != condition?.state || outcome.revision != condition?.revision
                || outcome.message != condition?.message
        else { return }
        let event = Event(
            moment: doors.now(), actor: settings.actor, action: "agent.\(outcome.state.rawValue)",
            subject: settings.subject,
            verdict: outcome.state == .refused ? "deny" : outcome.state == .synced ? "allow" : nil,
            message: outcome.message,
            detail: [
                "environment": .string(settings.environment), "revision": Value(outcome.revision?.hex),
                "head": Value(outcome.head?.hex),
                "violations": .array(
                    outcome.violations.map {
                        [
                            "rule": .string($0.rule), "message": .string($0.message),
                            "place": .string($0.place.description),
                        ]
                    }),
            ])
        // The outcome stands whether or not the audit trail can be written; the next change is announced again.
        try? await doors.ledger.record(event)
    }

    /// One event per object that is not as it should be.
    func report(_ action: String, _ plan: SyncPlan, _ revision: ObjectID) async throws(WaybillError) {
        let changes = Dictionary(plan.changes.map { ($0.object, $0) }) { first, _ in first }
        for key in plan.apply.map(\.key) + plan.prune {
            let fields = changes[key]?.differences ?? []
            let what =
                plan.prune.contains(key)
                ? "is no longer in the repository"
                : fields.isEmpty ? "is missing" : "differs in \(fields.prefix(3).map(\.field).joined(separator: ", "))"
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
