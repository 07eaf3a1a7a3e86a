import Attestations
import Delivery
import GitRepositories
import Ledger
import TestSupport
import Testing
import Trust
import WaybillCore

@testable import AgentService

/// A history of an environment repository, whose commits people sign and review.
final class History {
    static let moment: Int64 = 1_790_000_000

    let repository = InMemoryRepository()
    let author: TestKey
    let reviewer: TestKey
    let second: TestKey
    private(set) var head: ObjectID?

    init() throws {
        author = try TestKey("author@shop.example")
        reviewer = try TestKey("reviewer@shop.example")
        second = try TestKey("second@shop.example")
    }

    static func rules(reviews: Int, production: Int) -> String {
        """
        version: 1
        source: { reviews: \(reviews) }
        environments:
          - { name: staging, path: staging }
          - { name: production, path: production, reviews: \(production) }

        """
    }

    static func settings(_ text: String) -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { text: \(text) }\n"
    }

    /// The first commit, with everybody's keys.
    func begin(reviews: Int = 1, production: Int = 0) async throws -> ObjectID {
        try await commit([
            ".waybill/allowed_signers": author.line + reviewer.line + second.line,
            "waybill.yaml": Self.rules(reviews: reviews, production: production),
            "base/kustomization.yaml": "resources: [settings.yaml]\n", "base/settings.yaml": Self.settings("one"),
            "staging/kustomization.yaml": "resources: [../base]\n",
            "production/kustomization.yaml": "resources: [../base]\n",
        ])
    }

    @discardableResult
    func commit(_ files: [String: String], by key: TestKey? = nil, signed: Bool = true) async throws -> ObjectID {
        let key = key ?? author
        let tree = try await repository.storeTree(changing: files.mapValues { Array($0.utf8) }, of: head)
        let person = CommitPerson(name: "Somebody", email: key.name, seconds: Self.moment)
        let draft = CommitDraft(tree: tree, parents: head.map { [$0] } ?? [], author: person, message: "change")
        let id = try await repository.store(signed ? try key.signed(draft) : draft)
        head = id
        return id
    }

    func review(_ commit: ObjectID, by key: TestKey? = nil, _ decision: Review.Decision = .approve) async throws {
        let key = key ?? reviewer
        let bytes = await repository.object(commit)?.bytes
        let tree = try GitCommit(parsing: #require(bytes)).tree
        let statement = Review(
            decision: decision, reviewer: key.name, target: "refs/heads/main", time: Timestamp(seconds: Self.moment)
        ).statement(commit: commit.hex, tree: tree)
        let envelope = try key.sshEnvelope(statement)
        try await EvidenceBranch(of: repository).add(
            envelope, at: [EvidencePath.review(envelope, of: commit)], because: "review",
            on: Timestamp(seconds: Self.moment))
    }

    /// Commits that the installation says are its promotions.
    var promotions: Set<ObjectID> = []

    func verify(from: ObjectID?, environment: String = "staging") async throws -> Verdict {
        let promotions = promotions
        let signers = try AllowedSigners(parsing: Array(author.line.utf8), file: "root")
        let head = try #require(head)
        return try await SignedHistoryGuard(
            repository, environment: environment, rootSigners: { signers },
            isPromotion: { commit in promotions.contains(commit) },
            now: { Instant(milliseconds: Self.moment * 1000) }
        ).verify(from: from, to: head)
    }
}

struct SignedHistoryGuardTests {
    @Test func `a signed and reviewed commit may be applied, an unreviewed one may not`() async throws {
        let history = try History()
        let first = try await history.begin()
        let commit = try await history.commit(["staging/x": "1"])
        let verdict = try await history.verify(from: first)
        #expect(verdict.violations.map(\.rule) == ["WB-SRC-005"])
        try await history.review(commit)
        #expect(try await history.verify(from: first).isAllowed)
    }

    @Test func `the first history is taken whole from the registered signers`() async throws {
        let history = try History()
        _ = try await history.begin()
        try await history.commit(["staging/x": "1"], by: history.reviewer)
        #expect(try await history.verify(from: nil).isAllowed)
        let other = try History()
        _ = try await other.commit(["a": "b"], by: try TestKey("author@shop.example"))
        #expect(try await other.verify(from: nil).isAllowed == false)
    }

    @Test func `several merges in one range are judged one after the other`() async throws {
        let history = try History()
        let first = try await history.begin()
        // Each reviews the other's change: over the whole range both are authors.
        let one = try await history.commit(["staging/x": "1"], by: history.author)
        try await history.review(one, by: history.reviewer)
        let two = try await history.commit(["staging/x": "2"], by: history.reviewer)
        try await history.review(two, by: history.author)
        #expect(try await history.verify(from: first).isAllowed)
    }

    @Test func `an unreviewed commit on top of a reviewed one is refused`() async throws {
        let history = try History()
        let first = try await history.begin()
        try await history.review(try await history.commit(["staging/x": "1"]))
        try await history.commit(["staging/x": "2"])
        #expect(try await history.verify(from: first).isAllowed == false)
    }

    @Test func `an unsigned commit below a reviewed head is refused`() async throws {
        let history = try History()
        let first = try await history.begin()
        try await history.commit(["staging/x": "1"], signed: false)
        try await history.review(try await history.commit(["staging/x": "2"]))
        let verdict = try await history.verify(from: first)
        #expect(verdict.violations.map(\.rule) == ["WB-SRC-001"])
    }

    @Test func `a key counts from the commit after the one that brought it`() async throws {
        let history = try History()
        let first = try await history.begin()
        let newcomer = try TestKey("new@shop.example")
        let keys = history.author.line + history.reviewer.line + newcomer.line
        try await history.review(try await history.commit([".waybill/allowed_signers": keys]))
        let work = try await history.commit(["staging/x": "1"], by: newcomer)
        try await history.review(work)
        #expect(try await history.verify(from: first).isAllowed)
        // In one step the newcomer's commit stands beside the one that would let them in.
        let other = try History()
        let start = try await other.begin()
        try await other.commit([".waybill/allowed_signers": other.author.line + other.reviewer.line + newcomer.line])
        try await other.review(try await other.commit(["staging/x": "1"], by: newcomer))
        #expect(try await other.verify(from: start).isAllowed == false)
    }

    @Test func `a revoked key counts no more`() async throws {
        let history = try History()
        let first = try await history.begin()
        let line = history.author.line.split(separator: " ").dropFirst(2).joined(separator: " ")
        try await history.review(
            try await history.commit([".waybill/revoked_keys": line], by: history.second))
        try await history.review(try await history.commit(["staging/x": "1"], by: history.author))
        #expect(try await history.verify(from: first).isAllowed == false)
    }

    /// What a commit changes, and whether production, which asks for two reviews, takes it with one.
    static let changes: [([String: String], Bool)] = [
        (["staging/settings.yaml": "x", "staging/kustomization.yaml": "resources: [../base]\nnamePrefix: a-\n"], true),
        (["README.md": "hello"], true),
        (["production/kustomization.yaml": "resources: [../base]\nnamePrefix: a-\n"], false),
        (["base/settings.yaml": History.settings("two")], false),
        (["waybill.yaml": History.rules(reviews: 1, production: 0)], false),
        (["production/kustomization.yaml": "resources: [../nowhere]\n"], false),
    ]

    @Test(arguments: changes)
    func `an environment's own reviews are asked where a step changes what runs there`(
        _ files: [String: String], _ isAllowedWithOne: Bool
    ) async throws {
        let history = try History()
        let first = try await history.begin(production: 2)
        let commit = try await history.commit(files)
        try await history.review(commit)
        #expect(try await history.verify(from: first, environment: "production").isAllowed == isAllowedWithOne)
        #expect(try await history.verify(from: first, environment: "staging").isAllowed)
        try await history.review(commit, by: history.second)
        #expect(try await history.verify(from: first, environment: "production").isAllowed)
    }

    @Test func `rules that nobody can read leave those before in force, and can be mended`() async throws {
        let history = try History()
        let first = try await history.begin()
        try await history.review(try await history.commit(["waybill.yaml": "source: [\n"]))
        try await history.commit(["waybill.yaml": History.rules(reviews: 0, production: 0)])
        #expect(try await history.verify(from: first).isAllowed == false)
        try await history.review(try #require(history.head))
        #expect(try await history.verify(from: first).isAllowed)
    }

    @Test func `a commit that is not there is an error and no approval`() async throws {
        let history = try History()
        let first = try await history.begin()
        let missing = try #require(ObjectID(String(repeating: "a", count: 40)))
        let signers = try AllowedSigners(parsing: Array(history.author.line.utf8), file: "root")
        let guarding = SignedHistoryGuard(
            history.repository, environment: "staging", rootSigners: { signers },
            now: { Instant(milliseconds: 1) })
        await #expect(throws: WaybillError.self) { try await guarding.verify(from: first, to: missing) }
    }
}

struct DividedEnvironmentTests {
    @Test(arguments: ["production/shop/settings.yaml", "policy/drift.rego", "production/broken/kustomization.yaml"])
    func `an environment's own number of reviews holds for its applications as well`(_ path: String) async throws {
        let history = try History()
        let first = try await history.commit([
            ".waybill/allowed_signers": history.author.line + history.reviewer.line + history.second.line,
            "waybill.yaml": """
            version: 1
            source: { reviews: 1 }
            environments:
              - name: production
                path: production
                reviews: 2
                ignore: [{ rego: [policy/drift.rego] }]
                application-folders: [production]
            """, "production/shop/kustomization.yaml": "resources: [settings.yaml]\n",
            "production/shop/settings.yaml": History.settings("one"), "policy/drift.rego": "package waybill.drift\n",
        ])
        let change = try await history.commit([
            path: path.hasSuffix("settings.yaml") ? History.settings("two") : "resources: [none.yaml]\n"
        ])
        try await history.review(change, by: history.reviewer)
        #expect(try await history.verify(from: first, environment: "production").isAllowed == false)
        try await history.review(change, by: history.second)
        #expect(try await history.verify(from: first, environment: "production").isAllowed)
    }

    @Test func `a file that changes nothing there needs no more reviews than any`() async throws {
        let history = try History()
        let first = try await history.begin(reviews: 1, production: 2)
        let change = try await history.commit(["README.md": "words\n"])
        try await history.review(change, by: history.reviewer)
        #expect(try await history.verify(from: first, environment: "production").isAllowed)
    }
}

/// Commits with the machine's own key.
struct AutomationTests {
    private let machine: TestKey
    private let history: History
    private let first: ObjectID

    init() async throws {
        machine = try TestKey(AutomationLimits.identity)
        history = try History()
        first = try await history.commit([
            ".waybill/allowed_signers": history.author.line + history.reviewer.line + machine.line,
            "waybill.yaml": """
            version: 1
            source: { reviews: 0 }
            environments:
              - { name: staging, path: staging, promotion: { auto: true } }
              - { name: production, path: production }
            """, "staging/kustomization.yaml": "resources: []\n",
        ])
    }

    private func push(_ files: [String: String], explained: Bool = true) async throws {
        let commit = try await history.commit(files, by: machine)
        if explained { history.promotions.insert(commit) }
    }

    @Test func `a promotion that a paper explains may be applied`() async throws {
        try await push(["staging/shop/kustomization.yaml": "images: []\n"])
        #expect(try await history.verify(from: first).isAllowed)
    }

    @Test func `one that nothing explains is refused`() async throws {
        try await push(["staging/shop/kustomization.yaml": "images: []\n"], explained: false)
        #expect(try await history.verify(from: first).violations.map(\.rule) == ["WB-AGT-009"])
    }

    @Test(arguments: [
        "waybill.yaml", ".waybill/allowed_signers", "production/kustomization.yaml", "base/x.yaml",
        "staging/.gitattributes",
    ])
    func `whatever else the key changes is refused, and may be taken back`(_ path: String) async throws {
        let before = try await history.repository.read(path, at: first)
        try await push([path: String(decoding: before ?? [], as: UTF8.self) + "# more\n"])
        #expect(try await history.verify(from: first).violations.map(\.rule) == ["WB-AGT-009"])
        try await history.commit([path: before.map { String(decoding: $0, as: UTF8.self) } ?? "# more\n"])
        if before != nil { #expect(try await history.verify(from: first).isAllowed) }
    }

    @Test func `a person's review lets it through`() async throws {
        let commit = try await history.commit(["production/a.yaml": "x: y\n"], by: machine)
        #expect(try await history.verify(from: first).isAllowed == false)
        try await history.review(commit, by: history.reviewer)
        #expect(try await history.verify(from: first).isAllowed)
    }

    @Test func `the key cannot review what it signed`() async throws {
        let commit = try await history.commit(["production/a.yaml": "x: y\n"], by: machine)
        try await history.review(commit, by: machine)
        #expect(try await history.verify(from: first).isAllowed == false)
    }
}
