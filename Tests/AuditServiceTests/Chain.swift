import Attestations
import AuditService
import Documents
import GitRepositories
import Ledger
import TestSupport
import Testing
import Trust
import WaybillCore

/// An installation with one running workload, whose chain is intact until a test breaks it.
final class Chain {
    static let image = WaybillCore.Digest.sha256(of: Array("image".utf8))
    static let moment = Instant(milliseconds: 1_790_000_000_000)

    let ledger: SQLiteLedger
    let shop = InMemoryRepository()
    let environments = InMemoryRepository()
    let installation: TestKey
    let author: TestKey
    let reviewer: TestKey
    /// What a test changes before the papers are written.
    var isCommitSigned = true
    /// Who wrote a commit of the merge before its head.
    var earlierAuthor: TestKey?
    /// The repository's `waybill.yaml` before the merge.
    var rules: String?
    var reviews: [(key: TestKey, decision: Review.Decision, seconds: Int64)] = []
    /// The signer of a kind of paper, when it is not the installation.
    var signers: [String: TestKey] = [:]
    var missing: Set<String> = []
    var predicates: [String: Value] = [
        PredicateType.verdict: ["verificationResult": "PASSED"],
        PredicateType.vulnerabilities: ["scanner": ["result": []]],
        PredicateType.testResult: ["result": "PASSED", "passedTests": ["a", "b"]],
        PredicateType.cycloneDX: ["components": [["name": "lodash"]]],
    ]
    private(set) var commit = ""
    /// Where the branch stood before the merge.
    private(set) var base = ""
    private(set) var revision = ""

    init() throws {
        ledger = try SQLiteLedger(path: nil)
        installation = try TestKey("waybill")
        author = try TestKey("author@shop.example")
        reviewer = try TestKey("reviewer@shop.example")
        reviews = [(reviewer, .approve, 1_790_000_000)]
    }

    /// Writes everything down and walks the chain.
    func walk() async throws -> PaperChain {
        try await write()
        return try await chain()
    }

    func chain() async throws -> PaperChain {
        try await walker().chain(of: "Deployment/shop", namespace: "staging")
    }

    func walker() -> ChainWalker {
        let shop = shop, environments = environments
        return ChainWalker(
            ledger: ledger, keys: [TrustedKey(installation.key, name: "waybill")],
            repository: { ["shop": shop, "shop-environments": environments][$0] },
            environmentRepository: { $0 == "staging" ? "shop-environments" : nil }
        )
    }

    func write() async throws {
        let source = try await history(of: shop, isSigned: isCommitSigned)
        commit = source.head.hex
        base = source.base.hex
        revision = try await history(of: environments, isSigned: true).head.hex
        predicates[PredicateType.provenance] = [
            "buildDefinition": [
                "externalParameters": ["repository": "shop"], "internalParameters": ["isolation": "own users"],
                "resolvedDependencies": [["uri": "git+waybill:shop", "digest": ["gitCommit": .string(commit)]]],
            ]
        ]
        predicates[PredicateType.deployment] = ["revision": .string(revision)]
        for (type, predicate) in predicates.sorted(by: { $0.key < $1.key }) where !missing.contains(type) {
            try await record(
                type,
                Statement(
                    subjects: [.init(name: "shop", digest: Self.image)], predicateType: type, predicate: predicate))
        }
        for review in reviews where !missing.contains(PredicateType.review) {
            let statement = Review(
                decision: review.decision, reviewer: review.key.name, target: "refs/heads/main",
                time: Timestamp(seconds: review.seconds)
            ).statement(commit: commit, tree: source.tree.hex)
            try await record(statement, try review.key.sshEnvelope(statement), subject: "gitCommit:\(commit)")
        }
        if !missing.contains(PredicateType.referenceMove) {
            try await record(PredicateType.referenceMove, move(to: commit))
        }
        try await ledger.record(
            DeploymentRecord(
                environment: "staging", namespace: "staging", workload: "Deployment/shop", image: Self.image,
                revision: revision, deployed: Self.moment))
    }

    func move(to commit: String) -> Statement {
        Statement(
            subjects: [.init(name: "refs/heads/main", digest: ["gitCommit": commit])],
            predicateType: PredicateType.referenceMove,
            predicate: ReferenceLogEntry(
                repository: "shop", reference: "refs/heads/main", old: base, new: commit, number: 2,
                previous: Self.image, actor: author.name, time: Timestamp(seconds: 1_790_000_000), commits: 1
            ).value)
    }

    /// Signs and records a paper under its first subject.
    func record(_ type: String, _ statement: Statement) async throws {
        let digest = try #require(statement.subjects.first?.digest.first)
        try await record(
            statement, try (signers[type] ?? installation).envelope(statement), subject: "\(digest.key):\(digest.value)"
        )
    }

    /// Records an envelope in the columns that are given: nothing in a database vouches for them.
    func record(
        _ statement: Statement, _ envelope: Envelope, subject: String, as type: String? = nil
    ) async throws {
        try await ledger.record([
            Paper(
                id: envelope.digest, subject: subject, predicateType: type ?? statement.predicateType,
                recorded: Self.moment, envelope: envelope)
        ])
    }

    /// A root commit with the signers and one commit on it, by the author.
    private func history(of repository: InMemoryRepository, isSigned: Bool) async throws -> (
        head: ObjectID, tree: ObjectID, base: ObjectID
    ) {
        let person = CommitPerson(name: "Author", email: author.name, seconds: 1_789_000_000)
        var files = [".waybill/allowed_signers": Array((author.line + reviewer.line).utf8)]
        if let rules { files["waybill.yaml"] = Array(rules.utf8) }
        let first = try await repository.storeTree(changing: files, of: nil)
        let root = try await repository.store(
            try author.signed(CommitDraft(tree: first, parents: [], author: person, message: "Begin")))
        var parent = root
        if let earlierAuthor {
            let tree = try await repository.storeTree(changing: ["b.txt": Array("b\n".utf8)], of: root)
            let other = CommitPerson(name: "Other", email: earlierAuthor.name, seconds: 1_789_000_000)
            parent = try await repository.store(
                try earlierAuthor.signed(CommitDraft(tree: tree, parents: [root], author: other, message: "Before")))
        }
        let tree = try await repository.storeTree(changing: ["a.txt": Array("a\n".utf8)], of: parent)
        let draft = CommitDraft(tree: tree, parents: [parent], author: person, message: "Change")
        return (try await repository.store(isSigned ? try author.signed(draft) : draft), tree, root)
    }
}
