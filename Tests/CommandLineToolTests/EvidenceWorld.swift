import Attestations
import Crypto
import Documents
import Files
import Foundation
import GitRepositories
import Ledger
import Signers
import TestSupport
import Trust
import WaybillCore

/// A state folder with one running workload whose chain holds, as services would have left it: a ledger, a signer's key
/// and two repositories.
struct EvidenceWorld {
    let folder: String
    var state: String { folder + "/state" }
    static let image = WaybillCore.Digest.sha256(of: Array("image".utf8))
    let installation: Curve25519.Signing.PrivateKey
    let commit: String

    init() async throws {
        folder = try BuiltProgram.scratch()
        for name in ["state/signer", "state/git/repositories"] {
            try Files.makeFolder("\(folder)/\(name)", mode: 0o700)
        }
        installation = try KeyFile.create(folder + "/state/signer/key.pem")
        let publicKey = try PrivateKey(file: folder + "/state/signer/key.pem") { () throws(WaybillError) in
            throw WaybillError(.failed, "no password is asked for", subject: "test")
        }.publicKey
        try Files.write(Array(publicKey.pem.utf8), to: folder + "/state/signer/key.pub.pem")
        let author = try TestKey("author@shop.example"), reviewer = try TestKey("reviewer@shop.example")
        let signers = [".waybill/allowed_signers": Array((author.line + reviewer.line).utf8)]
        let ledger = try SQLiteLedger(path: folder + "/state/ledger.db")

        // The source: a root, and a reviewed change on it.
        let shop = try await Self.repository("shop", in: folder)
        let root = try await Self.commit(signers, on: nil, by: author, in: shop)
        let head = try await Self.commit(["a.txt": Array("a\n".utf8)], on: root, by: author, in: shop)
        commit = head.hex
        let tree = try GitCommit(parsing: try await shop.object(head)?.bytes ?? []).tree
        let review = Review(
            decision: .approve, reviewer: reviewer.name, target: "refs/heads/main",
            time: Timestamp(seconds: 1_790_000_000)
        ).statement(commit: head.hex, tree: tree)
        try await Self.record(try reviewer.sshEnvelope(review), about: "gitCommit:\(head)", in: ledger)
        let move = Statement(
            subjects: [.init(name: "refs/heads/main", digest: ["gitCommit": head.hex])],
            predicateType: PredicateType.referenceMove,
            predicate: ReferenceLogEntry(
                repository: "shop", reference: "refs/heads/main", old: root.hex, new: head.hex, number: 2,
                previous: Self.image, actor: author.name, time: Timestamp(seconds: 1_790_000_000), commits: 1
            ).value)
        try await Self.record(try envelope(move), about: "gitCommit:\(head)", in: ledger)

        // The environment, and what runs in it.
        let environments = try await Self.repository("shop-environments", in: folder)
        let declared = """
            version: 1
            environments:
              - name: staging
                path: staging
                namespace: staging

            """
        let revision = try await Self.commit(
            signers.merging(["waybill.yaml": Array(declared.utf8)]) { $1 }, on: nil, by: author, in: environments)
        let predicates: [String: Value] = [
            PredicateType.verdict: ["verificationResult": "PASSED"],
            PredicateType.vulnerabilities: ["scanner": ["result": []]],
            PredicateType.testResult: ["result": "PASSED", "passedTests": ["a", "b"]],
            PredicateType.cycloneDX: ["components": [["name": "lodash"]]],
            PredicateType.deployment: ["revision": .string(revision.hex)],
            PredicateType.provenance: [
                "buildDefinition": [
                    "externalParameters": ["repository": "shop"], "internalParameters": ["isolation": "own users"],
                    "resolvedDependencies": [["uri": "git+waybill:shop", "digest": ["gitCommit": .string(head.hex)]]],
                ]
            ],
        ]
        for (type, predicate) in predicates.sorted(by: { $0.key < $1.key }) {
            let statement = Statement(
                subjects: [.init(name: "shop", digest: Self.image)], predicateType: type, predicate: predicate)
            try await Self.record(try envelope(statement), about: Self.image.description, in: ledger)
        }
        try await ledger.record(
            DeploymentRecord(
                environment: "staging", namespace: "staging", workload: "Deployment/shop", container: "shop",
                image: Self.image, revision: revision.hex, deployed: Instant(milliseconds: 1_790_000_000_000)))
    }

    func envelope(_ statement: Statement) throws -> Envelope {
        var envelope = Envelope(payloadType: Statement.payloadType, payload: statement.bytes, signatures: [])
        let signature = Array(try installation.signature(for: envelope.preAuthenticationEncoding))
        envelope.signatures = [.init(keyID: "installation", bytes: signature)]
        return envelope
    }

    static func record(_ envelope: Envelope, about subject: String, in ledger: SQLiteLedger) async throws {
        try await ledger.record([
            Paper(
                id: envelope.digest, subject: subject,
                predicateType: try Statement(parsing: envelope.payload).predicateType,
                recorded: Instant(milliseconds: 1_790_000_000_000), envelope: envelope)
        ])
    }

    private static func repository(_ name: String, in folder: String) async throws -> GitExecutable {
        try await GitExecutable.initializeBare("\(folder)/state/git/repositories/\(name).git")
    }

    /// A signed commit on `main`.
    private static func commit(
        _ files: [String: [UInt8]], on parent: ObjectID?, by author: TestKey, in repository: GitExecutable
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
