import Attestations
import Documents
import Kubernetes
import Testing
import WaybillCore

@testable import DeployPolicies

/// What others let through.
struct KnownHolesTests {
    @Test func `an image that nobody scanned is not clean`() throws {
        let policies = try Sample.policies(Sample.security)
        #expect(try Sample.decide(policies).isAllowed)
        let unscanned = try Sample.decide(policies, evidence: ImageEvidence(digest: Sample.digest))
        #expect(!unscanned.isAllowed)
        #expect(unscanned.verdict.violations.first?.message.contains("never scanned") == true)
        #expect(!(try Sample.decide(policies, evidence: nil)).isAllowed)
        var unfinished = Sample.clean
        unfinished.isFinished = false
        #expect(
            !(try Sample.decide(policies, evidence: ImageEvidence(digest: Sample.digest, scan: unfinished))).isAllowed)
    }

    @Test func `an attested image meets new findings again`() throws {
        let ann = Sample()
        let policies = try Sample.policies(Sample.authority("ann", [ann]), Sample.security)
        let evidence = ImageEvidence(
            digest: Sample.digest, scan: Sample.critical, attestations: [try ann.attestation("projects/p/notes/ann")])
        #expect(!(try Sample.decide(policies, evidence: evidence)).isAllowed)
        #expect(try Sample.decide(policies, settings: .likeKritis(), evidence: evidence).isAllowed)
    }

    @Test(arguments: ["initContainers", "ephemeralContainers", "containers"])
    func `containers of every kind count`(_ list: String) throws {
        let policies = try Sample.policies(Sample.security)
        let good: Value = [["name": "c", "image": .string(Sample.image)]]
        let bad: Value = [["name": "d", "image": "registry.example/other:latest"]]
        let specification: Value = list == "containers" ? ["containers": bad] : ["containers": good, list: bad]
        let decision = try Sample.decide(policies, Sample.pod(specification))
        #expect(!decision.isAllowed)
        #expect(decision.verdict.violations.first?.place.field == "\(list)[0].image")
    }

    @Test func `an image volume counts`() throws {
        let specification: Value = [
            "containers": [["name": "c", "image": .string(Sample.image)]],
            "volumes": [["name": "v", "image": ["reference": "registry.example/other:latest"]]],
        ]
        let decision = try Sample.decide(try Sample.policies(Sample.security), Sample.pod(specification))
        #expect(decision.verdict.violations.map(\.place.field) == ["volumes[0].image"])
    }

    @Test(arguments: [
        ("packageVulnerabilityRequirements", "packageVulnerabilityPolicy"),
        ("maximumSeverity: HIGH", "maxSeverity: HIGH"),
        ("attestationAuthorityName", "attestationAuthority"), ("HIGH", "HIHG"), ("v1beta1", "v1beta2"),
    ])
    func `a misspelt field is an error`(_ right: String, _ wrong: String) {
        let error = #expect(throws: WaybillError.self) {
            try Sample.policies(Sample.security.replacing(right, with: wrong))
        }
        #expect(error?.subject.hasPrefix("policy.yaml:") == true)
    }

    @Test func `a forged annotation means nothing`() throws {
        let policies = try Sample.policies(Sample.security)
        let evidence = ImageEvidence(digest: Sample.digest, scan: Sample.critical)
        let forged = try Sample.pod(
            ["containers": [["name": "c", "image": .string(Sample.image)]]],
            metadata: [
                "name": "cart",
                "annotations": [
                    "kritis.grafeas.io/breakglass": "true", "alpha.image-policy.k8s.io/break-glass": "true",
                    "kritis.grafeas.io/attestation": "true", "waybill.dev/verified": "true",
                ],
                "ownerReferences": [
                    ["apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "trusted", "uid": "1", "controller": true]
                ],
                "labels": ["kritis-validation": "disabled"],
            ])
        #expect(!(try Sample.decide(policies, forged, evidence: evidence)).isAllowed)
        #expect(try Sample.decide(policies, forged, settings: .likeKritis(), evidence: evidence).isAllowed)
    }

    @Test func `breaking the glass needs somebody who may, a reason and an end`() throws {
        let policies = try Sample.policies(Sample.security)
        let settings = DeploySettings(breakglassActors: ["ops@shop"])
        let evidence = ImageEvidence(digest: Sample.digest, scan: Sample.critical)
        func decide(_ actor: String, _ reason: String, _ expires: Int64) throws -> DeployJudge.Decision {
            try Sample.decide(
                policies, settings: settings,
                breakglass: .init(
                    actor: actor, reason: reason, expires: Timestamp(seconds: Sample.now.seconds + expires)),
                evidence: evidence)
        }
        let allowed = try decide("ops@shop", "the shop is down", 3600)
        #expect(allowed.isAllowed)
        #expect(allowed.breakglass?.actor == "ops@shop")
        #expect(!allowed.verdict.isAllowed)
        #expect(!(try decide("dev@shop", "the shop is down", 3600)).isAllowed)
        #expect(!(try decide("ops@shop", "", 3600)).isAllowed)
        #expect(!(try decide("ops@shop", "the shop is down", 0)).isAllowed)
    }

    @Test func `two keys of one person are one person`() throws {
        let ann = Sample()
        let ben = Sample()
        let both = """
            apiVersion: kritis.grafeas.io/v1beta1
            kind: GenericAttestationPolicy
            metadata: {name: two}
            spec: {attestationAuthorityNames: [first, second]}
            """
        func decide(_ first: [Sample], _ second: [Sample], signedBy: [(Sample, String)]) throws -> Bool {
            let policies = try Sample.policies(
                Sample.authority("first", first), Sample.authority("second", second), both)
            let attestations = try signedBy.map { try $0.0.attestation("projects/p/notes/\($0.1)") }
            return try Sample.decide(
                policies, evidence: ImageEvidence(digest: Sample.digest, attestations: attestations)
            ).isAllowed
        }
        #expect(try decide([ann], [ben], signedBy: [(ann, "first"), (ben, "second")]))
        #expect(!(try decide([ann], [ann], signedBy: [(ann, "first"), (ann, "second")])))
        #expect(!(try decide([ann, ben], [ann, ben], signedBy: [(ann, "first"), (ann, "second")])))
        #expect(try decide([ann, ben], [ann], signedBy: [(ann, "first"), (ben, "first"), (ann, "second")]))
        #expect(!(try decide([ann], [ben], signedBy: [(ann, "first"), (ann, "second")])))
    }

    @Test func `an image that no policy is about does not run`() throws {
        let decision = try Sample.decide(try Sample.policies(Sample.security), namespace: "other")
        #expect(decision.verdict.violations.first?.message.contains("no policy") == true)
    }

    @Test func `an attestation of another image, or under another note, is none`() throws {
        let ann = Sample()
        let policies = try Sample.policies(
            Sample.authority("ann", [ann]),
            """
            apiVersion: kritis.grafeas.io/v1beta1
            kind: GenericAttestationPolicy
            metadata: {name: one}
            spec: {attestationAuthorityNames: [ann]}
            """)
        func decide(_ attestation: ImageEvidence.Attestation) throws -> Bool {
            try Sample.decide(policies, evidence: ImageEvidence(digest: Sample.digest, attestations: [attestation]))
                .isAllowed
        }
        #expect(try decide(ann.attestation("projects/p/notes/ann")))
        #expect(!(try decide(ann.attestation("projects/p/notes/ann", of: .sha256(of: [1])))))
        #expect(!(try decide(ann.attestation("projects/p/notes/other"))))
        #expect(!(try decide(Sample().attestation("projects/p/notes/ann"))))
    }
}
