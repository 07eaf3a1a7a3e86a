public import Attestations
public import WaybillCore

/// Which papers a subject must have at a gate. The same rules serve the registry, the agent and the admission webhook.
public struct PaperRules: Hashable, Sendable {
    public var requirements: [PaperRequirement]

    public init(_ requirements: [PaperRequirement]) { self.requirements = requirements }

    /// Whether the subject has all its papers at this moment. Without a requirement nothing is allowed: rules that ask
    /// for nothing are more likely lost than meant.
    public func judge(_ subject: Digest, papers: PaperFile, gate: Gate, at moment: Timestamp) -> Verdict {
        judge(subject: subject.description, algorithm: subject.algorithm.rawValue, hash: subject.hex, papers, gate, moment)
    }

    /// The same for a commit.
    public func judge(commit: String, papers: PaperFile, gate: Gate, at moment: Timestamp) -> Verdict {
        judge(subject: "gitCommit:\(commit)", algorithm: "gitCommit", hash: commit, papers, gate, moment)
    }

    private func judge(
        subject: String, algorithm: String, hash: String, _ papers: PaperFile, _ gate: Gate, _ moment: Timestamp
    ) -> Verdict {
        guard !requirements.isEmpty else {
            return Verdict(
                gate: gate, subject: subject,
                violations: [
                    PaperRule.noRules.finding("no papers are asked for at this gate", subject, remedy: "name the papers in the policy")
                ])
        }
        let about = papers.verified.filter { paper in paper.statement.subjects.contains { $0.digest[algorithm] == hash } }
        let findings = requirements.compactMap { requirement in
            requirement.finding(subject, about, papers, moment)
        }
        return Verdict(gate: gate, subject: subject, violations: findings)
    }
}

/// The rules about papers, by the stable names that their findings carry.
enum PaperRule: String, CaseIterable {
    case missing = "WB-ADM-001"
    case notBelieved = "WB-ADM-002"
    case wrongSigner = "WB-ADM-003"
    case condition = "WB-ADM-004"
    case tooOld = "WB-ADM-005"
    case noRules = "WB-ADM-006"

    func finding(_ message: String, _ subject: String, evidence: String? = nil, remedy: String?) -> Finding {
        Finding(
            rule: rawValue, kind: .policy, severity: .high, message: message, place: Place(object: subject), evidence: evidence,
            remedy: remedy)
    }
}

extension PaperRequirement {
    /// What is wrong with the papers of this type; nil when the newest one is in order.
    fileprivate func finding(
        _ subject: String, _ about: [VerifiedStatement], _ papers: PaperFile, _ moment: Timestamp
    ) -> Finding? {
        let candidates = about.filter { $0.statement.predicateType == predicateType }
        guard !candidates.isEmpty else {
            if let refused = papers.refused.last(where: { $0.predicateType == predicateType }) {
                return PaperRule.notBelieved.finding(
                    "paper not believed: \(name) \(refused.failure)", subject, evidence: refused.envelope.description, remedy: remedy)
            }
            return PaperRule.missing.finding("missing paper: \(name)", subject, evidence: predicateType, remedy: remedy)
        }
        let signed = candidates.filter { paper in signedBy.contains { paper.isSigned(by: $0) } }
        guard !signed.isEmpty else {
            let signers = Set(candidates.flatMap { $0.signers.map(\.name) }).sorted().joined(separator: ", ")
            return PaperRule.wrongSigner.finding(
                "wrong signer: \(name) is signed by \(signers), needed is \(signedBy.isEmpty ? "nobody" : signedBy.joined(separator: " or "))",
                subject, evidence: candidates.last?.envelope.description, remedy: remedy)
        }
        // The newest paper speaks: an older pass does not outlive a newer failure. Of papers of the same second all speak.
        let newest = signed.map { $0.statement.time?.seconds ?? .min }.max()
        let speaking = signed.filter { ($0.statement.time?.seconds ?? .min) == newest }
        return speaking.lazy.compactMap { objection(to: $0, subject, moment) }.first
    }

    private func objection(to paper: VerifiedStatement, _ subject: String, _ moment: Timestamp) -> Finding? {
        let evidence = paper.envelope.description
        if let ageMaxSeconds {
            guard let time = paper.statement.time else {
                return PaperRule.tooOld.finding("paper without a time: \(name)", subject, evidence: evidence, remedy: remedy)
            }
            guard Condition.isWithin(ageMaxSeconds, from: time, to: moment) else {
                return PaperRule.tooOld.finding(
                    "paper too old: \(name) is of \(time), at most \(ageMaxSeconds) seconds are allowed", subject, evidence: evidence,
                    remedy: remedy)
            }
        }
        for condition in conditions {
            guard let objection = condition.objection(to: paper.statement, at: moment) else { continue }
            return PaperRule.condition.finding("failing paper: \(name) \(objection)", subject, evidence: evidence, remedy: remedy)
        }
        return nil
    }
}
