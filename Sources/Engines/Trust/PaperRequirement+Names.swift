public import WaybillCore
import Attestations

extension PaperRequirement {
    /// The names that `waybill.yaml` uses for papers in an environment's `require` list.
    public static let knownNames = ["provenance", "sbom", "test-result", "vulnerabilities", "posture", "verdict"]

    /// The requirement of a name, with the conditions that every environment asks for. Throws `.invalidInput` for a
    /// name that is not known: a requirement that is misspelt must not vanish.
    public static func named(
        _ name: String, signedBy signers: [String], builder: String
    ) throws(WaybillError) -> PaperRequirement {
        let remedy = "run the project's pipeline: push the commit as a change and have it merged"
        let known: (type: String, conditions: [Condition])? =
            switch name {
            case "provenance": (PredicateType.provenance, [.builder([builder])])
            case "sbom": (PredicateType.cycloneDX, [])
            case "test-result": (PredicateType.testResult, [.passed])
            case "vulnerabilities": (PredicateType.vulnerabilities, [.passed])
            case "posture": (PredicateType.posture, [.passed])
            case "verdict": (PredicateType.verdict, [.passed, .gate(.publish)])
            default: nil
            }
        guard let known else {
            let hint = Spelling.nearest(to: name, among: knownNames).map { ", did you mean “\($0)”?" } ?? ""
            throw WaybillError(
                .invalidInput, "no paper is called \(Redaction.excerpt(name))\(hint)", subject: "require",
                remedy: "use any of \(knownNames.joined(separator: ", "))")
        }
        return PaperRequirement(
            name: name, predicateType: known.type, signedBy: signers, conditions: known.conditions, remedy: remedy)
    }
}
