import Attestations
import Delivery
import GitRepositories
import Trust
import WaybillCore

/// Collects what is known about a move of a reference and asks Trust's rules for the verdict.
struct ReferenceGate: Sendable {
    static let commitsMax = 10_000

    /// With the quarantine of a push, where there is one.
    let git: GitExecutable
    let rootSigners: AllowedSigners
    let moment: Timestamp

    /// The terms at a commit. Before the first commit they are the registered signers, and nobody can have reviewed.
    func terms(at commit: ObjectID?) async throws(WaybillError) -> SourceTerms {
        guard let commit else { return .first(rootSigners) }
        return try await SourceTerms(at: commit, in: git, root: rootSigners)
    }

    /// The verdict about one move, judged by the policy as it stands before it.
    func judge(_ update: ReferenceUpdate) async throws(WaybillError) -> Verdict {
        try await judge(update, trunk: git.resolve(HostedRepository.trunk))
    }

    /// The same where the trunk may have moved meanwhile: `trunk` is where it stood before.
    func judge(_ update: ReferenceUpdate, trunk: ObjectID?) async throws(WaybillError) -> Verdict {
        let subject = update.new.map { "gitCommit:\($0)" } ?? update.name
        let trunkTerms = try await terms(at: trunk)
        if update.name.hasPrefix("refs/tags/") { return try await judgeTag(update, trunk, trunkTerms) }
        guard update.name.hasPrefix("refs/heads/") else {
            let finding = ForgeRule.reserved.finding(
                "\(update.name) is neither a branch nor a tag", update.name,
                remedy: "push to refs/heads/… or refs/tags/…")
            return Verdict(gate: .source, subject: subject, violations: [finding])
        }
        guard trunkTerms.settings.protects(update.name) else {
            guard let new = update.new else { return Verdict(gate: .source, subject: subject) }
            return try await judgeCommits(ReferenceUpdate(name: update.name, old: nil, new: new), trunk, trunkTerms)
        }
        let base = update.old ?? trunk
        let terms = base == trunk ? trunkTerms : try await self.terms(at: base)
        var verdict: Verdict
        if update.new != nil, update.old == nil, trunk != nil {
            verdict = try await judgeCommits(update, trunk, terms, isProtected: true)
        } else {
            let facts = try await facts(update, old: update.old, butNotFrom: update.old, terms)
            verdict = rules(update.name, terms, reviews: terms.settings.reviews).judge(facts)
        }
        if let new = update.new { verdict.violations += try await lockouts(from: base, to: new) }
        return verdict
    }

    func rules(_ reference: String, _ terms: SourceTerms, reviews: Int) -> SourceRules {
        SourceRules(protectedReferences: [reference], requiredReviews: reviews, signers: terms.signers)
    }

    // MARK: Kinds of references

    /// A branch beside the trunk: what it adds to the trunk must be signed; it may be rebased and deleted.
    private func judgeCommits(
        _ update: ReferenceUpdate, _ trunk: ObjectID?, _ terms: SourceTerms, isProtected: Bool = false
    ) async throws(WaybillError) -> Verdict {
        guard let new = update.new else { return Verdict(gate: .source, subject: update.name) }
        var fork: ObjectID?
        if let trunk { fork = try await git.mergeBase(trunk, new) }
        if fork == new { return Verdict(gate: .source, subject: "gitCommit:\(new)") }
        let facts = try await facts(update, old: fork, butNotFrom: fork == nil ? nil : trunk, terms)
        return rules(update.name, terms, reviews: isProtected ? terms.settings.reviews : 0).judge(facts)
    }

    private func judgeTag(_ update: ReferenceUpdate, _ trunk: ObjectID?, _ terms: SourceTerms)
        async throws(WaybillError)
        -> Verdict
    {
        var facts = PushFacts(
            reference: update.name, old: update.old?.hex, new: update.new?.hex, isFastForward: false, commits: [])
        guard let new = update.new, update.old == nil else { return rules(update.name, terms, reviews: 0).judge(facts) }
        guard let object = try await git.object(new) else { throw missing(new) }
        if object.type == "tag" { facts.tag = try verifier(terms).verify(tag: object.bytes, id: new.hex) }
        var verdict = rules(update.name, terms, reviews: 0).judge(facts)
        guard let commit = try await git.resolve(new.hex) else {
            verdict.violations.append(ForgeRule.reserved.finding("\(update.name) does not name a commit", update.name))
            return verdict
        }
        let branch = ReferenceUpdate(
            name: "refs/heads/" + update.name.dropFirst("refs/tags/".count), old: nil, new: commit)
        verdict.violations += try await judgeCommits(branch, trunk, terms).violations
        return verdict
    }
}

/// Rules of the forge itself, beside those of `SourceRules`.
enum ForgeRule: String {
    case reserved = "WB-SRC-020"
    case policy = "WB-SRC-021"

    func finding(_ message: String, _ object: String, remedy: String? = nil) -> Finding {
        Finding(
            rule: rawValue, kind: .signature, severity: .high, message: message, place: Place(object: object),
            remedy: remedy)
    }
}
