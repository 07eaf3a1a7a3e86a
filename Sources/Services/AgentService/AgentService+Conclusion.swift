import Delivery
import Documents
import GitRepositories
import Kubernetes
import Ledger
import WaybillCore

extension AgentService {
    /// Records what runs now and sums up.
    func conclude(
        _ declared: Declared, _ revision: ObjectID, _ state: inout AgentState, _ worked: Set<String>
    ) async throws(WaybillError) -> AgentCondition {
        let names = declared.applications.map(\.name)
        let isWhole = names.allSatisfy { name in
            guard let record = records[name], let content = record.content else { return false }
            return record.refusal.isEmpty && record.state.digest == content.digest
        }
        let gone = state.applications.filter { name in
            !names.contains(name) && records[name]?.state.inventory.isEmpty == true
        }
        let before = state
        for name in gone { try await forget(name) }
        state.applications.removeAll { gone.contains($0) }
        if isWhole { state.applied = revision }
        if state != before { try await save(state) }
        try await recordDeployments(declared, revision, &state, isWhole: isWhole)
        let condition = summary(names, revision, state)
        try await publish(names, worked, condition.artifact)
        return condition
    }

    private func forget(_ name: String) async throws(WaybillError) {
        try await doors.ledger.setState(AgentSettings.stateName(of: name, in: settings.environment), to: nil)
        records[name] = nil
    }

    private func recordDeployments(
        _ declared: Declared, _ revision: ObjectID, _ state: inout AgentState, isWhole: Bool
    ) async throws(WaybillError) {
        let divided = declared.environment.isDivided
        let promotion = declared.environment.promotion
        var answer: VerificationAnswer?
        var changed: [DeploymentRecords.Part] = []
        for entry in declared.applications {
            guard let record = records[entry.name], let content = record.content,
                record.state.digest == content.digest
            else { continue }
            let isUnsure = record.state.recorded != content.digest || record.state.recordedHealth == "progressing"
            if isUnsure, !promotion.verify.isEmpty, record.condition.state == .synced, answer == nil {
                answer = try await verify(
                    promotion.verify, try await tree(revision), namespace: declared.environment.namespace)
            }
            if isUnsure { settleRelease(entry.name, promotion, answer) }
            let health = records[entry.name]?.condition.state.rawValue ?? ""
            let isNew =
                record.state.recorded != content.digest || (!divided && state.recorded != revision && isWhole)
            guard isNew || Self.isWorthTelling(record.state.recordedHealth, health) else { continue }
            changed.append(
                DeploymentRecords.Part(
                    name: entry.name, digest: content.digest, objects: content.wanted.keys.sorted(),
                    images: content.images, health: health, isNew: isNew,
                    verification: promotion.verify.isEmpty ? nil : records[entry.name]?.condition.message))
        }
        if !changed.isEmpty {
            // Without knowing all that is wanted, nothing is said to have ended.
            let all = isWhole ? records.values.flatMap { $0.content?.images ?? [] } : nil
            try await DeploymentRecords(
                doors: doors, settings: settings, environment: declared.environment, artifact: state.artifact?.digest
            ).record(changed, running: all, revision)
            for part in changed {
                guard var own = records[part.name]?.state else { continue }
                own.recorded = part.digest
                own.recordedHealth = part.health
                own.remember(
                    .init(
                        revision: revision, digest: part.digest, milliseconds: doors.now().milliseconds,
                        message: records[part.name]?.condition.message ?? "", isGood: part.health == "synced"))
                try await doors.ledger.setState(
                    AgentSettings.stateName(of: part.name, in: settings.environment), to: own.value)
                records[part.name]?.state = own
            }
        }
        for entry in declared.applications where promotion.rollsBack { try await takeBack(entry.name, promotion) }
        if isWhole, state.recorded != revision {
            state.recorded = revision
            try await save(state)
        }
    }

    /// A rollout that was under way has ended, or one that had failed got well.
    private static func isWorthTelling(_ before: String, _ now: String) -> Bool {
        switch (before, now) {
        case ("progressing", "synced"), ("progressing", "degraded"), ("degraded", "synced"): true
        default: false
        }
    }

    /// The heaviest application speaks for all.
    private func summary(_ names: [String], _ revision: ObjectID, _ state: AgentState) -> AgentCondition {
        var violations: [Finding] = []
        for name in names {
            guard let record = records[name], !record.refusal.isEmpty else { continue }
            violations += record.refusal
            records[name]?.condition.state = .refused
            records[name]?.condition.violations = record.refusal
            records[name]?.condition.message = Self.stays(record.state.applied, record.refusal)
        }
        let conditions = names.compactMap { records[$0]?.condition }
        violations = conditions.filter { $0.state == .refused }.flatMap(\.violations)
        let heaviest = conditions.max { $0.state.weight < $1.state.weight }
        guard let heaviest else {
            return AgentCondition(.synced, revision: state.applied, head: revision, message: "no applications")
        }
        let alike = conditions.count { $0.state == heaviest.state }
        var message = heaviest.message
        if conditions.count > 1 {
            if heaviest.state == .synced {
                message =
                    "\(conditions.count) applications, \(conditions.reduce(0) { $0 + $1.objects }) objects as the repository says"
            } else {
                message = "\(heaviest.name): \(message)" + (alike > 1 ? ", and \(alike - 1) more applications" : "")
            }
        }
        var condition = AgentCondition(
            heaviest.state, revision: state.applied, head: revision, message: message, violations: violations)
        condition.artifact = state.artifact?.digest
        return condition
    }

    /// What commands and pages show; written when something changed.
    private func publish(_ names: [String], _ worked: Set<String>, _ artifact: Digest?) async throws(WaybillError) {
        var hash = StableHash()
        hash.add(settings.cluster ?? "", artifact?.description ?? "")
        for name in names {
            guard let condition = records[name]?.condition else { continue }
            hash.add(name, condition.state.rawValue, condition.message, condition.revision?.hex ?? "")
        }
        guard hash.text != published else { return }
        try await doors.ledger.setState(
            AgentSettings.conditionsName(of: settings.environment),
            to: [
                "time": .integer(Int(doors.now().milliseconds)), "cluster": Value(settings.cluster),
                "artifact": Value(artifact?.description),
                "applications": .array(names.compactMap { records[$0]?.condition.value }),
            ])
        published = hash.text
    }

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
                "head": Value(outcome.head?.hex), "artifact": Value(outcome.artifact?.description),
                "violations": .array(
                    outcome.violations.prefix(AgentSettings.announcedMax).map {
                        [
                            "rule": .string($0.rule), "message": .string($0.message),
                            "place": .string($0.place.description),
                        ]
                    }),
            ])
        // The outcome stands whether or not the audit trail can be written; the next change is announced again.
        try? await doors.ledger.record(event)
    }
}
