import Attestations
import Testing
import WaybillCore

@testable import Trust

struct SourceRulesTests {
    static let main = "refs/heads/main"
    let ann = TestKey("ann@shop.example"), bob = TestKey("bob@shop.example"), eve = TestKey("eve@else.example")

    var signers: AllowedSigners { AllowedSigners([ann.person, bob.person]) }
    var rules: SourceRules { SourceRules(requiredReviews: 1, signers: signers) }
    static let base = String(repeating: "a", count: 40)

    func verified(_ commit: (id: String, bytes: [UInt8])) throws -> CommitVerification {
        try CommitVerifier(signers: signers).verify(commit: commit.bytes, id: commit.id)
    }

    func review(
        of head: CommitVerification, by key: TestKey, _ decision: Review.Decision = .approve, at seconds: Int64 = 0,
        as name: String? = nil,
        tree: String? = nil, target: String = main, reviewers: AllowedSigners? = nil
    ) throws -> VerifiedReview {
        let review = Review(
            decision: decision, reviewer: name ?? key.name, target: target,
            time: Timestamp(seconds: testNow.seconds + seconds))
        let envelope = key.sshEnvelope(review.statement(commit: head.id, tree: tree ?? head.commit.tree))
        return try ReviewVerifier(reviewers: reviewers ?? signers).verify(envelope, at: testNow)
    }

    func push(_ commits: [CommitVerification], reviews: [VerifiedReview] = [], isFastForward: Bool = true) -> PushFacts
    {
        PushFacts(
            reference: Self.main, old: Self.base, new: commits.last?.id, isFastForward: isFastForward, commits: commits,
            reviews: reviews)
    }

    @Test func `a signed range that somebody else approved may land`() throws {
        let first = try verified(ann.commit(parents: [Self.base]))
        let head = try verified(ann.commit(parents: [first.id], message: "Second\n"))
        let verdict = rules.judge(push([first, head], reviews: [try review(of: head, by: bob)]))
        #expect(verdict.isAllowed)
        #expect(verdict.subject == "gitCommit:\(head.id)")
    }

    @Test func `each commit of the range is judged, and the finding names it and how to sign it`() throws {
        let unsigned = try verified(ann.commit(parents: [Self.base], message: "Hide this\n", isSigned: false))
        let stranger = try verified(eve.commit(parents: [unsigned.id], by: "ann@shop.example"))
        let borrowed = try verified(ann.commit(parents: [stranger.id], by: "bob@shop.example"))
        let head = try verified(ann.commit(parents: [borrowed.id], message: "Fine\n"))
        let verdict = rules.judge(push([unsigned, stranger, borrowed, head], reviews: []))
        #expect(verdict.violations.map(\.rule) == ["WB-SRC-001", "WB-SRC-002", "WB-SRC-003", "WB-SRC-005"])
        #expect(
            verdict.violations[0].message.contains(unsigned.id.prefix(10))
                && verdict.violations[0].message.contains("Hide this"))
        #expect(verdict.violations[0].remedy?.contains("git config gpg.format ssh") == true)
        #expect(verdict.violations[0].remedy?.contains(Self.base.prefix(10)) == true)
        #expect(verdict.violations[2].remedy?.contains("git config user.email ann@shop.example") == true)
    }

    @Test func `history may not be rewritten, nor the branch deleted`() throws {
        let head = try verified(ann.commit(parents: [Self.base]))
        var facts = push([head], reviews: [try review(of: head, by: bob)], isFastForward: false)
        #expect(rules.judge(facts).violations.map(\.rule) == ["WB-SRC-004"])
        facts.new = nil
        #expect(rules.judge(facts).violations.map(\.rule) == ["WB-SRC-006"])
    }

    @Test func `a range that does not join the old head to the new one is refused`() throws {
        let first = try verified(ann.commit(parents: [Self.base]))
        let head = try verified(ann.commit(parents: [first.id], message: "Second\n"))
        let approved = [try review(of: head, by: bob)]
        #expect(rules.judge(push([head], reviews: approved)).violations.map(\.rule) == ["WB-SRC-011"])
        var empty = push([], reviews: approved)
        empty.new = head.id
        #expect(rules.judge(empty).violations.map(\.rule) == ["WB-SRC-011"])
        let unrelated = try verified(ann.commit(parents: [Self.base], message: "Elsewhere\n"))
        #expect(
            rules.judge(push([unrelated, first, head], reviews: approved)).violations.map(\.rule) == ["WB-SRC-011"])
        var created = push([first, head], reviews: approved)
        created.old = nil
        #expect(rules.judge(created).violations.map(\.rule) == ["WB-SRC-011"])
        let root = try verified(ann.commit())
        created = push([root], reviews: [try review(of: root, by: bob)])
        created.old = nil
        #expect(rules.judge(created).isAllowed)
    }

    enum Reviews: CaseIterable, Sendable {
        case none, ownReview, otherCommit, otherTree, otherTarget, rejected, approvedThenRejected, rejectedThenApproved,
            sameSecond, oneManTwoKeys
    }

    @Test(arguments: Reviews.allCases)
    func `a review counts once for each other person's last word about the head`(_ setting: Reviews) throws {
        let first = try verified(ann.commit(parents: [Self.base], by: "ann@shop.example"))
        let head = try verified(ann.commit(parents: [first.id], message: "Second\n"))
        var rules = rules
        var reviews: [VerifiedReview] = []
        switch setting {
        case .none: break
        case .ownReview: reviews = [try review(of: head, by: ann)]
        case .otherCommit: reviews = [try review(of: first, by: bob)]
        case .otherTree: reviews = [try review(of: head, by: bob, tree: String(repeating: "b", count: 40))]
        case .otherTarget: reviews = [try review(of: head, by: bob, target: "refs/heads/other")]
        case .rejected: reviews = [try review(of: head, by: bob, .reject)]
        case .approvedThenRejected:
            reviews = [try review(of: head, by: bob, .reject, at: 9), try review(of: head, by: bob)]
        case .rejectedThenApproved:
            reviews = [try review(of: head, by: bob, at: 9), try review(of: head, by: bob, .reject)]
        case .sameSecond:
            reviews = [
                try review(of: head, by: bob), try review(of: head, by: bob, .reject), try review(of: head, by: bob),
            ]
        case .oneManTwoKeys:
            var second = TestKey("bob@shop.example").person
            let laptop = TestKey("bob@home.example")
            second.key = laptop.key
            second.principals = PatternList(["bob@home.example", "bob@shop.example"])
            let reviewers = AllowedSigners([bob.person, second])
            rules.requiredReviews = 2
            reviews = [try review(of: head, by: bob), try review(of: head, by: laptop, reviewers: reviewers)]
        }
        let verdict = rules.judge(push([first, head], reviews: reviews))
        #expect(verdict.violations.map(\.rule) == (setting == .rejectedThenApproved ? [] : ["WB-SRC-005"]))
        let rejects: [Reviews] = [.rejected, .approvedThenRejected, .sameSecond]
        #expect(verdict.warnings.map(\.rule) == (rejects.contains(setting) ? ["WB-SRC-013"] : []))
    }

    @Test func `an author's second key and second address do not make another reviewer`() throws {
        let phone = TestKey("ann@home.example")
        let both = AllowedSigners([
            ann.person, AllowedSigners.Entry(principals: ["ann@home.example"], key: ann.key), phone.person,
        ])
        let rules = SourceRules(requiredReviews: 1, signers: both)
        let commit = ann.commit(parents: [Self.base])
        let head = try CommitVerifier(signers: both).verify(commit: commit.bytes, id: commit.id)
        #expect(head.outcome.isGood)
        let own = try review(of: head, by: phone, reviewers: both)
        #expect(rules.judge(push([head], reviews: [own])).violations.map(\.rule) == ["WB-SRC-005"])
        let shouting = TestKey("ANN@shop.example")
        let third = try review(of: head, by: shouting, reviewers: AllowedSigners([shouting.person]))
        #expect(rules.judge(push([head], reviews: [third])).violations.map(\.rule) == ["WB-SRC-005"])
    }

    @Test func `a review that its key's holder did not make is refused`() throws {
        let head = try verified(ann.commit(parents: [Self.base]))
        #expect(throws: WaybillError.self) { try review(of: head, by: eve) }
        #expect(throws: WaybillError.self) { try review(of: head, by: ann, as: "bob@shop.example") }
        let statement = testStatement(
            PredicateType.review, Review(decision: .approve, reviewer: bob.name, target: Self.main, time: testNow).value
        )
        #expect(throws: WaybillError.self) {
            try ReviewVerifier(reviewers: signers).verify(bob.sshEnvelope(statement), at: testNow)
        }
        let revoked = ReviewVerifier(reviewers: signers, revoked: RevokedKeys(fingerprints: [bob.key.sshFingerprint]))
        let approval = Review(decision: .approve, reviewer: bob.name, target: Self.main, time: testNow)
        let envelope = bob.sshEnvelope(approval.statement(commit: head.id, tree: head.commit.tree))
        #expect(throws: WaybillError.self) { try revoked.verify(envelope, at: testNow) }
        // A pattern names nobody, so nobody can review with its key.
        let anybody = AllowedSigners([AllowedSigners.Entry(principals: ["*@shop.example"], key: bob.key)])
        #expect(throws: WaybillError.self) { try ReviewVerifier(reviewers: anybody).verify(envelope, at: testNow) }
    }

    @Test func `a branch that is not protected may move as it likes, a protected tag may not`() throws {
        var rules = rules
        rules.protectedReferences.append("refs/tags/v*")
        var facts = PushFacts(
            reference: "refs/heads/topic", old: Self.base, new: nil, isFastForward: false, commits: [])
        #expect(rules.judge(facts).isAllowed)
        facts = PushFacts(
            reference: "refs/tags/v1", old: Self.base, new: String(repeating: "b", count: 40), isFastForward: true,
            commits: [])
        #expect(rules.judge(facts).violations.map(\.rule) == ["WB-SRC-012"])
        facts.old = nil
        #expect(rules.judge(facts).violations.map(\.rule) == ["WB-SRC-001"])
    }

    @Test func `who holds the key of a commit under another name does not approve it`() throws {
        var head = try verified(ann.commit(parents: [Self.base]))
        #expect(head.identities == ["ann@shop.example"])
        let approval = try review(of: head, by: bob)
        #expect(rules.judge(push([head], reviews: [approval])).isAllowed)
        // As the names of one OpenPGP key say.
        head.identities.append("Bob@shop.example")
        let verdict = rules.judge(push([head], reviews: [approval]))
        #expect(verdict.violations.map(\.rule) == ["WB-SRC-005"])
        #expect(verdict.violations[0].evidence?.contains("wrote part of it") == true)
    }

    @Test(arguments: [
        ("SHA256:abc", "allowed_signers"), ("0123456789ABCDEF0123456789ABCDEF01234567", "openpgp_keys.asc"),
    ])
    func `who signs with an unknown key is told where keys of its kind stand`(_ key: String, _ file: String) throws {
        var head = try verified(ann.commit(parents: [Self.base]))
        head.outcome = .unknownKey(fingerprint: key)
        let verdict = rules.judge(push([head], reviews: [try review(of: head, by: bob)]))
        #expect(verdict.violations.map(\.rule) == ["WB-SRC-002"])
        #expect(verdict.violations[0].remedy?.contains(file) == true)
    }
}
