/// A suite of cases with expected results, under the folder's name in the conformance data.
struct Suite: Sendable {
    var name: String
    var run: @Sendable (_ cases: String, _ filter: String?) async -> SuiteReport

    /// Every suite that this program can run.
    static let all: [Suite] = [
        Suite(name: "attestation") { AttestationSuite.run(cases: $0, filter: $1) },
        Suite(name: "cyclonedx") { CycloneDXSuite.run(cases: $0, filter: $1) },
        Suite(name: "dockerfile") { DockerfileSuite.run(cases: $0, filter: $1) },
        Suite(name: "gatekeeper-library") { GatekeeperSuite.run(cases: $0, filter: $1) },
        Suite(name: "goss") { await GossSuite.run(cases: $0, filter: $1) },
        Suite(name: "hadolint") { HadolintSuite.run(cases: $0, filter: $1) },
        Suite(name: "kubernetes-api") { await KubernetesAPISuite.run(cases: $0, filter: $1) },
        Suite(name: "kustomize") { KustomizeSuite.run(cases: $0, filter: $1) },
        Suite(name: "lockfiles") { LockfilesSuite.run(cases: $0, filter: $1) },
        Suite(name: "misconfig-examples") { MisconfigSuite.run(cases: $0, filter: $1) },
        Suite(name: "pod-security") { PodSecuritySuite.run(cases: $0, filter: $1) },
        Suite(name: "purl") { PurlSuite.run(cases: $0, filter: $1) },
        Suite(name: "rego") { RegoSuite.run(cases: $0, filter: $1) },
        Suite(name: "remediation") { RemediationSuite.run(cases: $0, filter: $1) },
        Suite(name: "schemas") { SchemasSuite.run(cases: $0, filter: $1) },
        Suite(name: "secrets") { SecretsSuite.run(cases: $0, filter: $1) },
        Suite(name: "trivy-integration") { TrivySuite.run(cases: $0, filter: $1) },
        Suite(name: "versions") { VersionsSuite.run(cases: $0, filter: $1) },
    ]
}
