import Delivery
import Gates
import Testing
import WaybillCore

/// Which findings deny under which settings.
@Suite struct PolicyGateTests {
    struct Case: Sendable {
        var kind: Finding.Kind
        var severity: Severity
        var settings: @Sendable (inout ProjectFile) -> Void = { _ in }
        var isDenied: Bool
    }

    @Test(arguments: [
        Case(kind: .vulnerability, severity: .high, isDenied: true),
        Case(kind: .vulnerability, severity: .medium, isDenied: false),
        Case(kind: .vulnerability, severity: .unknown, isDenied: true),
        Case(kind: .vulnerability, severity: .medium, settings: { $0.scan.deny = .medium }, isDenied: true),
        Case(kind: .vulnerability, severity: .high, settings: { $0.scan.deny = .critical }, isDenied: false),
        Case(kind: .vulnerability, severity: .unknown, settings: { $0.scan.deny = .critical }, isDenied: true),
        Case(kind: .vulnerability, severity: .high, settings: { $0.posture.deny = .critical }, isDenied: true),
        Case(kind: .licence, severity: .high, isDenied: true),
        Case(kind: .licence, severity: .low, isDenied: false),
        Case(kind: .posture, severity: .high, isDenied: true),
        Case(kind: .posture, severity: .medium, isDenied: false),
        Case(kind: .posture, severity: .low, settings: { $0.posture.deny = .low }, isDenied: true),
        Case(kind: .posture, severity: .high, settings: { $0.scan.deny = .critical }, isDenied: true),
        Case(kind: .dockerfile, severity: .high, isDenied: true),
        Case(kind: .dockerfile, severity: .medium, isDenied: false),
        Case(kind: .secret, severity: .low, isDenied: true),
        Case(kind: .secret, severity: .critical, settings: { $0.scan.secrets = .warn }, isDenied: false),
        Case(kind: .configuration, severity: .medium, isDenied: true),
        Case(kind: .configuration, severity: .low, isDenied: false),
        Case(kind: .configuration, severity: .high, settings: { $0.scan.unknown = .warn }, isDenied: false),
        Case(kind: .test, severity: .info, isDenied: true),
        Case(kind: .signature, severity: .info, isDenied: true),
        Case(kind: .policy, severity: .info, isDenied: true),
    ])
    func `settings say which findings deny, and the others warn`(_ example: Case) throws {
        let found = finding(example.kind, example.severity)
        let verdict = try judge([found], project(example.settings))
        #expect(verdict.violations == (example.isDenied ? [found] : []))
        #expect(verdict.warnings == (example.isDenied ? [] : [found]))
        #expect(verdict.isAllowed == !example.isDenied)
    }

    @Test func `nothing found is allowed`() throws {
        let verdict = try judge([])
        #expect(verdict.isAllowed && verdict.warnings.isEmpty)
        #expect(verdict.gate == .scan && verdict.subject == "shop")
    }

    struct ExceptionCase: Sendable {
        var rule = "RULE-1"
        var place = "**"
        var expires = "2026-11-21"
        var file: String? = "app/lib/package-lock.json"
        var isAccepted: Bool
    }

    @Test(arguments: [
        ExceptionCase(isAccepted: true),
        ExceptionCase(rule: "CVE-2021-23337", isAccepted: true),
        ExceptionCase(rule: "CVE-2021-2333", isAccepted: false),
        ExceptionCase(rule: "rule-1", isAccepted: false),
        ExceptionCase(expires: "2026-11-20", isAccepted: false),
        ExceptionCase(expires: "2027-01-01", isAccepted: true),
        ExceptionCase(place: "app/**", isAccepted: true),
        ExceptionCase(place: "app/*", isAccepted: false),
        ExceptionCase(place: "app/*/package-lock.json", isAccepted: true),
        ExceptionCase(place: "lib/**", isAccepted: false),
        ExceptionCase(file: nil, isAccepted: true),
        ExceptionCase(place: "app/**", file: nil, isAccepted: false),
    ])
    func `an exception accepts a rule or an alias at a place until the end of a day`(_ example: ExceptionCase) throws {
        let found = finding(.vulnerability, .critical, aliases: ["CVE-2021-23337"], file: example.file)
        let expires = try #require(CalendarDate(parsing: example.expires))
        let verdict = try judge(
            [found],
            project {
                $0.exceptions = [
                    ExceptionEntry(
                        rule: example.rule, place: example.place, owner: Identity("security@shop.example"),
                        reason: "not reachable", expires: expires)
                ]
            })
        #expect(verdict.isAllowed == example.isAccepted)
        #expect(verdict.warnings.isEmpty)
    }

    @Test func `an exception for one finding leaves the others`() throws {
        let expires = try #require(CalendarDate(parsing: "2027-01-01"))
        let verdict = try judge(
            [finding(.vulnerability, .high, rule: "A"), finding(.vulnerability, .high, rule: "B")],
            project {
                $0.exceptions = [
                    ExceptionEntry(rule: "A", owner: Identity("s@shop.example"), reason: "r", expires: expires)
                ]
            })
        #expect(verdict.violations.map(\.rule) == ["B"])
    }
}
