import Documents
import Rego
import Testing
import WaybillCore

/// A violation has a place in the input although the policy says nothing about places.
@Suite struct LocatedValueTests {
    private func located(_ text: String, _ input: Value, rule: String = "data.t.deny") throws -> [LocatedValue] {
        let policy = try CompiledPolicy(modules: [try PolicyModule(parsing: "package t\n\n" + text, file: "t.rego")])
        return try policy.evaluateLocated(rule: rule, regoInput: RegoValue(input)) ?? []
    }

    private func first(_ text: String, _ input: Value) throws -> [String] {
        try located(text, input).map { $0.places.first?.description ?? "-" }
    }

    static let pod: Value = [
        "kind": "Pod",
        "spec": [
            "containers": [
                ["name": "app", "image": "ok/app:1", "securityContext": ["runAsNonRoot": true]],
                ["name": "spy", "image": "evil/spy:latest", "securityContext": ["privileged": true]],
            ]
        ],
    ]

    @Test(arguments: [
        // What is compared.
        (
            "deny contains msg if { some c in input.spec.containers; endswith(c.image, \":latest\"); msg := c.name }",
            "/spec/containers/1/image"
        ),
        // What is asked to be true.
        (
            "deny contains sprintf(\"%s\", [c.name]) if { input.kind == \"Pod\"; c := input.spec.containers[_]; "
                + "c.securityContext.privileged }",
            "/spec/containers/1/securityContext/privileged"
        ),
        // What is absent.
        (
            "deny contains msg if { some c in input.spec.containers; not c.securityContext.runAsNonRoot; msg := c.name }",
            "/spec/containers/1/securityContext/runAsNonRoot"
        ),
        // Through a function.
        (
            "bad(c) if endswith(c.image, \":latest\")\n"
                + "deny contains msg if { some c in input.spec.containers; bad(c); msg := c.name }",
            "/spec/containers/1/image"
        ),
        // Through another rule's set.
        (
            "containers contains c if some c in input.spec.containers\n"
                + "deny contains msg if { some c in containers; c.securityContext.privileged; msg := c.name }",
            "/spec/containers/1/securityContext/privileged"
        ),
        // Through another rule's value.
        (
            "spec := input.spec\n"
                + "deny contains msg if { some i; spec.containers[i].securityContext.privileged; msg := \"x\" }",
            "/spec/containers/1/securityContext/privileged"
        ),
        // Through a comprehension.
        (
            "deny contains msg if { cs := [c | some c in input.spec.containers]; some c in cs; "
                + "c.securityContext.privileged; msg := \"x\" }",
            "/spec/containers/1/securityContext/privileged"
        ),
        // Through an object's member, by key and by iteration.
        (
            "by_name[c.name] := c if some c in input.spec.containers\n"
                + "deny contains msg if { by_name.spy.securityContext.privileged; msg := \"x\" }",
            "/spec/containers/1/securityContext/privileged"
        ),
        (
            "by_name[c.name] := c if some c in input.spec.containers\n"
                + "deny contains msg if { some msg, c in by_name; c.securityContext.privileged }",
            "/spec/containers/1/securityContext/privileged"
        ),
        // Through builtins that hand on what they are given.
        (
            "deny contains msg if { some c in object.get(input.spec, \"containers\", []); "
                + "endswith(c.image, \":latest\"); msg := c.name }",
            "/spec/containers/1/image"
        ),
        (
            "deny contains msg if { some c in object.get(input, [\"spec\", \"containers\"], []); "
                + "c.securityContext.privileged; msg := c.name }",
            "/spec/containers/1/securityContext/privileged"
        ),
        (
            "deny contains msg if { all := array.concat(object.get(input.spec, \"initContainers\", []), "
                + "input.spec.containers); some c in all; c.securityContext.privileged; msg := c.name }",
            "/spec/containers/1/securityContext/privileged"
        ),
        // Found by walking.
        (
            "deny contains msg if { walk(input, [path, value]); value.privileged == true; msg := \"x\" }",
            "/spec/containers/1/securityContext/privileged"
        ),
        // Only a guard.
        ("deny contains \"no\" if input.kind == \"Pod\"", "/kind"),
        // Something that the whole document lacks.
        ("deny contains \"no\" if not input.metadata", "/metadata"),
        // The violation's own word comes first.
        (
            "deny contains {\"msg\": \"x\", \"path\": \"spec.containers[0].name\"} if input.kind == \"Pod\"",
            "/spec/containers/0/name"
        ),
        (
            "deny contains {\"msg\": \"x\", \"path\": [\"spec\", \"containers\", 1]} if input.kind == \"Pod\"",
            "/spec/containers/1"
        ),
        ("deny contains {\"msg\": \"x\", \"path\": \"/nowhere/at/all\"} if input.kind == \"Pod\"", "/kind"),
    ])
    func `the first place is what the rule decided by`(_ rule: String, _ expected: String) throws {
        #expect(try first(rule, Self.pod) == [expected])
    }

    @Test func `each member has a place of its own`() throws {
        let text = "deny contains c.name if { some c in input.spec.containers; contains(c.image, \":\") }"
        let found = try located(text, Self.pod)
        #expect(found.map(\.value) == ["app", "spy"])
        #expect(found.map { $0.places.first?.description } == ["/spec/containers/0/image", "/spec/containers/1/image"])
    }

    @Test func `one message about two things has both places`() throws {
        let text = "deny contains \"bad\" if { some c in input.spec.containers; contains(c.image, \":\") }"
        let places = try located(text, Self.pod).first?.places.map(\.description) ?? []
        #expect(Set(places).isSuperset(of: ["/spec/containers/0/image", "/spec/containers/1/image"]))
    }

    @Test func `a place leads to line and column`() throws {
        let node = try YAMLReader.node(
            from: Array("kind: Pod\nspec:\n  containers:\n    - name: app\n      image: app:latest\n".utf8),
            schema: .core)
        let text = "deny contains c.name if { some c in input.spec.containers; endswith(c.image, \":latest\") }"
        let place = try #require(try located(text, node.value).first?.places.first)
        #expect(node.position(of: place).description == "5:7")
    }

    @Test func `objects and plain values are told too`() throws {
        let object = try located(
            "deny[c.name] := \"bad\" if { some c in input.spec.containers; c.image != \"x\" }", Self.pod)
        #expect(object.map(\.key) == ["app", "spy"])
        #expect(object.first?.places.first?.description == "/spec/containers/0/image")
        let value = try located("deny if input.kind == \"Pod\"", Self.pod)
        #expect(value.first?.places.first?.description == "/kind")
        #expect(try located("deny if input.kind == \"x\"", Self.pod).isEmpty)
    }

    @Test func `without an input there are no places`() throws {
        let policy = try CompiledPolicy(
            modules: [try PolicyModule(parsing: "package t\n\ndeny contains \"a\"", file: "t.rego")])
        #expect(try policy.evaluateLocated(rule: "data.t.deny", regoInput: nil)?.first?.places.isEmpty == true)
    }
}
