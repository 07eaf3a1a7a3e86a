import Attestations
import Crypto
import Documents
import Kubernetes
import Ledger
import Signers
import Testing
import Trust
import WaybillCore

@testable import AdmissionService

struct AdmissionTests {
    static let image = WaybillCore.Digest.sha256(of: Array("image".utf8))
    static let key = Curve25519.Signing.PrivateKey()
    static let moment = Timestamp(seconds: 1_800_000_000)

    static func trusted() throws -> TrustedKey {
        TrustedKey(try #require(PublicKey(ed25519: Array(key.publicKey.rawRepresentation))), name: "waybill")
    }

    static func envelope(_ type: String, _ predicate: Value, about digest: WaybillCore.Digest = image) throws
        -> Envelope
    {
        try envelope(
            Statement(subjects: [.init(name: "shop", digest: digest)], predicateType: type, predicate: predicate), key)
    }

    static func envelope(_ statement: Statement, _ key: Curve25519.Signing.PrivateKey) throws -> Envelope {
        var envelope = Envelope(payloadType: Statement.payloadType, payload: statement.bytes, signatures: [])
        let signature = try key.signature(for: envelope.preAuthenticationEncoding)
        envelope.signatures = [.init(keyID: "k", bytes: Array(signature))]
        return envelope
    }

    static let rules = AdmissionRules(
        standard: PaperRules([
            PaperRequirement(
                name: "test-result", predicateType: PredicateType.testResult, signedBy: ["waybill"],
                conditions: [.passed], remedy: "run the tests")
        ]))

    static func review(_ object: Value, namespace: String = "staging", operation: String = "CREATE") throws
        -> AdmissionRequest
    {
        try AdmissionRequest(
            review: [
                "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                "request": [
                    "uid": "u", "kind": ["group": "", "version": "v1", "kind": "Pod"], "namespace": .string(namespace),
                    "name": "p", "operation": .string(operation), "object": object,
                ],
            ])
    }

    static func pod(_ image: String) -> Value {
        [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
            "spec": ["containers": [["name": "c", "image": .string(image)]]],
        ]
    }

    func judge(_ image: String, _ envelopes: [Envelope], namespace: String = "staging") throws -> Verdict {
        let verifier = EnvelopeVerifier(keys: [try Self.trusted()])
        let file = PaperFile(envelopes, verifier: verifier, at: Self.moment)
        return Self.rules.judge(
            try Self.review(Self.pod(image), namespace: namespace), papers: { $0 == Self.image ? file : PaperFile() },
            at: Self.moment)
    }

    static let passed: Value = [
        "result": "PASSED", "configuration": [["name": "goss.yaml", "digest": ["sha256": "00"]]],
    ]
    static let failed: Value = [
        "result": "FAILED", "configuration": [["name": "goss.yaml", "digest": ["sha256": "00"]]],
    ]

    @Test func `an image with its paper is let in and one whose test failed is not`() throws {
        let pinned = "localhost/shop@\(Self.image)"
        #expect(try judge(pinned, [Self.envelope(PredicateType.testResult, Self.passed)]).isAllowed)
        #expect(try !judge(pinned, [Self.envelope(PredicateType.testResult, Self.failed)]).isAllowed)
    }

    @Test(arguments: [
        ("localhost/shop:1.0", "WB-ADM-008"), ("localhost/shop@sha256:abc", "WB-ADM-008"),
        ("localhost/other@\(WaybillCore.Digest.sha256(of: [1]))", "WB-ADM-001"),
        ("localhost/shop@\(image)", "WB-ADM-001"),
    ])
    func `an image without papers or without digest is kept out`(reference: String, rule: String) throws {
        let verdict = try judge(reference, [])
        #expect(verdict.violations.map(\.rule) == [rule])
        #expect(verdict.violations.first?.place.field == "spec.containers[0].image")
        #expect(verdict.violations.first?.remedy != nil)
    }

    @Test func `a paper with one changed byte counts for nothing`() throws {
        var envelope = try Self.envelope(PredicateType.testResult, Self.passed)
        envelope.payload[envelope.payload.count / 2] ^= 1
        #expect(try !judge("localhost/shop@\(Self.image)", [envelope]).isAllowed)
    }

    @Test func `the cluster's own namespaces are not judged and every other is`() throws {
        #expect(try judge("x:1", [], namespace: "kube-system").isAllowed)
        #expect(try !judge("x:1", [], namespace: "default").isAllowed)
    }

    @Test func `init, ephemeral and volume images are judged too`() throws {
        let object: Value = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
            "spec": [
                "initContainers": [["name": "i", "image": "i:1"]], "containers": [["name": "c", "image": "c:1"]],
                "ephemeralContainers": [["name": "e", "image": "e:1"]],
                "volumes": [["name": "v", "image": ["reference": "v:1"]]],
            ],
        ]
        #expect(try Resource(object).namedImages().map(\.reference) == ["i:1", "c:1", "e:1", "v:1"])
    }

    @Test func `a container without an image is denied`() throws {
        let request = try Self.review([
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"], "spec": ["containers": [["name": "c"]]],
        ])
        #expect(!Self.rules.judge(request, papers: { _ in PaperFile() }, at: Self.moment).isAllowed)
    }

    static let malformed: [Value] = [
        [:], ["apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"],
        ["apiVersion": "admission.k8s.io/v1beta1", "kind": "AdmissionReview", "request": ["uid": "u"]],
        [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": ["uid": "u", "kind": ["kind": "Pod", "version": "v1"], "operation": "CREATE"],
        ],
    ]

    @Test(arguments: malformed) func `a malformed review is an error`(review: Value) {
        #expect(throws: WaybillError.self) { try AdmissionRequest(review: review) }
    }

    @Test func `the index follows the ledger and the service looks again before it says no`() async throws {
        let ledger = try SQLiteLedger(path: nil)
        let index = PaperIndex(ledger: ledger, verifier: EnvelopeVerifier(keys: [try Self.trusted()]))
        let service = AdmissionService(
            index: index, ledger: ledger, signer: RefusingSigner(),
            now: { Instant(milliseconds: Self.moment.seconds * 1000) })
        let request = try Self.review(Self.pod("localhost/shop@\(Self.image)"))
        #expect(await !service.decide(request).isAllowed)
        service.setRules(Self.rules)
        #expect(await !service.decide(request).isAllowed)
        let envelope = try Self.envelope(PredicateType.testResult, Self.passed)
        try await ledger.record([
            Paper(
                id: envelope.digest, subject: Self.image.description, predicateType: PredicateType.testResult,
                recorded: Instant(milliseconds: Self.moment.seconds * 1000), envelope: envelope)
        ])
        #expect(await service.decide(request).isAllowed)

        // A stranger's word takes nothing away, the installation's does; both are known once the index follows.
        let revocation = Revocation(
            target: .paper(envelope.digest), reason: "wrong", actor: "auditor", time: Self.moment
        ).statement
        for (key, allowed) in [(Curve25519.Signing.PrivateKey(), true), (Self.key, false)] {
            let word = try Self.envelope(revocation, key)
            try await ledger.record([
                Paper(
                    id: word.digest, subject: "revocations", predicateType: PredicateType.revocation,
                    recorded: Instant(milliseconds: Self.moment.seconds * 1000), envelope: word)
            ])
            try await index.catchUp()
            #expect(await service.decide(request).isAllowed == allowed)
        }
    }
}

struct RefusingSigner: StatementSigner {
    var keyID: String { "none" }
    func sign(_ statement: Statement) async throws(WaybillError) -> Envelope {
        throw WaybillError(.unavailable, "no signer here", subject: "test")
    }
}
