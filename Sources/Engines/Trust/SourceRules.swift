public import WaybillCore

/// What a repository asks of a move of its protected references.
public struct SourceRules: Sendable {
    /// Full reference names as patterns: `refs/heads/main`, `refs/tags/v*`.
    public var protectedReferences: [String]
    /// Distinct people, other than the authors, who must have approved the head.
    public var requiredReviews: Int
    /// Whose keys sign commits; to know which people a key stands for.
    public var signers: AllowedSigners

    public init(protectedReferences: [String] = ["refs/heads/main"], requiredReviews: Int = 1, signers: AllowedSigners)
    {
        self.protectedReferences = protectedReferences
        self.requiredReviews = requiredReviews
        self.signers = signers
    }

    public func isProtected(_ reference: String) -> Bool { PatternList(protectedReferences).matches(reference) }

    /// The source gate: whether the reference may move. A reference that is not protected always may.
    public func judge(_ push: PushFacts) -> Verdict {
        let subject = push.new.map { "gitCommit:\($0)" } ?? push.reference
        guard isProtected(push.reference), push.old != push.new else { return Verdict(gate: .source, subject: subject) }
        var verdict = Verdict(gate: .source, subject: subject)
        guard let new = push.new else {
            verdict.violations = [
                SourceRule.deletion.finding("\(push.reference) is protected and may not be deleted", push.reference)
            ]
            return verdict
        }
        if push.reference.utf8.starts(with: "refs/tags/".utf8) {
            verdict.violations = tagViolations(push)
            return verdict
        }
        verdict.violations =
            historyViolations(push, new) + push.commits.compactMap { Self.finding(about: $0, base: push.old) }
        if let head = push.commits.last(where: { $0.id == new }) {
            let quorum = ReviewQuorum(
                head: head, commits: push.commits, reference: push.reference, reviews: push.reviews, signers: signers)
            verdict.violations += reviewViolations(quorum, head, push)
            verdict.warnings = quorum.rejections.map { rejection in
                SourceRule.rejected.finding(
                    "\(head.label) was rejected by \(rejection.reviewer)", head.id, severity: .medium)
            }
        }
        return verdict
    }

    private func historyViolations(_ push: PushFacts, _ new: String) -> [Finding] {
        var findings: [Finding] = []
        if let old = push.old, !push.isFastForward {
            findings.append(
                SourceRule.notFastForward.finding(
                    "\(push.reference) would go from \(old.prefix(10)) to \(new.prefix(10)), which does not hold the commits before",
                    push.reference, remedy: "git fetch origin && git rebase origin/\(shortName(push.reference))"))
        } else if !isWhole(push, new) {
            findings.append(
                SourceRule.incompleteRange.finding(
                    "the commits from \(push.old.map { String($0.prefix(10)) } ?? "the beginning") to \(new.prefix(10)) are not all known",
                    push.reference,
                    remedy: "fetch the repository with its whole history (git fetch --unshallow) and try again"))
        }
        return findings
    }

    /// Whether the range really joins the new head to the old: from the head every commit is there down to the old side.
    private func isWhole(_ push: PushFacts, _ new: String) -> Bool {
        let known = Dictionary(push.commits.map { ($0.id, $0.commit.parents) }, uniquingKeysWith: { first, _ in first })
        var reached: Set<String> = []
        var outside: Set<String> = []
        var waiting = [new]
        while let id = waiting.popLast() {
            guard let parents = known[id] else {
                outside.insert(id)
                continue
            }
            if reached.insert(id).inserted { waiting += parents }
        }
        guard reached.count == known.count else { return false }
        return push.old.map { outside.contains($0) } ?? outside.isEmpty
    }

    private func reviewViolations(_ quorum: ReviewQuorum, _ head: CommitVerification, _ push: PushFacts) -> [Finding] {
        guard quorum.approvals.count < requiredReviews else { return [] }
        var reasons: [String] = []
        if !quorum.rejections.isEmpty {
            reasons.append("rejected by \(quorum.rejections.map(\.reviewer).joined(separator: ", "))")
        }
        if !quorum.ownReviews.isEmpty {
            reasons.append(
                "\(quorum.ownReviews.map(\.reviewer).joined(separator: ", ")) wrote part of it and does not count")
        }
        if !quorum.misdirected.isEmpty { reasons.append("a review names another tree or target") }
        let others = push.reviews.filter { $0.commit != head.id }
        if !others.isEmpty { reasons.append("\(others.count) reviews are about another commit than the head") }
        return [
            SourceRule.missingReview.finding(
                "\(head.label) has \(quorum.approvals.count) of \(requiredReviews) reviews that are needed", head.id,
                evidence: reasons.isEmpty ? nil : reasons.joined(separator: "; "),
                remedy: "ask somebody who did not write it for a review: waybill change approve")
        ]
    }

    private func tagViolations(_ push: PushFacts) -> [Finding] {
        let reference = push.reference
        guard push.old == nil else {
            return [SourceRule.tagMoved.finding("\(reference) is protected and may not be moved", reference)]
        }
        guard let tag = push.tag else {
            return [
                SourceRule.unsigned.finding(
                    "\(reference) is not an annotated tag and bears no signature", reference,
                    remedy: "git tag -s \(shortName(reference)) -m '…'")
            ]
        }
        guard let rule = SourceRule(tag.outcome) else { return [] }
        return [
            rule.finding(
                "the tag \(reference) \(tag.outcome)", reference, remedy: "git tag -s -f \(shortName(reference)) -m '…'"
            )
        ]
    }

    private func shortName(_ reference: String) -> String {
        reference.split(separator: "/", maxSplits: 2).last.map(String.init) ?? reference
    }

    private static func finding(about commit: CommitVerification, base: String?) -> Finding? {
        guard let rule = SourceRule(commit.outcome) else { return nil }
        return rule.finding(
            "commit \(commit.label) \(commit.outcome)", commit.id, remedy: rule.remedy(commit, base: base))
    }
}
