import Attestations
import Documents
import Testing
import WaybillCore

@testable import DeployPolicies

struct BinaryAuthorizationTests {
    static let ann = Sample()

    static func policies() throws -> DeployPolicies {
        try Sample.policies(
            """
            name: projects/p/policy
            globalPolicyEvaluationMode: ENABLE
            admissionWhitelistPatterns:
            - namePattern: registry.example/system/*
            defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
            clusterAdmissionRules:
              eu.one: {evaluationMode: REQUIRE_ATTESTATION, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG, requireAttestationsBy: [projects/p/attestors/ann]}
              eu.dry: {evaluationMode: ALWAYS_DENY, enforcementMode: DRYRUN_AUDIT_LOG_ONLY}
            kubernetesNamespaceAdmissionRules:
              open: {evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
            kubernetesServiceAccountAdmissionRules:
              "open:default": {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
            """,
            """
            name: projects/p/attestors/ann
            userOwnedGrafeasNote:
              noteReference: projects/p/notes/ann
              publicKeys:
              - id: ann
                pkixPublicKey:
                  signatureAlgorithm: ECDSA_P256_SHA256
                  publicKeyPem: |
            \(try ann.indented(8))
            """)
    }

    @Test(
        arguments: [
            ("", "shop", false, true), ("eu.one", "shop", false, true), ("eu.one", "shop", true, false),
            ("eu.dry", "shop", false, false), ("eu.one", "open", true, true),
        ] as [(String, String, Bool, Bool)])
    func `the most particular rule decides`(_ cluster: String, _ namespace: String, _ attested: Bool, _ denied: Bool)
        throws
    {
        let evidence = ImageEvidence(
            digest: Sample.digest, attestations: attested ? [try Self.ann.attestation("projects/p/notes/ann")] : [])
        let decision = try Sample.decide(Self.policies(), namespace: namespace, cluster: cluster, evidence: evidence)
        #expect(decision.isAllowed != denied)
        #expect(decision.verdict.warnings.isEmpty == (cluster != "eu.dry"))
    }

    @Test func `another service account of the namespace has the namespace's rule`() throws {
        let pod = try Sample.pod([
            "serviceAccountName": "web", "containers": [["name": "c", "image": .string(Sample.image)]],
        ])
        #expect(try Sample.decide(Self.policies(), pod, namespace: "open").isAllowed)
    }

    @Test func `an image on the list passes, one that only begins like it does not`() throws {
        #expect(try Sample.decide(Self.policies(), Sample.pod(image: "registry.example/system/dns:1")).isAllowed)
        #expect(!(try Sample.decide(Self.policies(), Sample.pod(image: "registry.example/system/a/b:1"))).isAllowed)
        #expect(!(try Sample.decide(Self.policies(), Sample.pod(image: "registry.example/systemx/dns:1"))).isAllowed)
    }

    @Test(arguments: [
        "defaultAdmissionRule: {evaluationMode: ALWAYS_ALOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}",
        "defaultAdmissionRule: {evaluationMode: ALWAYS_ALLOW}",
        "defaultAdmissionRule: {evaluationMode: REQUIRE_ATTESTATION, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}",
        "defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG, requireAttestationsBy: [a]}",
        "{defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}, clusterRules: {}}",
        "admissionWhitelistPatterns: []", "kind: Deployment",
    ])
    func `a policy that is not whole is refused`(_ text: String) {
        #expect(throws: WaybillError.self) { try Sample.policies(text) }
    }
}
