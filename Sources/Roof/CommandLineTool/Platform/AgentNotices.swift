import Documents
import Ledger
import MonitorService
import WaybillCore

/// Tells people through the outbox what the agents met: refusals, failures and recoveries, what was taken back, promoted
/// or could not be.
struct AgentNotices: Sendable {
    /// Where it is remembered what was told.
    private static let stateName = "notices/agents"
    private static let eventsMax = 1000
    private static let bad: Set<String> = ["agent.refused", "agent.failed", "agent.degraded"]
    private static let always: Set<String> = ["agent.rolled-back", "release.promoted", "release.not-promoted"]

    let ledger: SQLiteLedger
    let channels: [NotificationChannel]
    let now: @Sendable () -> Instant

    /// Puts what is new into the outbox. What is there already is not put there again, so that a round which was ended
    /// half-way is simply made again.
    func round() async throws(WaybillError) {
        guard !channels.isEmpty else { return }
        let state = try await ledger.state(Self.stateName)
        guard let since = state?["since"]?.integer else {
            // What happened before anybody asked to be told is history.
            return try await save(since: now().milliseconds, broken: [])
        }
        var broken = Set((state?["broken"]?.array ?? []).compactMap(\.string))
        let events = try await ledger.events(about: nil, limit: Self.eventsMax).reversed()
            // Those of the last moment are looked at again: more may have happened in it.
            .filter { $0.moment.milliseconds >= Int64(since) }
        guard let last = events.last else { return }
        var messages: [OutboxRecord] = []
        for event in events {
            let isRecovery = event.action == "agent.synced" && broken.contains(event.subject)
            if Self.bad.contains(event.action) { broken.insert(event.subject) }
            if event.action == "agent.synced" { broken.remove(event.subject) }
            guard isRecovery || Self.bad.contains(event.action) || Self.always.contains(event.action) else { continue }
            messages += self.messages(event)
        }
        if !messages.isEmpty { try await ledger.record([], messages: messages) }
        if last.moment.milliseconds != Int64(since) || broken.sorted() != state?["broken"]?.array?.compactMap(\.string)
        {
            try await save(since: last.moment.milliseconds, broken: broken.sorted())
        }
    }

    private func save(since: Int64, broken: [String]) async throws(WaybillError) {
        try await ledger.setState(
            Self.stateName,
            to: ["since": .integer(Int(since)), "broken": .array(broken.map(Value.string))])
    }

    /// The owner of such a message is the environment: `environment:staging`.
    private func messages(_ event: Event) -> [OutboxRecord] {
        let word = event.action.split(separator: ".").last.map(String.init) ?? event.action
        let payload: Value = [
            "type": "dev.waybill.agent.event.v1", "title": .string("Waybill: \(event.subject) \(word)"),
            "lines": .array([.string(event.message)]), "action": .string(event.action),
            "subject": .string(event.subject), "actor": .string(event.actor), "message": .string(event.message),
            "moment": .integer(Int(event.moment.milliseconds)),
        ]
        let text = JSONWriter.string(payload, style: .canonical)
        let snapshot = Digest.sha256(of: text.utf8).description
        return channels.filter { $0.owners.isEmpty || $0.owners.contains(event.subject) }.map { channel in
            OutboxRecord(
                snapshot: snapshot, owner: event.subject, channel: channel.name, created: event.moment, payload: text,
                state: .due(event.moment))
        }
    }
}
