import Attestations
import Documents
import Testing
import WaybillCore

@testable import Trust

struct PaperRulesTests {
    let builder = TestKey("builder"), other = TestKey("other"), stranger = TestKey("stranger")

    static let provenance = Provenance(
        buildType: "https://waybill.dev/build/v1", externalParameters: ["repository": "shop"],
        resolvedDependencies: [ResourceDescriptor(uri: "git+file:///shop", digest: ["gitCommit": "abc"])],
        builderID: "https://waybill.dev/builder/isolated", finished: testNow)

    static func scan(_ results: [VulnerabilityScan.Result], at seconds: Int64 = 0, _ outcome: VulnerabilityScan.Outcome? = .passed) -> Statement {
        testStatement(
            PredicateType.vulnerabilities,
            VulnerabilityScan(
                scannerURI: "waybill", databaseUpdated: testNow, results: results, finished: Timestamp(seconds: testNow.seconds + seconds),
                outcome: outcome
            ).value)
    }

    static let built = testStatement(PredicateType.provenance, provenance.value)

    func verdict(
        _ requirement: PaperRequirement, _ papers: [Envelope], at moment: Timestamp = testNow, image: Digest = testImage
    ) -> Verdict {
        let verifier = EnvelopeVerifier(keys: [builder.trusted, other.trusted])
        return PaperRules([requirement]).judge(image, papers: PaperFile(papers, verifier: verifier, at: testNow), gate: .admit, at: moment)
    }

    func needs(_ type: String, _ conditions: [PaperRequirement.Condition] = [], age: Int64? = nil) -> PaperRequirement {
        PaperRequirement(
            name: "paper", predicateType: type, signedBy: ["builder"], conditions: conditions, ageMaxSeconds: age, remedy: "waybill build")
    }

    @Test func `an image with its paper is let through`() {
        let requirement = needs(
            PredicateType.provenance,
            [.builder(["https://waybill.dev/builder/isolated"]), .buildType(["https://waybill.dev/build/v1"]), .builtFrom(commit: "abc")], age: 60)
        #expect(verdict(requirement, [builder.envelope(Self.built)]).isAllowed)
    }

    @Test func `each way of not having a paper has its own rule`() {
        let requirement = needs(PredicateType.provenance, age: 60)
        func rules(_ papers: [Envelope], at moment: Timestamp = testNow, image: Digest = testImage) -> [String] {
            verdict(requirement, papers, at: moment, image: image).violations.map(\.rule)
        }
        #expect(rules([]) == ["WB-ADM-001"])
        #expect(rules([builder.envelope(Self.built)], image: .sha256(of: [])) == ["WB-ADM-001"])
        #expect(rules([builder.envelope(Self.scan([]))]) == ["WB-ADM-001"])
        #expect(rules([stranger.envelope(Self.built)]) == ["WB-ADM-002"])
        #expect(rules([other.envelope(Self.built)]) == ["WB-ADM-003"])
        #expect(rules([builder.envelope(Self.built)], at: Timestamp(seconds: testNow.seconds + 61)) == ["WB-ADM-005"])
        #expect(rules([builder.envelope(Self.built)], at: Timestamp(seconds: testNow.seconds - 3600)) == ["WB-ADM-005"])
        var timeless = Self.provenance
        timeless.finished = nil
        #expect(rules([builder.envelope(testStatement(PredicateType.provenance, timeless.value))]) == ["WB-ADM-005"])
        #expect(PaperRules([]).judge(testImage, papers: PaperFile(), gate: .admit, at: testNow).violations.map(\.rule) == ["WB-ADM-006"])
        let missing = verdict(requirement, []).violations.first
        #expect(missing?.message == "missing paper: paper" && missing?.remedy == "waybill build")
    }

    struct Case: Sendable {
        var condition: PaperRequirement.Condition
        var statement: Statement
        var isMet: Bool
    }

    static let high = VulnerabilityScan.Result(id: "CVE-1", severity: .high)
    static let unknown = VulnerabilityScan.Result(id: "CVE-2", severity: .unknown)
    static let accepted = VulnerabilityScan.Result(id: "CVE-3", severity: .critical, accepted: "not reached, until 2026-12-01")

    static func summary(_ outcome: VerificationSummary.Outcome, gate: Gate? = .policy) -> Statement {
        testStatement(
            PredicateType.verdict,
            VerificationSummary(
                verifierID: "waybill", time: testNow, resourceURI: "shop/cart", policy: ResourceDescriptor(uri: "p"), outcome: outcome,
                levels: ["SLSA_BUILD_LEVEL_3"], gate: gate
            ).value)
    }

    static func tests(_ outcome: TestResult.Outcome) -> Statement {
        testStatement(PredicateType.testResult, TestResult(outcome: outcome, configuration: [], time: testNow).value)
    }

    @Test(arguments: [
        Case(condition: .passed, statement: tests(.passed), isMet: true), Case(condition: .passed, statement: tests(.warned), isMet: false),
        Case(condition: .passed, statement: tests(.failed), isMet: false), Case(condition: .passed, statement: scan([]), isMet: true),
        Case(condition: .passed, statement: scan([], at: 0, .failed), isMet: false),
        Case(condition: .passed, statement: scan([], at: 0, nil), isMet: false), Case(condition: .passed, statement: built, isMet: false),
        Case(condition: .passed, statement: summary(.passed), isMet: true), Case(condition: .passed, statement: summary(.failed), isMet: false),
        Case(condition: .gate(.policy), statement: summary(.passed), isMet: true),
        Case(condition: .gate(.scan), statement: summary(.passed), isMet: false),
        Case(condition: .gate(.policy), statement: summary(.passed, gate: nil), isMet: false),
        Case(condition: .levels(["SLSA_BUILD_LEVEL_3"]), statement: summary(.passed), isMet: true),
        Case(condition: .levels(["SLSA_BUILD_LEVEL_4"]), statement: summary(.passed), isMet: false),
        Case(condition: .verifier(["waybill"]), statement: summary(.passed), isMet: true),
        Case(condition: .verifier(["else"]), statement: summary(.passed), isMet: false),
        Case(condition: .builder(["else"]), statement: built, isMet: false), Case(condition: .builder([]), statement: built, isMet: false),
        Case(condition: .builtFrom(commit: "abd"), statement: built, isMet: false),
        Case(condition: .noFinding(atOrAbove: .high), statement: scan([]), isMet: true),
        Case(condition: .noFinding(atOrAbove: .high), statement: scan([high]), isMet: false),
        Case(condition: .noFinding(atOrAbove: .critical), statement: scan([high]), isMet: true),
        Case(condition: .noFinding(atOrAbove: .critical), statement: scan([unknown]), isMet: false),
        Case(condition: .noFinding(atOrAbove: .high), statement: scan([accepted]), isMet: true),
        Case(condition: .noFinding(atOrAbove: .high), statement: built, isMet: false),
        Case(condition: .databaseAgeMaxSeconds(60), statement: scan([]), isMet: true),
        Case(condition: .environment("production"), statement: built, isMet: false),
        Case(condition: .passed, statement: testStatement(PredicateType.testResult, ["result": "passed"]), isMet: false),
        Case(condition: .passed, statement: testStatement(PredicateType.testResult, Value.null), isMet: false),
    ])
    func `a condition that is not met, or cannot be answered, denies`(_ example: Case) {
        let requirement = needs(example.statement.predicateType, [example.condition])
        let verdict = verdict(requirement, [builder.envelope(example.statement)])
        #expect(verdict.violations.map(\.rule) == (example.isMet ? [] : ["WB-ADM-004"]))
    }

    @Test func `the newest paper speaks, whatever the order in which papers came`() {
        let pass = builder.envelope(Self.scan([], at: 0, .passed)), fail = builder.envelope(Self.scan([Self.high], at: 10, .failed))
        let late = builder.envelope(Self.scan([], at: 20, .passed)), forged = other.envelope(Self.scan([], at: 30, .passed))
        let requirement = needs(PredicateType.vulnerabilities, [.passed])
        #expect(!verdict(requirement, [pass, fail]).isAllowed)
        #expect(!verdict(requirement, [fail, pass]).isAllowed)
        #expect(!verdict(requirement, [fail, pass, forged]).isAllowed)
        #expect(verdict(requirement, [late, fail, pass]).isAllowed)
        let twin = builder.envelope(Self.scan([], at: 10, .passed))
        #expect(!verdict(requirement, [fail, twin]).isAllowed)
    }
}
