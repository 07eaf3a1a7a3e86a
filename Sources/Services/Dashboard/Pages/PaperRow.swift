import Attestations
import Documents
import Ledger
import WaybillCore

/// A paper in a list.
struct PaperRow {
    let link: Link
    let name: String
    let predicateType: String
    let badge: Badge?
    let signers: [String]
    let stamp: Stamp

    init(_ paper: Paper, now: Instant) {
        link = .paper(paper.id)
        name = Self.name(paper.predicateType)
        predicateType = paper.predicateType
        badge = Self.outcome(paper).map { $0.isGood ? Badge(.good, $0.word) : Badge(.bad, $0.word) }
        signers = paper.envelope.signatures.map { $0.keyID.isEmpty ? "key not named" : $0.keyID }
        stamp = Stamp(paper.recorded, now: now)
    }

    static func name(_ predicateType: String) -> String {
        switch predicateType {
        case PredicateType.provenance: "Provenance"
        case PredicateType.verdict: "Verdict"
        case PredicateType.testResult: "Test result"
        case PredicateType.vulnerabilities: "Vulnerability scan"
        case PredicateType.cycloneDX: "Bill of materials"
        case PredicateType.review: "Review"
        case PredicateType.referenceMove: "Reference move"
        case PredicateType.source: "Source"
        case PredicateType.promotion: "Promotion"
        case PredicateType.deployment: "Deployment"
        case PredicateType.admission: "Admission"
        case PredicateType.posture: "Posture"
        default: "Other"
        }
    }

    /// What the paper says of its subject, where it says yes or no.
    static func outcome(_ paper: Paper) -> (isGood: Bool, word: String)? {
        guard let predicate = (try? Statement(parsing: paper.envelope.payload))?.predicate else {
            return (false, "unreadable")
        }
        let word: Value? =
            switch paper.predicateType {
            case PredicateType.testResult, PredicateType.posture: predicate["result"]
            case PredicateType.verdict: predicate["verificationResult"]
            case PredicateType.vulnerabilities: predicate["waybillVerdict"]
            case PredicateType.review: predicate["decision"]
            case PredicateType.admission: predicate["allowed"].map { $0.bool == true ? "allowed" : "denied" }
            default: nil
            }
        return word?.string.map { (["passed", "allowed", "approve"].contains($0.lowercased()), $0.lowercased()) }
    }
}
