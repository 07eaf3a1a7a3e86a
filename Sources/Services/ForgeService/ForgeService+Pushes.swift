import Attestations
import Documents
import GitRepositories
import Ledger
import WaybillCore

extension ForgeService {
    /// The answer to a hook's question. Whatever goes wrong refuses the push.
    func answerHook(_ bytes: [UInt8]) async -> HookMessage.Answer {
        do throws(WaybillError) {
            let request = try HookMessage.Request(parsing: bytes)
            guard let ticket = tickets[request.ticket] else {
                throw WaybillError(.forbidden, "no such push is under way", subject: "hook")
            }
            return try await judge(request, ticket)
        } catch {
            return HookMessage.Answer(isAllowed: false, text: Refusal.text(error))
        }
    }

    private func judge(_ request: HookMessage.Request, _ ticket: Ticket) async throws(WaybillError) -> HookMessage.Answer {
        let repository = try open(ticket.repository)
        var verdicts: [(update: ReferenceUpdate, verdict: Verdict)] = []
        do throws(WaybillError) {
            let quarantine: Quarantine? =
                if request.objectFolder.isEmpty { nil } else {
                    try Quarantine(objectFolder: request.objectFolder, of: repository.git.gitFolder)
                }
            let gate = try gate(repository, quarantine: quarantine)
            for update in try ReferenceUpdate.parse(request.updates) {
                verdicts.append((update, try await gate.judge(update)))
            }
        } catch {
            try await record(
                "push.refused", by: ticket.identity, about: "repository:\(repository.name)",
                "the push could not be judged: \(error.message)", verdict: "deny")
            throw error
        }
        // One verdict for the push: git moves all its references or, after a refusal, none.
        let isAllowed = verdicts.allSatisfy(\.verdict.isAllowed)
        for (update, verdict) in verdicts {
            try await record(
                isAllowed ? "push.accepted" : "push.refused", by: ticket.identity, about: verdict.subject,
                Self.summary(update, verdict, repository.name), verdict: isAllowed ? "allow" : "deny",
                detail: Self.detail(update, verdict, repository.name))
            if isAllowed, let new = update.new {
                try await remember(PendingMove(commit: new, by: ticket.identity, change: nil), repository.name, update.name)
            }
        }
        let text =
            isAllowed
            ? verdicts.map { "waybill accepted \($0.update.name)" }.joined(separator: "\n")
            : Refusal.text(verdicts.map { ($0.update.name, $0.verdict) })
        return HookMessage.Answer(isAllowed: isAllowed, text: text)
    }

    private static func summary(_ update: ReferenceUpdate, _ verdict: Verdict, _ repository: String) -> String {
        let what = update.new.map { "\(update.name) to \($0.short)" } ?? "\(update.name), deleted"
        guard let first = verdict.violations.first else { return "\(repository): \(what)" }
        return "\(repository): \(what): \(first.rule) \(first.message)"
    }

    private static func detail(_ update: ReferenceUpdate, _ verdict: Verdict, _ repository: String) -> Value {
        [
            "repository": .string(repository), "reference": .string(update.name), "old": Value(update.old?.hex),
            "new": Value(update.new?.hex), "verdict": verdict.value,
        ]
    }
}

/// Who is about to move a reference to a commit; kept in the ledger so that a crash does not lose the name.
struct PendingMove: Sendable {
    var commit: ObjectID
    var by: Identity
    var change: Int?

    init(commit: ObjectID, by: Identity, change: Int?) {
        self.commit = commit
        self.by = by
        self.change = change
    }

    init?(_ value: Value?) {
        guard let commit = value?["commit"]?.string.flatMap({ ObjectID($0) }), let by = value?["by"]?.string else { return nil }
        self.init(commit: commit, by: Identity(by), change: value?["change"]?.integer)
    }

    var value: Value {
        ["commit": .string(commit.hex), "by": .string(by.name), "change": change.map(Value.integer) ?? .null]
    }
}
