import Attestations
import Crypto
import DeployPolicies
import Documents
import Foundation
import Kubernetes
import Ledger
import Signers
import Synchronization
import Testing
import Trust
import WaybillCore

@testable import AdmissionService

/// Deployment policies at the webhook, with the holes that other systems have.
struct DeployRulesTests {
    static let image = AdmissionTests.image
    static let pinned = "localhost/shop@\(image)"
    static let other = WaybillCore.Digest.sha256(of: Array("other".utf8))

    /// A value that a test changes while the webhook reads it.
    final class Shared<Value: Sendable>: Sendable {
        private let value: Mutex<Value>
        init(_ value: Value) { self.value = Mutex(value) }
        func withLock<Result: Sendable>(_ work: @Sendable (inout Value) -> Result) -> Result {
            value.withLock { work(&$0) }
        }
    }

    /// Everything of the webhook but its socket.
    final class Desk: Sendable {
        let ledger: SQLiteLedger
        let service: AdmissionService
        /// What the advisories say of the image now.
        let findings = Shared<[Finding]?>(nil)
        let stored = Shared(ImageEvidence())
        let moment = Shared(AdmissionTests.moment)

        init(_ documents: String..., namespace: String? = nil, files: [(name: String, bytes: [UInt8])] = []) throws {
            let folder = try DeployPolicyFolder(
                files: files + [("policy.yaml", Array(documents.joined(separator: "\n---\n").utf8))])
            let source = DeployRules.Source.folder(folder)
            ledger = try SQLiteLedger(path: nil)
            let index = PaperIndex(ledger: ledger, verifier: EnvelopeVerifier(keys: [try AdmissionTests.trusted()]))
            let findings = findings, stored = stored, moment = moment
            let dossiers = ImageDossiers(
                ledger: ledger, stored: { _, _ in stored.withLock { $0 } }, findings: { _ in findings.withLock { $0 } })
            service = AdmissionService(
                index: index, ledger: ledger, signer: KeySigner(), dossiers: dossiers,
                now: { Instant(milliseconds: moment.withLock { $0 }.seconds * 1000) })
            service.setRules(AdmissionTests.rules)
            service.changePolicies {
                if let namespace {
                    $0.places["test"] = .init(namespace: namespace, source: source)
                } else {
                    $0.everywhere = source
                }
            }
        }

        func record(_ envelope: Envelope, about digest: WaybillCore.Digest = image, type: String) async throws {
            try await ledger.record([
                Paper(
                    id: envelope.digest, subject: digest.description, predicateType: type,
                    recorded: Instant(milliseconds: AdmissionTests.moment.seconds * 1000), envelope: envelope)
            ])
        }

        /// The test result that the rules about papers ask for.
        func passTests(_ digest: WaybillCore.Digest = image) async throws {
            try await record(
                AdmissionTests.envelope(PredicateType.testResult, AdmissionTests.passed, about: digest), about: digest,
                type: PredicateType.testResult)
        }

        func scan(_ results: [VulnerabilityScan.Result] = [], _ digest: WaybillCore.Digest = image) async throws {
            let scan = VulnerabilityScan(
                scannerURI: "https://waybill.dev/scanner", results: results, finished: AdmissionTests.moment)
            try await record(
                AdmissionTests.envelope(PredicateType.vulnerabilities, scan.value, about: digest), about: digest,
                type: PredicateType.vulnerabilities)
        }

        func decide(_ object: Value, namespace: String = "staging", isDryRun: Bool = false) async throws -> Verdict {
            var request = try AdmissionTests.review(object, namespace: namespace)
            request.isDryRun = isDryRun
            return await service.decide(request)
        }

        func decide(_ reference: String = pinned) async throws -> Verdict {
            try await decide(AdmissionTests.pod(reference))
        }

        private let running = Mutex<Task<Void, Never>?>(nil)
        deinit { running.withLock { $0?.cancel() } }

        /// Has decisions written down and the ledger followed from now on.
        func run() {
            running.withLock { $0 = $0 ?? Task { [service] in await service.run(interval: .milliseconds(5)) } }
        }

        /// The events, once so many decisions are written down.
        func events(_ count: Int) async throws -> [Event] {
            run()
            var events = try await ledger.events(about: nil, limit: 100)
            for _ in 0..<500 where events.count < count {
                try await Task.sleep(for: .milliseconds(10))
                events = try await ledger.events(about: nil, limit: 100)
            }
            return events
        }

        /// The signed decisions about the image, once there is one that lets it run.
        func decisions() async throws -> [AdmissionDecision] {
            run()
            var decisions: [AdmissionDecision] = []
            for _ in 0..<500 where !decisions.contains(where: \.isAllowed) {
                let papers = try await ledger.papers(
                    about: DeployRulesTests.image.description, predicateType: PredicateType.admission)
                decisions = try papers.map { try AdmissionDecision(Statement(parsing: $0.envelope.payload).predicate) }
                if !decisions.contains(where: \.isAllowed) { try await Task.sleep(for: .milliseconds(10)) }
            }
            return decisions
        }
    }

    /// Signs whatever it is given, in the test's own key.
    struct KeySigner: StatementSigner {
        var keyID: String { "k" }
        func sign(_ statement: Statement) async throws(WaybillError) -> Envelope {
            do { return try AdmissionTests.envelope(statement, AdmissionTests.key) } catch {
                throw WaybillError(.failed, "cannot sign", subject: "test", cause: error)
            }
        }
    }

    static let security = """
        apiVersion: kritis.grafeas.io/v1beta1
        kind: ImageSecurityPolicy
        metadata: {name: isp, namespace: staging}
        spec:
          packageVulnerabilityRequirements: {maximumSeverity: HIGH}
        """

    static let bad = VulnerabilityScan.Result(id: "CVE-2026-1", severity: .critical, fixedVersion: "2")

    @Test func `both papers and policies must hold`() async throws {
        let desk = try Desk(Self.security)
        try await desk.scan()
        #expect(try await desk.decide().violations.map(\.rule) == ["WB-ADM-001"])
        try await desk.passTests()
        #expect(try await desk.decide().isAllowed)
    }

    @Test func `an image that nobody scanned is not clean`() async throws {
        let desk = try Desk(Self.security)
        try await desk.passTests()
        desk.findings.withLock { $0 = [] }
        let verdict = try await desk.decide()
        #expect(verdict.violations.map(\.rule) == ["WB-DEP-001"])
        #expect(verdict.violations.first?.message.contains("never scanned") == true)
        #expect(verdict.violations.first?.place.field == "spec.containers[0].image")
        #expect(verdict.violations.first?.place.object == Self.pinned)
        try await desk.scan([Self.bad])
        #expect(try await desk.decide().violations.first?.message.contains("CVE-2026-1") == true)
    }

    @Test func `an image that was admitted meets new findings again`() async throws {
        let desk = try Desk(Self.security)
        try await desk.passTests()
        try await desk.scan([.init(id: "CVE-2026-2", severity: .critical, accepted: "until spring")])
        #expect(try await desk.decide().isAllowed)
        // What somebody accepted stays accepted under each of its names.
        desk.findings.withLock {
            $0 = [
                Finding(rule: "GHSA-1", kind: .vulnerability, severity: .critical, message: "", aliases: ["CVE-2026-2"])
            ]
        }
        #expect(try await desk.decide().isAllowed)
        desk.findings.withLock {
            $0 = [
                Finding(
                    rule: "GHSA-2", kind: .vulnerability, severity: .critical, message: "", aliases: ["CVE-2026-3"],
                    fixedVersion: "2")
            ]
        }
        let verdict = try await desk.decide()
        #expect(verdict.violations.map(\.rule) == ["WB-DEP-001"])
        #expect(verdict.violations.first?.message.contains("CVE-2026-3") == true)
    }

    @Test(arguments: ["initContainers", "ephemeralContainers"])
    func `containers of every kind count`(_ list: String) async throws {
        let desk = try Desk(Self.security)
        try await desk.passTests()
        try await desk.scan()
        // The second image has the papers that the rules ask for, and no scan.
        try await desk.passTests(Self.other)
        let object: Value = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
            "spec": [
                "containers": [["name": "c", "image": .string(Self.pinned)]],
                list: [["name": "d", "image": "localhost/other@\(Self.other)"]],
            ],
        ]
        #expect(try await desk.decide(object).violations.map(\.place.field) == ["spec.\(list)[0].image"])
    }

    @Test func `the pod template of a workload is judged like a pod`() async throws {
        let desk = try Desk(Self.security)
        try await desk.passTests()
        let object: Value = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "d"],
            "spec": ["template": ["spec": ["containers": [["name": "c", "image": .string(Self.pinned)]]]]],
        ]
        let verdict = try await desk.decide(object)
        #expect(verdict.violations.map(\.place.field) == ["spec.template.spec.containers[0].image"])
        try await desk.scan()
        #expect(try await desk.decide(object).isAllowed)
    }

    @Test func `a misspelt field is an error with its place, and closes what it was for`() async throws {
        let text = Self.security.replacingOccurrences(of: "maximumSeverity", with: "maximumSeverty")
        let error = #expect(throws: WaybillError.self) {
            try DeployPolicyFolder(files: [(".waybill/admission/shop.yaml", Array(text.utf8))])
        }
        #expect(error?.subject.hasPrefix(".waybill/admission/shop.yaml:") == true)
        let desk = try Desk(Self.security)
        try await desk.passTests()
        try await desk.scan()
        let failure = try #require(error)
        desk.service.changePolicies { $0.places["e"] = .init(namespace: "staging", source: .unreadable(failure)) }
        let verdict = try await desk.decide()
        #expect(verdict.violations.map(\.rule) == ["WB-DEP-002"])
        #expect(verdict.violations.first?.message.contains("shop.yaml:") == true)
        // A namespace of another environment stays open.
        desk.service.changePolicies { $0 = DeployRules(places: $0.places) }
        #expect(try await desk.decide(AdmissionTests.pod(Self.pinned), namespace: "other").isAllowed)
    }

    @Test func `a forged annotation means nothing`() async throws {
        let desk = try Desk(Self.security)
        try await desk.passTests()
        var object = AdmissionTests.pod(Self.pinned)
        object["metadata"] = [
            "name": "p",
            "annotations": [
                "kritis.grafeas.io/breakglass": "true", "alpha.image-policy.k8s.io/break-glass": "true",
                "waybill.dev/breakglass": "ops@shop", "kritis.grafeas.io/attestation": "true",
            ],
        ]
        #expect(try await !desk.decide(object).isAllowed)
    }

    // MARK: attestors

    static func authority(_ name: String, _ key: P256.Signing.PrivateKey) throws -> String {
        let pem = try PublicKey(der: Array(key.publicKey.derRepresentation)).pem
        let lines = pem.split(separator: "\n").map { "          \($0)" }.joined(separator: "\n")
        return """
            apiVersion: kritis.grafeas.io/v1beta1
            kind: AttestationAuthority
            metadata: {name: \(name)}
            spec:
              noteReference: projects/p/notes/\(name)
              publicKeys:
              - keyType: PKIX
                pkixPublicKey:
                  publicKeyPem: |
            \(lines)
            """
    }

    static func attestation(_ name: String, _ key: P256.Signing.PrivateKey) throws -> ImageEvidence.Attestation {
        let payload = SimpleSigningPayload(kind: .atomic, reference: "", digest: image).bytes
        let signature = try key.signature(for: Data(payload)).derRepresentation
        return .init(
            note: "projects/p/notes/\(name)", payload: payload,
            signatures: [.init(keyID: "", bytes: Array(signature))])
    }

    static let both = """
        apiVersion: kritis.grafeas.io/v1beta1
        kind: GenericAttestationPolicy
        metadata: {name: two}
        spec: {attestationAuthorityNames: [build, quality]}
        """

    @Test func `two keys of one person are one person`() async throws {
        let one = P256.Signing.PrivateKey(), two = P256.Signing.PrivateKey()
        let documents = [try Self.authority("build", one), try Self.authority("quality", two), Self.both]
        let names = try [one, two].map { try PublicKey(der: Array($0.publicKey.derRepresentation)).keyID }
        for (second, allowed) in [("ben", true), ("ann", false)] {
            let settings = """
                apiVersion: waybill.dev/v1
                kind: AdmissionSettings
                spec:
                  persons:
                  - {name: ann, keys: ["\(names[0])"\(second == "ann" ? ", \"\(names[1])\"" : "")]}
                  - {name: ben, keys: [\(second == "ben" ? "\"\(names[1])\"" : "")]}
                """
            let desk = try Desk((documents + [settings]).joined(separator: "\n---\n"))
            try await desk.passTests()
            #expect(try await !desk.decide().isAllowed)
            let attestations = [try Self.attestation("build", one), try Self.attestation("quality", two)]
            desk.stored.withLock { $0.attestations = attestations }
            desk.moment.withLock { $0.seconds += 10 }
            let verdict = try await desk.decide()
            #expect(verdict.isAllowed == allowed)
            if !allowed { #expect(verdict.violations.first?.message.contains("same person") == true) }
        }
    }

    @Test func `provenance in the ledger serves a build policy, and only that of the named authority`() async throws {
        let key = P256.Signing.PrivateKey()
        let policy = """
            apiVersion: kritis.grafeas.io/v1beta1
            kind: BuildPolicy
            metadata: {name: built, namespace: staging}
            spec:
              attestationAuthorityName: build
              buildRequirements: {builtFrom: "https://git.shop.example/cart"}
            """
        let desk = try Desk(try Self.authority("build", key), policy)
        try await desk.passTests()
        let provenance: Value = [
            "buildDefinition": [
                "buildType": "https://waybill.dev/build/v1", "externalParameters": [:],
                "resolvedDependencies": [["uri": "https://git.shop.example/cart"]],
            ],
            "runDetails": ["builder": ["id": "https://waybill.dev/builder"]],
        ]
        let statement = Statement(
            subjects: [.init(name: "shop", digest: Self.image)], predicateType: PredicateType.provenance,
            predicate: provenance)
        // The installation's own word is not that of the authority.
        try await desk.record(
            AdmissionTests.envelope(statement, AdmissionTests.key), type: PredicateType.provenance)
        #expect(try await desk.decide().violations.first?.message.contains("no provenance by build") == true)
        var envelope = Envelope(payloadType: Statement.payloadType, payload: statement.bytes, signatures: [])
        let signature = try key.signature(for: Data(envelope.preAuthenticationEncoding)).derRepresentation
        envelope.signatures = [.init(keyID: "", bytes: Array(signature))]
        try await desk.record(envelope, type: PredicateType.provenance)
        desk.moment.withLock { $0.seconds += 10 }
        #expect(try await desk.decide().isAllowed)
    }

    // MARK: dry runs

    @Test func `a policy that only warns lets through, says so and is written down`() async throws {
        let policy = """
            defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: DRYRUN_AUDIT_LOG_ONLY}
            """
        let desk = try Desk(policy)
        try await desk.passTests()
        let verdict = try await desk.decide()
        #expect(verdict.isAllowed)
        #expect(verdict.warnings.map(\.rule) == ["WB-DEP-001"])
        let event = try #require(try await desk.events(1).first)
        #expect(event.action == "admission.allowed")
        #expect(event.detail["warnings"]?[0]?["message"]?.string?.contains("denies everything") == true)
        // A dry run of the API server leaves no trace.
        _ = try await desk.decide(AdmissionTests.pod(Self.pinned), isDryRun: true)
        #expect(try await desk.events(1).count == 1)
    }

    @Test func `the place decides which rule of a Binary Authorization policy counts`() async throws {
        let policy = """
            defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
            kubernetesServiceAccountAdmissionRules:
              staging:trusted: {evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
            clusterAdmissionRules:
              eu.shop: {evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
            """
        let desk = try Desk(policy)
        try await desk.passTests()
        #expect(try await !desk.decide().isAllowed)
        var object = AdmissionTests.pod(Self.pinned)
        object["spec"] = [
            "serviceAccountName": "trusted", "containers": [["name": "c", "image": .string(Self.pinned)]],
        ]
        #expect(try await desk.decide(object).isAllowed)
        let settings = "apiVersion: waybill.dev/v1\nkind: AdmissionSettings\nspec: {cluster: eu.shop}"
        let named = try Desk(policy, settings)
        try await named.passTests()
        #expect(try await named.decide().isAllowed)
    }
}
