import Attestations
import Documents
import WaybillCore

/// Checks predicates whose types are known before they are signed; others pass untouched.
enum KnownPredicates {
    static func check(_ value: Value, type: String) throws(WaybillError) {
        switch type {
        case PredicateType.provenance: _ = try Provenance(value)
        case PredicateType.provenance02: _ = try Provenance02(value)
        case PredicateType.verdict: _ = try VerificationSummary(value)
        case PredicateType.vulnerabilities: _ = try VulnerabilityScan(value)
        case PredicateType.cosignVulnerabilities: _ = try CosignVulnerabilityScan(value)
        case PredicateType.testResult: _ = try TestResult(value)
        case PredicateType.link: _ = try LinkReport(value)
        case PredicateType.release: _ = try ReleaseReport(value)
        case PredicateType.review: _ = try Review(value)
        case PredicateType.promotion: _ = try Attestations.Promotion(value)
        case PredicateType.admission: _ = try AdmissionDecision(value)
        case PredicateType.exception: _ = try ExceptionReport(value)
        case PredicateType.deployment: _ = try DeploymentReport(value)
        case PredicateType.posture: _ = try PostureReport(value)
        case PredicateType.referenceMove: _ = try ReferenceLogEntry(value)
        default:
            let isBill = [PredicateType.cycloneDX, PredicateType.spdx].contains {
                type.utf8.elementsEqual($0.utf8) || type.utf8.starts(with: "\($0)/".utf8)
            }
            if isBill { _ = try BillOfMaterials(value, type: type) }
        }
    }
}
