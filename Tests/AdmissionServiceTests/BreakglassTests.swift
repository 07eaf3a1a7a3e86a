import Attestations
import DeployPolicies
import Documents
import Files
import Foundation
import Ledger
import Processes
import Signers
import Synchronization
import Testing
import Trust
import WaybillCore

@testable import AdmissionService

/// Letting an image run against the verdict.
struct BreakglassTests {
    /// People with SSH keys in a folder of the test's own.
    struct People: ~Copyable {
        let folder = NSTemporaryDirectory() + "waybill-breakglass-\(UInt32.random(in: .min ... .max))"

        init() throws { try Files.makeFolder(folder, mode: 0o700) }
        deinit { try? Files.remove(folder) }

        func key(_ name: String) async throws -> String {
            let path = "\(folder)/\(name)"
            if !Files.exists(path) {
                try await ProcessRunner.output(
                    of: Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]))
            }
            return path
        }

        func line(_ name: String) async throws -> String {
            "\(name)@shop \(try Files.text(try await key(name) + ".pub"))"
        }
    }

    static let settings = """
        apiVersion: waybill.dev/v1
        kind: AdmissionSettings
        spec: {breakglass: [ops@shop]}
        """

    static func order(
        _ actor: String = "ops@shop", image: Digest = DeployRulesTests.image, namespace: String = "staging",
        from: Int64 = 0, to: Int64 = 3600
    ) throws -> BreakglassOrder {
        let now = AdmissionTests.moment.seconds
        return try BreakglassOrder(
            image: image, namespace: namespace, reason: "the shop is down", actor: actor,
            issued: Timestamp(seconds: now + from), expires: Timestamp(seconds: now + to))
    }

    @Test func `an order by somebody who may lets the image run, and is recorded with its reason`() async throws {
        let people = try People()
        let signers = Array((try await people.line("ops") + "\n" + (try await people.line("dev"))).utf8)
        let desk = try DeployRulesTests.Desk(
            DeployRulesTests.security, Self.settings, files: [("allowed_signers", signers)])
        #expect(try await !desk.decide().isAllowed)

        // Wrong person, own name or borrowed; wrong image, namespace or time.
        for (key, order) in [
            ("dev", try Self.order("dev@shop")), ("dev", try Self.order()),
            ("ops", try Self.order(image: DeployRulesTests.other)), ("ops", try Self.order(namespace: "production")),
            ("ops", try Self.order(from: 60, to: 120)), ("ops", try Self.order(from: -120, to: 0)),
        ] {
            let envelope = try await SSHKeygenSigner(keyPath: people.key(key)).sign(order.statement)
            try await desk.record(envelope, type: BreakglassOrder.predicateType)
            #expect(try await !desk.decide().isAllowed)
        }

        let envelope = try await SSHKeygenSigner(keyPath: people.key("ops")).sign(try Self.order().statement)
        try await desk.record(envelope, type: BreakglassOrder.predicateType)
        let verdict = try await desk.decide()
        #expect(verdict.isAllowed)
        #expect(verdict.warnings.map(\.rule) == ["WB-DEP-003"])
        let event = try #require(try await desk.events(8).first { $0.action == "admission.breakglass" })
        #expect(event.detail["breakglass"]?[0]?["actor"] == "ops@shop")
        #expect(event.detail["breakglass"]?[0]?["reason"] == "the shop is down")
        #expect(event.detail["overridden"]?.array?.compactMap { $0["rule"]?.string } == ["WB-ADM-001", "WB-DEP-001"])
        let allowed = try #require(try await desk.decisions().first(where: \.isAllowed))
        #expect(allowed.breakglass?.actor == "ops@shop")
        #expect(allowed.violations.map(\.rule) == ["WB-ADM-001", "WB-DEP-001"])
        #expect(allowed.policy != nil)

        // What it is not for stays closed, and it ends.
        #expect(try await !desk.decide("localhost/other@\(Digest.sha256(of: [7]))").isAllowed)
        #expect(try await !desk.decide(AdmissionTests.pod(DeployRulesTests.pinned), namespace: "elsewhere").isAllowed)
        desk.moment.withLock { $0.seconds += 3600 }
        #expect(try await !desk.decide().isAllowed)
    }

    @Test func `a revoked order lets nothing run`() async throws {
        let people = try People()
        let desk = try DeployRulesTests.Desk(
            DeployRulesTests.security, Self.settings,
            files: [("allowed_signers", Array(try await people.line("ops").utf8))])
        let envelope = try await SSHKeygenSigner(keyPath: people.key("ops")).sign(try Self.order().statement)
        try await desk.record(envelope, type: BreakglassOrder.predicateType)
        #expect(try await desk.decide().isAllowed)
        let revocation = Revocation(
            target: .paper(envelope.digest), reason: "over", actor: "auditor", time: AdmissionTests.moment)
        try await desk.record(
            AdmissionTests.envelope(revocation.statement, AdmissionTests.key), type: PredicateType.revocation)
        // Memory follows the ledger twice a second; here at once.
        desk.run()
        var isAllowed = true
        for _ in 0..<400 where isAllowed {
            isAllowed = try await desk.decide().isAllowed
            if isAllowed { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(!isAllowed)
    }

    @Test func `somebody who may break the glass and has no key is an error`() throws {
        #expect(throws: WaybillError.self) {
            try DeployPolicyFolder(files: [("settings.yaml", Array(Self.settings.utf8))])
        }
        let revoked = try RevokedKeys(parsing: [])
        #expect(throws: WaybillError.self) {
            try DeployPolicyFolder(files: [("settings.yaml", Array(Self.settings.utf8))], revoked: revoked)
        }
    }

    static let wrong: [(String, Value)] = [
        ("namespace", .null), ("reason", "  "), ("actor", ""), ("expiresOn", "soon"),
        ("expiresOn", "2027-01-30T00:00:00Z"), ("expiresOn", "2026-12-01T00:00:00Z"), ("scope", "everything"),
    ]

    @Test(arguments: wrong) func `an order that is not whole is none`(member: String, value: Value) throws {
        var statement = try BreakglassOrder(
            image: DeployRulesTests.image, namespace: "staging", reason: "down", actor: "ops",
            issued: #require(Timestamp("2027-01-15T00:00:00Z")), expires: #require(Timestamp("2027-01-15T04:00:00Z"))
        ).statement
        #expect(throws: Never.self) { try BreakglassOrder(statement) }
        statement.predicate[member] = value
        #expect(throws: WaybillError.self) { try BreakglassOrder(statement) }
    }

    @Test(arguments: ["policy.yaml.bak", "policy.rego", "notes.txt"])
    func `a file that nobody reads is refused`(name: String) {
        #expect(throws: WaybillError.self) { try DeployPolicyFolder(files: [(name, [])]) }
    }
}
