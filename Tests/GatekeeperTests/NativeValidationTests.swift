import Documents
import Testing
import WaybillCore

@testable import Gatekeeper

@Suite struct NativeValidationTests {
    static let source = """
        variables:
        - {name: wanted, expression: "has(variables.params.labels) ? variables.params.labels : []"}
        - {name: missing, expression: "variables.wanted.filter(l, !has(object.metadata.labels) || !(l in object.metadata.labels))"}
        validations:
        - expression: size(variables.missing) == 0
          messageExpression: '"missing " + variables.missing.join(", ")'
        """

    static func template(_ source: String = source, withRego: Bool = false) throws -> ConstraintTemplate {
        var template = try Sample.value(Sample.template)
        var code: [Value] = [["engine": "K8sNativeValidation", "source": try Sample.value(source)]]
        if withRego {
            let rego = "package x\nviolation[{\"msg\": \"from Rego\"}] { input.review.name == \"web\" }"
            code.append(["engine": "Rego", "source": ["rego": .string(rego)]])
        }
        template[Pointer(["spec", "targets", "0"])] = [
            "target": "admission.k8s.gatekeeper.sh", "code": .array(code),
        ]
        return try ConstraintTemplate(template, file: "t.yaml")
    }

    static func messages(
        _ source: String = source, _ object: Value = Sample.object(), inventory: Inventory = Inventory()
    ) throws -> [String] {
        let template = try template(source)
        let constraint = try Constraint(
            try Sample.value(Sample.constraint("parameters: {labels: [owner, team]}")), of: template, file: "c.yaml")
        let review = try Review(object, file: "o.yaml")
        return try ConstraintPolicy(template, constraint).violations(of: review, inventory: inventory).map(\.message)
    }

    @Test func `expressions judge with the constraint's parameters and their own variables`() throws {
        #expect(try Self.messages() == ["missing owner, team"])
        #expect(try Self.messages(Self.source, Sample.object(labels: ["owner": "a"])) == ["missing team"])
        #expect(try Self.messages(Self.source, Sample.object(labels: ["owner": "a", "team": "b"])).isEmpty)
    }

    struct Rule: Sendable, CustomTestStringConvertible {
        var source: String
        var messages: [String]
        var testDescription: String { source }

        init(_ source: String, _ messages: [String]) {
            self.source = source
            self.messages = messages
        }
    }

    @Test(arguments: [
        Rule("validations: [{expression: 'object.kind == \"Pod\"'}]", []),
        Rule("validations: [{expression: '1 == 2'}]", ["failed expression: 1 == 2"]),
        Rule(
            "validations: [{expression: 'false', message: bad}, {expression: 'false', message: never}]",
            ["bad", "never"]),
        Rule("validations: [{expression: 'false', message: bad, messageExpression: '\"a\\nb\"'}]", ["bad"]),
        Rule("validations: [{expression: 'false', message: bad, messageExpression: '\"  \"'}]", ["bad"]),
        Rule("validations: [{expression: 'false', message: bad, messageExpression: 'object.none'}]", ["bad"]),
        Rule(
            "validations: [{expression: object.none == 1}]",
            ["expression 'object.none == 1' resulted in error: no such key: none"]),
        Rule("failurePolicy: Ignore\nvalidations: [{expression: object.none == 1}]", []),
        Rule("matchConditions: [{name: a, expression: 'false'}]\nvalidations: [{expression: 'false'}]", []),
        Rule(
            "matchConditions: [{name: a, expression: object.none}, {name: b, expression: 'false'}]\n"
                + "validations: [{expression: 'false'}]", []),
        Rule(
            "matchConditions: [{name: a, expression: object.none}]\nvalidations: [{expression: 'false'}]",
            ["expression 'object.none' resulted in error: no such key: none"]),
        Rule("validations: [{expression: 'request.operation == \"CREATE\" && oldObject == null'}]", []),
        Rule("validations: [{expression: 'variables.anyObject.metadata.name == \"web\"'}]", []),
        Rule("validations: [{expression: 'params.metadata.name == \"owner\"'}]", []),
        Rule("validations: [{expression: 'namespaceObject.metadata.labels.team == \"a\"'}]", []),
    ])
    func `a rule that does not hold has the message that the API server gives`(_ rule: Rule) throws {
        var inventory = Inventory()
        try inventory.insert(ConstraintTests.namespace, file: "ns.yaml")
        #expect(try Self.messages(rule.source, inventory: inventory) == rule.messages)
    }

    @Test(arguments: [
        ("validations: []", "“validations” is missing"), ("validations: x", "not a list"),
        ("validations: [{expression: 'size('}]", "validations[0].expression"),
        ("validations: [{expression: '1'}]", "must evaluate to bool, found int"),
        ("validations: [{expression: '   '}]", "is missing"),
        ("validations: [{expression: 'true', messageExpression: '1'}]", "must evaluate to string"),
        ("validations: [{expression: nobody}]", "undeclared reference to 'nobody'"),
        ("validations: [{expression: variables.nobody}]", "nobody"),
        ("variables: [{expression: '1'}]\nvalidations: [{expression: 'true'}]", "“name” is missing"),
        ("variables: [{name: params, expression: '1'}]\nvalidations: [{expression: 'true'}]", "already"),
        (
            "variables: [{name: a, expression: variables.b}, {name: b, expression: '1'}]\n"
                + "validations: [{expression: 'true'}]", "variables[0].expression"
        ),
        ("validations: [{expression: 'true', message: [a]}]", "“message” is not a text"),
        ("validations: [{expression: 'true', messageExpression: 1}]", "“messageExpression” is not a text"),
        ("failurePolicy: Never\nvalidations: [{expression: 'true'}]", "unknown failurePolicy"),
        ("validation: []\nvalidations: [{expression: 'true'}]", "unknown key"),
    ])
    func `expressions that cannot work are refused`(_ source: String, _ reason: String) {
        let error = #expect(throws: WaybillError.self) { try Self.template(source) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `variables are computed once, however often they are asked for`() throws {
        var lines = ["variables:", "- {name: v0, expression: '1'}"]
        for index in 1...60 {
            lines.append("- {name: v\(index), expression: 'variables.v\(index - 1) + variables.v\(index - 1) - 1'}")
        }
        lines.append("validations: [{expression: 'variables.v60 == 1'}]")
        #expect(try Self.messages(lines.joined(separator: "\n")).isEmpty)
    }

    @Test func `a long chain of deep variables needs no more stack than one of them`() throws {
        var lines = ["variables:", "- {name: v0, expression: 'true'}"]
        let negations = String(repeating: "!(", count: 40)
        let ends = String(repeating: ")", count: 40)
        for index in 1...150 {
            lines.append("- {name: v\(index), expression: '\(negations)variables.v\(index - 1)\(ends)'}")
        }
        lines.append("validations: [{expression: variables.v150}]")
        #expect(try Self.messages(lines.joined(separator: "\n")).isEmpty)
    }

    @Test func `of two engines the Rego judges unless the other is asked for`() throws {
        let template = try Self.template(withRego: true)
        #expect(template.engines == [.rego, .native])
        let constraint = try Constraint(try Sample.value(Sample.constraint()), of: template, file: "c.yaml")
        let policy = ConstraintPolicy(template, constraint)
        let review = try Review(Sample.object(), file: "o.yaml")
        #expect(try policy.violations(of: review).map(\.message) == ["from Rego"])
        #expect(try policy.violations(of: review, engine: .native).map(\.message) == ["missing owner"])
        let broken = ConstraintPolicy(try Self.template("validations: [{expression: 'x'}]", withRego: true), constraint)
        #expect(try broken.violations(of: review).map(\.message) == ["from Rego"])
        #expect(throws: WaybillError.self) { try broken.violations(of: review, engine: .native) }
        #expect(throws: WaybillError.self) { try Sample.policy().violations(of: review, engine: .native) }
    }
}
