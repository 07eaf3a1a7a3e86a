import Documents

extension Statement {
    /// When the act that the statement is about ended, as its predicate says it; nil where the predicate has no time or
    /// is of a type that is not known here.
    public var time: Timestamp? {
        let path: [String]
        switch predicateType {
        case PredicateType.provenance: path = ["runDetails", "metadata", "finishedOn"]
        case PredicateType.verdict: path = ["timeVerified"]
        case PredicateType.testResult: path = ["finishedOn"]
        case PredicateType.vulnerabilities: path = ["metadata", "scanFinishedOn"]
        case PredicateType.cycloneDX: path = ["metadata", "timestamp"]
        case PredicateType.review: path = ["reviewedOn"]
        case PredicateType.referenceMove: path = ["movedOn"]
        case PredicateType.source: path = ["verifiedOn"]
        case PredicateType.promotion: path = ["promotedOn"]
        case PredicateType.deployment: path = ["deployedOn"]
        case PredicateType.admission: path = ["decidedOn"]
        case PredicateType.posture: path = ["checkedOn"]
        case PredicateType.exception: path = ["acceptedOn"]
        case PredicateType.provenance02: path = ["metadata", "buildFinishedOn"]
        case PredicateType.cosignVulnerabilities: path = ["metadata", "scanFinishedOn"]
        default: return nil
        }
        var value = predicate
        for key in path {
            guard let member = value[key] else { return nil }
            value = member
        }
        return value.string.flatMap { Timestamp($0) }
    }
}
