import Attestations
import Documents
import Ledger
import WaybillCore

@testable import Dashboard

/// A small shop with one change that went the whole way.
enum Sample {
    static let now = Instant(milliseconds: 1_795_266_000_000)
    static let image = Digest.sha256(of: Array("image".utf8))
    static let head = "4be1f02aaa4be1f02aaa4be1f02aaa4be1f02aaa"

    static func ago(_ minutes: Int64) -> Instant { Instant(milliseconds: now.milliseconds - minutes * 60_000) }

    static func paper(_ type: String, _ predicate: Value, subject: String = image.description, minutes: Int64 = 130)
        -> Paper
    {
        let statement = Statement(
            subjects: [.init(name: "shop/cart", digest: image)], predicateType: type, predicate: predicate)
        let envelope = Envelope(
            payloadType: Statement.payloadType, payload: statement.bytes,
            signatures: [.init(keyID: "SHA256:key", bytes: [1, 2, 3])])
        return Paper(
            id: envelope.digest, subject: subject, predicateType: type, recorded: ago(minutes), envelope: envelope)
    }

    static func ledger() async throws -> SQLiteLedger {
        let ledger = try SQLiteLedger(path: nil)
        try await ledger.record(
            ImageRecord(digest: image, repository: "shop/cart", commit: head, owner: "team-cart", built: ago(131)),
            packages: [
                PackageRecord(
                    purl: "pkg:npm/lodash@4.17.20", ecosystem: "npm", name: "lodash", version: "4.17.20",
                    place: "app/package-lock.json:12")
            ])
        try await ledger.record([
            paper(PredicateType.testResult, ["result": "PASSED"]),
            paper(PredicateType.vulnerabilities, ["waybillVerdict": "PASSED"]),
            paper(PredicateType.verdict, ["verificationResult": "PASSED"]),
            paper(PredicateType.provenance, ["buildDefinition": [:]]),
            paper(PredicateType.posture, ["result": "FAILED"]),
        ])
        for environment in ["production", "staging"] {
            try await ledger.record(
                DeploymentRecord(
                    environment: environment, namespace: "shop", workload: "Deployment/cart", container: "cart",
                    image: image,
                    revision: head, deployed: ago(120)))
        }
        for event in events { try await ledger.record(event) }
        return ledger
    }

    static var events: [Event] {
        [
            event("change.opened", "change:shop/1", nil, "shop: change 1: Pay by invoice", 200, .null),
            event("change.merged", "change:shop/1", "allow", "shop: change 1 is merged into main", 140, .null),
            event(
                "pipeline.finished", "gitCommit:\(head)", "deny", "shop 4be1f02aaa was denied: 1 violations", 130, run),
            event("agent.synced", "environment:staging", "allow", "4be1f02aaa is applied and healthy", 119, agent),
            event("agent.synced", "environment:production", "allow", "4be1f02aaa is applied and healthy", 118, agent),
        ]
    }

    static func event(
        _ action: String, _ subject: String, _ verdict: String?, _ message: String, _ minutes: Int64, _ detail: Value
    ) -> Event {
        Event(
            moment: ago(minutes), actor: "author@shop.example", action: action, subject: subject, verdict: verdict,
            message: message, detail: detail)
    }

    static let agent: Value = ["environment": "staging", "revision": .string(head)]

    static var run: Value {
        let violation = Finding(
            rule: "CVE-2021-23337", kind: .vulnerability, severity: .high, message: "lodash runs templates as code",
            place: .file("app/package-lock.json", line: 12), remedy: "update lodash", fixedVersion: "4.17.21")
        let secret = Finding(
            rule: "WB-SEC-001", kind: .secret, severity: .critical, message: "a key is in the image",
            place: .file("app/.env", line: 3), evidence: "seen-secret-value", remedy: "take it out and replace it")
        return [
            "repository": "shop", "commit": .string(head), "image": .string(image.description),
            "reference": .string("shop@\(image)"), "isolation": "runc in a user namespace",
            "verdict": Verdict(gate: .policy, subject: image.description, violations: [violation, secret]).value,
            "stages": [
                ["name": "build", "seconds": 12.5], ["name": "inventory", "seconds": 1.25],
                ["name": "test", "seconds": 3.5],
                ["name": "scan", "seconds": 0.75],
            ],
        ]
    }

    static let change = ProposedChange(
        id: 1, repository: "shop", branch: "invoice", target: "main", title: "Pay by invoice",
        by: "author@shop.example",
        opened: ago(200), state: .merged, head: head, base: String(repeating: "a", count: 40),
        commits: [
            .init(
                id: head, title: "Pay by invoice", author: "author@shop.example", isSigned: true,
                signature: "signed by author@shop.example")
        ],
        reviews: [
            .init(
                reviewer: "reviewer@shop.example", isApproval: true, commit: head, paper: image, counts: true,
                comment: "fine"),
            .init(
                reviewer: "author@shop.example", isApproval: true, commit: head, paper: image, counts: false,
                reason: "wrote a commit of the change"),
        ],
        files: [.init(path: "src/pay.js", added: 14, removed: 2), .init(path: "logo.png", added: nil, removed: nil)],
        diff: "diff --git a/src/pay.js b/src/pay.js\n@@ -1,2 +1,2 @@\n-const pay = card\n+const pay = invoice\n same\n")

    struct Changes: ChangeSource {
        var change = Sample.change
        func repositories() async throws(WaybillError) -> [String] { ["shop", "broken"] }
        func changes(in repository: String) async throws(WaybillError) -> [ProposedChange] {
            guard repository == "shop" else {
                throw WaybillError(.unavailable, "Git did not answer", subject: repository)
            }
            return [change]
        }
        func change(_ id: Int, in repository: String) async throws(WaybillError) -> ProposedChange {
            guard id == 1 else { throw WaybillError(.notFound, "there is no change \(id)", subject: repository) }
            return change
        }
    }
}
