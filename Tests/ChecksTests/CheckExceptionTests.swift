import Testing
import WaybillCore

@testable import Checks

@Suite struct CheckExceptionTests {
    private let finding = Finding(
        rule: "WB-K8S-001", kind: .posture, severity: .high, message: "m",
        place: Place(location: SourceLocation(file: "deploy/shop/web.yaml", line: 3), object: "Deployment/shop"),
        aliases: ["KSV-0017"])

    private func exception(_ rule: String = "WB-K8S-001", place: String? = nil, expires: Int = 100) -> CheckException {
        CheckException(rule: rule, place: place, owner: "team@shop", reason: "known", expires: expires)
    }

    @Test(arguments: [(99, true), (100, false), (101, false)])
    func `an exception counts until it expires, and then is named`(_ now: Int, _ isAccepted: Bool) {
        let result = ExceptionResult([finding], exceptions: [exception()], now: now)
        #expect(result.accepted.count == (isAccepted ? 1 : 0))
        #expect(result.open.isEmpty == isAccepted)
        #expect(result.expired.count == (isAccepted ? 0 : 1))
        #expect(result.unused.isEmpty)
    }

    @Test(arguments: [
        ("deploy/**", true), ("deploy/*", false), ("**/web.yaml", true), ("deploy/*/web.yaml", true),
        ("Deployment/shop", true),
        ("deploy/shop/w?b.yaml", true), ("deploy", false), ("**", true), ("deploy/**/shop/web.yaml", true), ("", false),
    ])
    func `a place is a glob over the file or the object`(_ place: String, _ isCovered: Bool) {
        #expect(exception(place: place).covers(finding) == isCovered)
    }

    @Test func `an alias names the rule too, another rule does not`() {
        #expect(exception("KSV-0017").covers(finding))
        #expect(!exception("WB-K8S-002").covers(finding))
        #expect(ExceptionResult([finding], exceptions: [exception("WB-K8S-002")], now: 0).unused.count == 1)
    }

    @Test func `a glob of many stars ends`() {
        let text = String(repeating: "a/", count: 500)
        #expect(!Glob(String(repeating: "**/", count: 200) + "b").matches(text))
    }
}
