public import Documents
import Kubernetes
import WaybillCore

/// How objects of a kind say how they are, as the owner of an environment writes it: a condition or a field for each
/// state. It goes before the rules that come with Waybill.
public struct CustomHealthRule: Hashable, Sendable {
    private struct Test: Hashable, Sendable {
        /// A condition with a status, or a field with words.
        var condition: String?
        var field: String?
        var values: [String]
        /// The field that says why.
        var message: String?
    }

    private struct Clause: Hashable, Sendable {
        var state: ObjectHealth.State
        var test: Test
    }

    public let group: String
    public let kind: String
    private var clauses: [Clause] = []

    /// The states in the order in which they are asked for: what is broken does not hide behind what is well.
    private static let states: [ObjectHealth.State] = [.suspended, .degraded, .healthy, .progressing]
    /// The most tests of one state.
    private static let testsMax = 32

    public init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "health")
        group = try fields.string("group") ?? ""
        kind = try fields.requiredString("kind")
        for state in Self.states {
            guard let written = fields.node(state.rawValue) else { continue }
            let tests = written.elements ?? [written]
            guard tests.count <= Self.testsMax else {
                throw DocumentError(at: written.position, "health.\(state.rawValue): more than \(Self.testsMax) tests")
            }
            for test in tests { clauses.append(Clause(state: state, test: try Self.test(test, state.rawValue))) }
        }
        try fields.finish()
        guard clauses.contains(where: { $0.state == .healthy }) else {
            throw DocumentError(at: node.position, "health: \(kind) has no “healthy”, and would never be")
        }
    }

    private static func test(_ node: Node, _ state: String) throws(DocumentError) -> Test {
        var fields = try Fields(node, of: "health.\(state)")
        let condition = try fields.string("condition"), field = try fields.string("field")
        let message = try fields.string("message")
        let values = try fields.strings(condition == nil ? "in" : "is")
        try fields.finish()
        switch (condition, field) {
        case (_?, nil):
            return Test(condition: condition, field: nil, values: values ?? ["True"], message: message)
        case (nil, _?):
            guard let values, !values.isEmpty else {
                throw DocumentError(at: node.position, "health.\(state): “in” names the words of the field")
            }
            return Test(condition: nil, field: field, values: values, message: message)
        default: throw DocumentError(at: node.position, "health.\(state): expected one of condition and field")
        }
    }

    func covers(_ resource: Resource) -> Bool {
        kind.hasSameBytes(as: resource.kind) && group.hasSameBytes(as: resource.objectKind.group)
    }

    func assess(_ resource: Resource) -> ObjectHealth {
        for clause in clauses {
            guard let words = Self.words(clause.test, resource) else { continue }
            return ObjectHealth(clause.state, words)
        }
        return ObjectHealth(.progressing, "says nothing yet that its rule knows")
    }

    /// What is told where the test holds; nil where it does not.
    private static func words(_ test: Test, _ resource: Resource) -> String? {
        let told = test.message.flatMap { HealthRule.Test.text(resource.value, $0) }.flatMap { $0.isEmpty ? nil : $0 }
        if let type = test.condition {
            let found = HealthRule.Test.conditions(resource.value).first { $0.type == type }
            guard let found, test.values.contains(found.status) else { return nil }
            return told ?? (found.status == "True" ? "is \(type.lowercased())" : found.explanation)
        }
        guard let path = test.field, let text = HealthRule.Test.text(resource.value, path), test.values.contains(text)
        else { return nil }
        return told ?? "has \(path) \(text)"
    }
}
