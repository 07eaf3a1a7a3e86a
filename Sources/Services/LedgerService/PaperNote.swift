import Attestations
import Documents

/// A note of `projects/waybill`: what the installation's papers are occurrences of.
enum PaperNote {
    static let project = "projects/waybill"

    /// Short names and what they stand for, by predicate type.
    private static let table: [String: (id: String, description: String)] = [
        PredicateType.provenance: ("provenance", "SLSA provenance: what the builder observed"),
        PredicateType.cycloneDX: ("sbom", "CycloneDX: what the image holds"),
        PredicateType.testResult: ("test-result", "the image's tests"),
        PredicateType.vulnerabilities: ("vulnerabilities", "a scan of the image"),
        PredicateType.posture: ("posture", "rules about manifests, container files and settings"),
        PredicateType.verdict: ("verdict", "a gate's verdict about the image"),
        PredicateType.review: ("review", "a person's review of a commit"),
        PredicateType.referenceMove: ("reference-move", "a protected branch moved"),
        PredicateType.source: ("source", "how a revision came to be"),
        PredicateType.promotion: ("promotion", "a promotion into an environment"),
        PredicateType.deployment: ("deployment", "an agent applied a revision"),
        PredicateType.admission: ("admission", "a decision of the admission webhook"),
        PredicateType.advisories: ("advisories", "an artifact of advisories"),
        PredicateType.revocation: ("revocation", "a key or paper that counts no more"),
        PredicateType.evidencePack: ("evidence-pack", "the seal of an evidence pack"),
    ]

    /// The note of all papers of a type.
    static func attestation(of type: String) -> (name: String, document: Value) {
        let (id, description) = table[type] ?? (slug(type), type)
        return note(
            id, description, "dsseAttestation", ["hint": ["humanReadableName": .string(id)]], "DSSE_ATTESTATION")
    }

    static let build = note(
        "build", "builds of this installation", "build", ["builderVersion": "waybill"], "BUILD")
    static let scan = note(
        "scan", "scans of this installation", "discovery", ["analysisKind": "VULNERABILITY"], "DISCOVERY")
    static let deployment = note(
        "deployed", "what agents of this installation applied", "deployment", ["resourceUri": ["https://*"]],
        "DEPLOYMENT")

    static func vulnerability(_ id: String, severity: String) -> (name: String, document: Value) {
        note(slug(id), id, "vulnerability", ["severity": .string(severity)], "VULNERABILITY")
    }

    private static func note(
        _ id: String, _ description: String, _ field: String, _ details: Value, _ kind: String
    ) -> (name: String, document: Value) {
        let name = "\(project)/notes/\(id)"
        return (
            name,
            [
                "name": .string(name), "shortDescription": .string(description), "kind": .string(kind),
                field: details,
            ]
        )
    }

    /// A part of a name: other characters become hyphens.
    static func slug(_ text: String) -> String {
        let bytes = text.utf8.prefix(128).map { byte -> UInt8 in
            let isKept =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 0x2D
                || byte == 0x2E || byte == 0x5F
            return isKept ? byte : 0x2D
        }
        let slug = String(decoding: bytes, as: UTF8.self)
        return slug.isEmpty || slug == "." || slug == ".." ? "other" : slug
    }
}
