/// The predicate types that Waybill issues and reads.
public enum PredicateType {
    /// SLSA provenance 1.0.
    public static let provenance = "https://slsa.dev/provenance/v1"
    /// SLSA verification summary 1.0: a gate's verdict.
    public static let verdict = "https://slsa.dev/verification_summary/v1"
    /// in-toto test result 0.1.
    public static let testResult = "https://in-toto.io/attestation/test-result/v0.1"
    /// in-toto vulnerability scan 0.2.
    public static let vulnerabilities = "https://in-toto.io/attestation/vulns/v0.2"
    /// SLSA provenance 0.2, as older builders write it.
    public static let provenance02 = "https://slsa.dev/provenance/v0.2"
    /// A vulnerability scan in cosign's form.
    public static let cosignVulnerabilities = "https://cosign.sigstore.dev/attestation/vuln/v1"
    /// cosign signed an image; the predicate is empty.
    public static let cosignSignature = "https://sigstore.dev/cosign/sign/v1"
    /// Anything at all, in cosign's wrapping.
    public static let cosignCustom = "https://cosign.sigstore.dev/attestation/v1"
    /// in-toto link 0.3: a command with its materials.
    public static let link = "https://in-toto.io/attestation/link/v0.3"
    /// in-toto release 0.1: what a package version consists of.
    public static let release = "https://in-toto.io/attestation/release/v0.1"
    /// An SPDX document; newer versions add theirs behind: `/v2.3`.
    public static let spdx = "https://spdx.dev/Document"
    /// An exception from a rule: accepted by whom, why, until when.
    public static let exception = "https://waybill.dev/attestation/exception/v1"
    /// A CycloneDX bill of materials.
    public static let cycloneDX = "https://cyclonedx.org/bom"
    /// A reviewer's decision about a tree that is to be merged.
    public static let review = "https://waybill.dev/attestation/review/v1"
    /// A reference of a repository moved from one commit to another.
    public static let referenceMove = "https://waybill.dev/attestation/reference-move/v1"
    /// A commit range was verified: who signed, who reviewed.
    public static let source = "https://waybill.dev/attestation/source/v1"
    /// An image was proposed to an environment.
    public static let promotion = "https://waybill.dev/attestation/promotion/v1"
    /// An agent applied a revision to a cluster.
    public static let deployment = "https://waybill.dev/attestation/deployment/v1"
    /// An admission decision about a pod.
    public static let admission = "https://waybill.dev/attestation/admission/v1"
    /// A published state of advisories: its digest, how many records, how old.
    public static let advisories = "https://waybill.dev/attestation/advisories/v1"
    /// A key or a paper counts no more.
    public static let revocation = "https://waybill.dev/attestation/revocation/v1"
    /// The content of an evidence pack, whole as it was exported.
    public static let evidencePack = "https://waybill.dev/attestation/evidence-pack/v1"
    /// Posture findings about manifests and the image's build file.
    public static let posture = "https://waybill.dev/attestation/posture/v1"
}
