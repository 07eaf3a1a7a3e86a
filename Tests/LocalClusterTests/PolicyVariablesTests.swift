import CEL
import Documents
import Kubernetes
import Testing

@testable import LocalCluster

/// Variables of policies, and selectors with keys and values that no label can have.
@Suite struct PolicyVariablesTests {
    @Test func `A long chain of variables is computed once each`() throws {
        var chain = [(name: "v0", text: "1")]
        // Each names the one before twice: computed anew at every use, this would never end.
        for index in 1...200 {
            chain.append(
                (
                    name: "v\(index)",
                    text: "variables.v\(index - 1) > 1000 ? 1 : variables.v\(index - 1) + 1"
                ))
        }
        let variables = PolicyVariables(chain, values: Self.values)
        #expect(try variables.member("v200") == .int(201))
        #expect(try variables.member("none") == nil)
    }

    @Test func `A variable sees only those before it, and its failure is told by its name`() throws {
        let variables = PolicyVariables(
            [(name: "a", text: "variables.b"), (name: "b", text: "1"), (name: "unused", text: "1 / 0")],
            values: Self.values)
        #expect(throws: CELError.self) { try variables.member("a") }
        #expect(try variables.member("b") == .int(1))
        do throws(CELError) {
            _ = try variables.member("unused")
            Issue.record("a division by zero was computed")
        } catch {
            #expect(error.message.hasPrefix("composited variable \"unused\" fails to evaluate: "))
        }
    }

    private static let values: [String: CELValue] = Dictionary(
        uniqueKeysWithValues: PolicyExpressions.names.keys.map { ($0, CELValue(Value.null)) })

    @Test(
        arguments: [
            ("a=b,c in (d)", nil), ("-a=b", "key: Invalid value: \"-a\": name part must"),
            ("a=-b", "values[0][a]: Invalid value: \"-b\": a valid label must"),
            ("a in (b,-c)", "values[1][a]: Invalid value: \"-c\": a valid label must"),
        ] as [(String, String?)])
    func `Selectors name what labels can be`(_ text: String, _ start: String?) throws {
        let problem = SelectorText.problem(try LabelSelector(parsing: text))
        if let start { #expect(problem?.hasPrefix(start) == true) } else { #expect(problem == nil) }
    }
}
