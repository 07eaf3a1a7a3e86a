/// A kind of notes and occurrences, with its names in both versions of the API.
public struct GrafeasKind: Hashable, Sendable {
    /// v1's number; from 101 on for kinds that only v1beta1 has.
    public var number: Int32
    public var name: String
    /// The JSON names of the fields that hold such notes and occurrences; nil where the version has none.
    public var note: String?
    public var occurrence: String?
    public var betaNote: String?
    public var betaOccurrence: String?

    public static let all: [GrafeasKind] = [
        .init(1, "VULNERABILITY", "vulnerability", "vulnerability", "vulnerability", "vulnerability"),
        .init(2, "BUILD", "build", "build", "build", "build"),
        .init(3, "IMAGE", "image", "image", "baseImage", "derivedImage"),
        .init(4, "PACKAGE", "package", "package", "package", "installation"),
        .init(5, "DEPLOYMENT", "deployment", "deployment", "deployable", "deployment"),
        .init(6, "DISCOVERY", "discovery", "discovery", "discovery", "discovered"),
        .init(7, "ATTESTATION", "attestation", "attestation", "attestationAuthority", "attestation"),
        .init(8, "UPGRADE", "upgrade", "upgrade", nil, nil),
        .init(9, "COMPLIANCE", "compliance", "compliance", nil, nil),
        .init(10, "DSSE_ATTESTATION", "dsseAttestation", "dsseAttestation", nil, nil),
        .init(11, "VULNERABILITY_ASSESSMENT", "vulnerabilityAssessment", nil, "vulnerabilityAssessment", nil),
        .init(12, "SBOM_REFERENCE", "sbomReference", "sbomReference", "sbomReference", "sbomReference"),
        .init(13, "SECRET", "secret", "secret", "secret", "secret"),
        .init(14, "AI_SKILL_ANALYSIS", "aiSkillAnalysis", "aiSkillAnalysis", "aiSkillAnalysis", "aiSkillAnalysis"),
        .init(101, "INTOTO", nil, nil, "intoto", "intoto"),
        .init(102, "SBOM", nil, nil, "sbom", "sbom"),
        .init(103, "SPDX_PACKAGE", nil, nil, "spdxPackage", "spdxPackage"),
        .init(104, "SPDX_FILE", nil, nil, "spdxFile", "spdxFile"),
        .init(105, "SPDX_RELATIONSHIP", nil, nil, "spdxRelationship", "spdxRelationship"),
    ]

    private init(
        _ number: Int32, _ name: String, _ note: String?, _ occurrence: String?, _ betaNote: String?,
        _ betaOccurrence: String?
    ) {
        self.number = number
        self.name = name
        self.note = note
        self.occurrence = occurrence
        self.betaNote = betaNote
        self.betaOccurrence = betaOccurrence
    }

    public static func named(_ name: String) -> GrafeasKind? { all.first { $0.name == name } }
    public static func numbered(_ number: Int32) -> GrafeasKind? { all.first { $0.number == number } }
}
