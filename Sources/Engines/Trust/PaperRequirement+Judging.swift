import Attestations
import WaybillCore

extension PaperRequirement.Condition {
    /// Why the paper does not meet the condition; nil when it does.
    func objection(to statement: Statement, at moment: Timestamp) -> String? {
        do {
            return try answer(statement, moment)
        } catch {
            return "cannot be read: \(error)"
        }
    }

    private func answer(_ statement: Statement, _ moment: Timestamp) throws(WaybillError) -> String? {
        switch self {
        case .passed:
            let result = try Self.result(of: statement)
            return result == "PASSED" ? nil : "says \(result ?? "nothing of a verdict"), PASSED is needed"
        case .builder(let allowed):
            return Self.mismatch("builder", try provenance(statement).builderID, allowed)
        case .buildType(let allowed):
            return Self.mismatch("build type", try provenance(statement).buildType, allowed)
        case .builtFrom(let commit):
            return try provenance(statement).commits.contains(commit) ? nil : "does not name commit \(commit.prefix(10)) as a source"
        case .gate(let gate):
            let found = try summary(statement).gate
            return found == gate ? nil : "is the verdict of \(found.map { "the gate \($0.rawValue)" } ?? "no gate"), \(gate.rawValue) is needed"
        case .levels(let levels):
            let found = Set(try summary(statement).levels)
            let missing = levels.filter { !found.contains($0) }
            return missing.isEmpty ? nil : "does not state \(missing.joined(separator: ", "))"
        case .verifier(let allowed):
            return Self.mismatch("verifier", try summary(statement).verifierID, allowed)
        case .noFinding(let severity):
            return try Self.findings(of: statement, atOrAbove: severity)
        case .databaseAgeMaxSeconds(let seconds):
            try Self.expect(PredicateType.vulnerabilities, statement)
            guard let updated = try VulnerabilityScan(statement.predicate).databaseUpdated else {
                return "does not say how old its advisories are"
            }
            return Self.isWithin(seconds, from: updated, to: moment) ? nil : "used advisories of \(updated)"
        case .environment(let name):
            let found =
                switch statement.predicateType {
                case PredicateType.promotion: try Promotion(statement.predicate).environment
                case PredicateType.deployment: try DeploymentReport(statement.predicate).environment
                default: ""
                }
            return found.utf8.elementsEqual(name.utf8) ? nil : "is about the environment \(Redaction.excerpt(found)), \(name) is needed"
        }
    }

    /// Whether `time` lies at most so many seconds before `moment`. What comes from the future is no fresher.
    static func isWithin(_ seconds: Int64, from time: Timestamp, to moment: Timestamp) -> Bool {
        // Clocks of two machines differ by a little.
        let skewMaxSeconds: Int64 = 300
        let (age, overflow) = moment.seconds.subtractingReportingOverflow(time.seconds)
        return !overflow && age <= seconds && age >= -skewMaxSeconds
    }

    private static func mismatch(_ what: String, _ found: String, _ allowed: [String]) -> String? {
        if allowed.contains(where: { $0.utf8.elementsEqual(found.utf8) }) { return nil }
        return "names the \(what) \(Redaction.excerpt(found)), allowed are: \(allowed.isEmpty ? "none" : allowed.joined(separator: ", "))"
    }

    private static func expect(_ type: String, _ statement: Statement) throws(WaybillError) {
        guard statement.predicateType == type else {
            throw WaybillError(.invalidInput, "the condition needs a paper of type \(type)", subject: statement.predicateType)
        }
    }

    private func provenance(_ statement: Statement) throws(WaybillError) -> Provenance {
        try Self.expect(PredicateType.provenance, statement)
        return try Provenance(statement.predicate)
    }

    private func summary(_ statement: Statement) throws(WaybillError) -> VerificationSummary {
        try Self.expect(PredicateType.verdict, statement)
        return try VerificationSummary(statement.predicate)
    }

    private static func result(of statement: Statement) throws(WaybillError) -> String? {
        switch statement.predicateType {
        case PredicateType.testResult: try TestResult(statement.predicate).outcome.rawValue
        case PredicateType.verdict: try VerificationSummary(statement.predicate).outcome.rawValue
        case PredicateType.vulnerabilities: try VulnerabilityScan(statement.predicate).outcome?.rawValue
        case PredicateType.posture: try PostureReport(statement.predicate).outcome.rawValue
        default: nil
        }
    }

    private static func findings(of statement: Statement, atOrAbove limit: Severity) throws(WaybillError) -> String? {
        let counting: [(name: String, severity: Severity)]
        switch statement.predicateType {
        case PredicateType.vulnerabilities:
            counting = try VulnerabilityScan(statement.predicate).results.filter { $0.accepted == nil }.map { ($0.id, $0.severity) }
        case PredicateType.posture:
            counting = try PostureReport(statement.predicate).items.filter { $0.accepted == nil }.map { ($0.rule, $0.severity) }
        default:
            throw WaybillError(.invalidInput, "the paper lists no findings", subject: statement.predicateType)
        }
        let found = counting.filter { $0.severity == .unknown || $0.severity >= limit }
        guard !found.isEmpty else { return nil }
        let names = found.prefix(5).map { "\($0.name) (\($0.severity.rawValue))" }.joined(separator: ", ")
        return "lists \(found.count) findings of severity \(limit.rawValue) or worse: \(names)\(found.count > 5 ? ", …" : "")"
    }
}
