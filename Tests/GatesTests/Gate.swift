import Delivery
import Gates
import WaybillCore

/// A project with the standard settings, changed by the test.
func project(_ change: (inout ProjectFile) -> Void = { _ in }) -> ProjectFile {
    var project = ProjectFile(name: "shop", owner: Identity("shop-team@shop.example"))
    change(&project)
    return project
}

func finding(
    _ kind: Finding.Kind, _ severity: Severity, rule: String = "RULE-1", aliases: [String] = [], file: String? = nil
) -> Finding {
    Finding(
        rule: rule, kind: kind, severity: severity, message: "found",
        place: Place(location: file.map { SourceLocation(file: $0, line: 3) }), aliases: aliases)
}

/// A project's Rego module with one `deny` rule in it.
func module(_ body: String, package: String = "waybill.shop") -> (file: String, text: String) {
    ("policy/shop.rego", "package \(package)\n\nimport rego.v1\n\n\(body)\n")
}

func judge(
    _ findings: [Finding], _ project: ProjectFile = project(), today: String = "2026-11-21",
    modules: [(file: String, text: String)] = []
) throws -> Verdict {
    try PolicyGate(modules: modules).judge(
        GateInput(gate: .scan, subject: "shop", project: project, findings: findings, today: today))
}
