import Attestations
import Delivery
import Documents
import GitRepositories
import Ledger
import Signers
import WaybillCore

extension AgentService {
    /// A content counts as well when its objects are healthy and it answers the environment's questions; as failed when
    /// it does not within the time that it is given.
    func settleRelease(_ name: String, _ promotion: PromotionSettings, _ answer: VerificationAnswer?) {
        guard let record = records[name], let content = record.content, record.state.digest == content.digest else {
            return
        }
        let elapsed = Duration.milliseconds(doors.now().milliseconds - record.state.since)
        if record.condition.state == .synced, let answer {
            records[name]?.condition.message =
                answer.isPassed ? "verified: \(answer.message)" : "verification: \(answer.message)"
            guard !answer.isPassed else { return }
            records[name]?.condition.state = elapsed < promotion.timeout ? .progressing : .degraded
        } else if promotion.rollsBack, record.condition.state == .progressing, elapsed >= promotion.timeout {
            records[name]?.condition.state = .degraded
        }
    }

    /// What failed is taken back to the newest content that was well here, by a signed word of the agent; history in Git
    /// stays as it is, and the failed content is not applied again.
    func takeBack(_ name: String, _ promotion: PromotionSettings) async throws(WaybillError) {
        guard let record = records[name], record.condition.state == .degraded, record.refusal.isEmpty,
            let content = record.content, record.state.digest == content.digest, !record.isStuck,
            Duration.milliseconds(doors.now().milliseconds - record.state.since) >= promotion.timeout,
            let good = record.state.history.first(where: { $0.isGood && $0.digest != content.digest })
        else { return }
        let now = doors.now()
        let statement = Statement(
            subjects: [Statement.Subject(name: settings.branch, digest: ["gitCommit": good.revision.hex])],
            predicateType: PredicateType.promotion,
            predicate: Promotion(
                environment: settings.environment, repository: settings.repository, commit: good.revision.hex,
                actor: settings.actor,
                reason: "\(name) failed at \(content.revision.short): \(record.condition.message)",
                time: Timestamp(seconds: now.milliseconds / 1000)
            ).value)
        let envelope = try await doors.signer.sign(statement)
        try await doors.ledger.record([
            Paper(
                id: envelope.digest, subject: "gitCommit:\(good.revision)", predicateType: PredicateType.promotion,
                recorded: now, envelope: envelope)
        ])
        var state = record.state
        state.refusedDigest = content.digest
        state.accepted = good.revision
        try await doors.ledger.setState(
            AgentSettings.stateName(of: name, in: settings.environment), to: state.value)
        try await doors.ledger.record(
            Event(
                moment: now, actor: settings.actor, action: "agent.rolled-back", subject: settings.subject,
                verdict: "deny",
                message: "\(name) failed and is taken back to \(good.revision.short): \(record.condition.message)"))
        records[name]?.state = state
        records[name]?.content = nil
        isDue = true
        trigger.yield()
    }
}
