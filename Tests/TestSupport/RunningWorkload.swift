public import Attestations
import Documents
public import GitRepositories
public import Ledger
import Trust
public import WaybillCore

/// One running workload whose chain holds: its papers in a ledger, its commits in two repositories.
public struct RunningWorkload: Sendable {
    public static let image = WaybillCore.Digest.sha256(of: Array("image".utf8))
    static let moment = Instant(milliseconds: 1_790_000_000_000)

    /// The source commit that the chain leads to.
    public let commit: String

    /// `Deployment/shop` in `staging`, from `shop`, as `shop-environments` desires it.
    public init(
        in ledger: any Ledger, shop: any WritableGitRepository, environments: any WritableGitRepository,
        sign: (Statement) throws -> Envelope
    ) async throws {
        let author = try TestKey("author@shop.example"), reviewer = try TestKey("reviewer@shop.example")
        let signers = [".waybill/allowed_signers": Array((author.line + reviewer.line).utf8)]
        let root = try await Self.commit(signers, on: nil, by: author, in: shop)
        let head = try await Self.commit(["a.txt": Array("a\n".utf8)], on: root, by: author, in: shop)
        commit = head.hex
        let tree = try GitCommit(parsing: try await shop.object(head)?.bytes ?? []).tree
        let review = Review(
            decision: .approve, reviewer: reviewer.name, target: "refs/heads/main",
            time: Timestamp(seconds: Self.moment.milliseconds / 1000)
        ).statement(commit: head.hex, tree: tree)
        try await Self.record(try reviewer.sshEnvelope(review), about: "gitCommit:\(head)", in: ledger)
        let move = Statement(
            subjects: [.init(name: "refs/heads/main", digest: ["gitCommit": head.hex])],
            predicateType: PredicateType.referenceMove,
            predicate: ReferenceLogEntry(
                repository: "shop", reference: "refs/heads/main", old: root.hex, new: head.hex, number: 2,
                previous: Self.image, actor: author.name, time: Timestamp(seconds: Self.moment.milliseconds / 1000),
                commits: 1
            ).value)
        try await Self.record(try sign(move), about: "gitCommit:\(head)", in: ledger)

        let declared = """
            version: 1
            environments:
              - name: staging
                path: staging
                namespace: staging

            """
        let revision = try await Self.commit(
            signers.merging(["waybill.yaml": Array(declared.utf8)]) { $1 }, on: nil, by: author, in: environments)
        for (type, predicate) in Self.predicates(source: head.hex, revision: revision.hex) {
            let statement = Statement(
                subjects: [.init(name: "shop", digest: Self.image)], predicateType: type, predicate: predicate)
            try await Self.record(try sign(statement), about: Self.image.description, in: ledger)
        }
        try await ledger.record(
            DeploymentRecord(
                environment: "staging", namespace: "staging", workload: "Deployment/shop", container: "shop",
                image: Self.image, revision: revision.hex, deployed: Self.moment))
    }

    private static func predicates(source: String, revision: String) -> [(String, Value)] {
        [
            (
                PredicateType.provenance,
                [
                    "buildDefinition": [
                        "externalParameters": ["repository": "shop"], "internalParameters": ["isolation": "own users"],
                        "resolvedDependencies": [
                            ["uri": "git+waybill:shop", "digest": ["gitCommit": .string(source)]]
                        ],
                    ]
                ]
            ),
            (PredicateType.cycloneDX, ["components": [["name": "lodash"]]]),
            (PredicateType.testResult, ["result": "PASSED", "passedTests": ["a", "b"]]),
            (PredicateType.vulnerabilities, ["scanner": ["result": []]]),
            (PredicateType.verdict, ["verificationResult": "PASSED"]),
            (PredicateType.deployment, ["revision": .string(revision)]),
        ]
    }

    private static func record(_ envelope: Envelope, about subject: String, in ledger: any Ledger) async throws {
        try await ledger.record([
            Paper(
                id: envelope.digest, subject: subject,
                predicateType: try Statement(parsing: envelope.payload).predicateType, recorded: moment,
                envelope: envelope)
        ])
    }

    /// A signed commit on `main`.
    private static func commit(
        _ files: [String: [UInt8]], on parent: ObjectID?, by author: TestKey, in repository: any WritableGitRepository
    ) async throws -> ObjectID {
        let person = CommitPerson(name: "Author", email: author.name, seconds: 1_789_000_000)
        let tree = try await repository.storeTree(changing: files, of: parent)
        let draft = CommitDraft(
            tree: tree, parents: parent.map { [$0] } ?? [], author: person, message: parent == nil ? "Begin" : "Change")
        let id = try await repository.store(try author.signed(draft))
        try await repository.move([ReferenceMove("refs/heads/main", from: parent, to: id)])
        return id
    }
}
