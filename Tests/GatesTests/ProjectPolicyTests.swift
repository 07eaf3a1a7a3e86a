import Gates
import Testing
import WaybillCore

/// What a project's own Rego modules may say.
@Suite struct ProjectPolicyTests {
    @Test func `an object adds a violation with all that it says`() throws {
        let rule = """
            deny contains violation if {
            	input.project.name == "shop"
            	violation := {"rule": "SHOP-7", "message": "too early", "severity": "low", "file": "a.txt", "line": 4, "remedy": "wait"}
            }
            """
        let violation = try #require(try judge([], modules: [module(rule)]).violations.first)
        #expect(violation.rule == "SHOP-7" && violation.message == "too early" && violation.severity == .low)
        #expect(violation.kind == .policy && violation.remedy == "wait")
        #expect(violation.place.description == "a.txt:4:1")
    }

    @Test(arguments: [#""no""#, #"{"msg": "no"}"#])
    func `a text is a violation of the package, of high severity`(_ member: String) throws {
        let verdict = try judge([], modules: [module("deny contains \(member)")])
        #expect(verdict.violations == [Finding(rule: "shop", kind: .policy, severity: .high, message: "no")])
    }

    @Test func `a violation without a severity counts as high`() throws {
        let verdict = try judge([], modules: [module(#"deny contains {"rule": "S", "message": "m"}"#)])
        #expect(verdict.violations.map(\.severity) == [.high])
    }

    @Test func `a warning of a project warns`() throws {
        let verdict = try judge([], modules: [module(#"warn contains "soon""#)])
        #expect(verdict.isAllowed)
        #expect(verdict.warnings.map(\.message) == ["soon"])
    }

    @Test(arguments: ["waybill.shop", "waybill.shop.web", #"waybill["a.b"]"#, #"waybill.shop["x-y"].z"#])
    func `packages of any depth below waybill are asked`(_ package: String) throws {
        let verdict = try judge([], modules: [module(#"deny contains "no""#, package: package)])
        #expect(verdict.violations.map(\.message) == ["no"])
    }

    @Test(arguments: [
        #"deny contains {"rule": "S"}"#, #"deny contains {"message": "m"}"#, "deny contains 7", "deny contains null",
        "deny := true", #"deny["a"] := "b""#, #"warn := "x""#,
    ])
    func `a violation that cannot be read is an error, never a pass`(_ rule: String) throws {
        let error = #expect(throws: WaybillError.self) { try judge([], modules: [module(rule)]) }
        #expect(error?.code == .invalidInput)
        #expect(error?.subject.hasPrefix("data.waybill.shop") == true)
    }

    @Test func `a builtin that fails closes the gate`() throws {
        let rule = #"deny contains "no" if json.unmarshal(input.project.name).bad"#
        #expect(throws: WaybillError.self) { try judge([], modules: [module(rule)]) }
    }

    @Test func `a policy that does not end closes the gate`() throws {
        let rule = """
            deny contains "no" if {
            	some a in numbers.range(1, 3000)
            	some b in numbers.range(1, 3000)
            	some c in numbers.range(1, 3000)
            	a + b + c == 0
            }
            """
        let input = GateInput(gate: .scan, subject: "shop", project: project(), findings: [], today: "2026-11-21")
        let gate = try PolicyGate(modules: [module(rule)], stepsMax: 100_000)
        let error = #expect(throws: WaybillError.self) { try gate.judge(input) }
        #expect(error?.message.contains("eval_cancel_error") == true)
    }

    @Test func `a policy's clock shows the day of the verdict`() throws {
        let rule = #"deny contains time.format(time.now_ns())"#
        let verdict = try judge([], today: "2026-11-21", modules: [module(rule)])
        #expect(verdict.violations.map(\.message) == ["2026-11-21T00:00:00Z"])
    }

    @Test(arguments: [
        ("deny contains \"no\" if {", 6), ("deny contains := 1", 5), ("deny contains x if y", 5),
    ])
    func `a module that is wrong names its file, row and column`(_ body: String, _ row: Int) throws {
        let error = #expect(throws: WaybillError.self) { try PolicyGate(modules: [module(body)]) }
        #expect(error?.code == .invalidInput)
        let subject = (error?.subject ?? "").split(separator: ":")
        #expect(subject.first == "policy/shop.rego")
        #expect(subject.count == 3 && subject.dropFirst().allSatisfy { Int($0) != nil })
        #expect(subject.dropFirst().first == "\(row)")
    }

    @Test(arguments: ["shop", "main", "waybill", "waybillx.shop", "Waybill.shop", "data.waybill"])
    func `a package outside of waybill would never be asked and is refused`(_ package: String) throws {
        let error = #expect(throws: WaybillError.self) {
            try PolicyGate(modules: [module(#"deny contains "no""#, package: package)])
        }
        #expect(error?.code == .invalidInput && error?.subject == "policy/shop.rego")
        #expect(error?.remedy?.contains("package waybill.") == true)
    }

    @Test(arguments: ["waybill.gate", #"waybill["gate"]"#, "waybill.gate.more"])
    func `the package that comes with Waybill takes no rules of a project`(_ package: String) throws {
        let error = #expect(throws: WaybillError.self) {
            try PolicyGate(modules: [module("accepted(finding) if finding", package: package)])
        }
        #expect(error?.code == .invalidInput && error?.subject == "policy/shop.rego")
    }
}
