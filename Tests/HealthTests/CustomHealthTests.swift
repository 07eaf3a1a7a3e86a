import Documents
import Kubernetes
import Testing

@testable import Health

/// Rules of health that people write for kinds of their own.
@Suite struct CustomHealthTests {
    private static func rule(_ text: String) throws -> CustomHealthRule {
        try CustomHealthRule(YAMLReader.node(from: "group: example.com\nkind: Widget\n" + text, schema: .core))
    }

    private static let text = """
        suspended: { field: spec.paused, in: ["true"] }
        degraded:
          - { condition: Broken }
          - { field: status.phase, in: [Failed, Error], message: status.reason }
        healthy: { condition: Ready }
        progressing: { condition: Ready, is: ["False", "Unknown"] }
        """

    @Test(arguments: [
        (HealthCase("example.com/v1/Widget", conditions("Ready=True"), .healthy, says: "is ready")),
        (HealthCase("example.com/v1/Widget", conditions("Ready=False:X:why"), .progressing, says: "why")),
        (HealthCase("example.com/v1/Widget", conditions("Ready=True", "Broken=True"), .degraded)),
        (HealthCase(
            "example.com/v1/Widget", #""status":{"phase":"Error","reason":"no disk"}"#, .degraded, says: "no disk")),
        (HealthCase("example.com/v1/Widget", #""status":{"phase":"Failed"}"#, .degraded, says: "Failed")),
        (HealthCase("example.com/v1/Widget", #""spec":{"paused":true}"#, .suspended)),
        (HealthCase("example.com/v1/Widget", "", .progressing)),
        // Other groups and kinds are judged as ever.
        (HealthCase("other.com/v1/Widget", "", .healthy)),
        (HealthCase("example.com/v1/Gadget", conditions("Ready=True"), .healthy)),
    ])
    func `a rule of one's own judges its kind`(_ example: HealthCase) throws {
        let health = ObjectHealth.assess(try example.resource(), rules: [try Self.rule(Self.text)])
        #expect(health.state == example.state, "\(health.message)")
        #expect(health.message.contains(example.says), "\(health.message)")
    }

    @Test func `a rule of one's own goes before the one that comes along`() throws {
        let node = try YAMLReader.node(
            from: "group: cert-manager.io\nkind: Issuer\nhealthy: { field: status.mood, in: [fine] }\n", schema: .core)
        let rule = try CustomHealthRule(node)
        let issuer = HealthCase("cert-manager.io/v1/Issuer", conditions("Ready=True"), .healthy)
        #expect(ObjectHealth.assess(try issuer.resource(), rules: [rule]).state == .progressing)
        #expect(ObjectHealth.assess(try issuer.resource()).state == .healthy)
    }

    @Test(arguments: [
        "", "healthy: {}", "healthy: { field: status.a }", "healthy: { condition: A, field: b }",
        "healty: { condition: A }", "healthy: { condition: A, when: b }", "healthy: text",
    ])
    func `a rule that cannot be meant is refused`(_ text: String) {
        #expect(throws: DocumentError.self) { _ = try Self.rule(text) }
    }
}
