import Documents
import Rego
import Synchronization
import Testing

/// Every limit ends an evaluation, and says which one it was.
@Suite struct EvaluationLimitsTests {
    private func message(_ text: String, limits: EvaluationLimits, input: Value = [:]) throws -> String? {
        let policy = try CompiledPolicy(modules: [try PolicyModule(parsing: "package t\n\n" + text, file: "t.rego")])
        do {
            _ = try policy.evaluate(rule: "data.t.p", input: input, limits: limits)
            return nil
        } catch let error as RegoError {
            #expect(error.code == .cancelled)
            return error.message
        }
    }

    static let long = "p := count([1 | some x in numbers.range(1, 1000); some y in numbers.range(1, 1000); x == y])"

    @Test func `steps`() throws {
        #expect(try message(Self.long, limits: EvaluationLimits(stepsMax: 5_000)) == "more than 5000 steps")
        #expect(try message("p := 1", limits: EvaluationLimits(stepsMax: 5_000)) == nil)
    }

    @Test func `depth`() throws {
        let chain =
            "f0(x) := x\n" + (1...100).map { "f\($0)(x) := f\($0 - 1)(x)" }.joined(separator: "\n") + "\np := f100(1)"
        #expect(
            try message(chain, limits: EvaluationLimits(depthMax: 50)) == "evaluation nested deeper than 50 levels")
        #expect(try message(chain, limits: EvaluationLimits(depthMax: 250)) == nil)
    }

    @Test(arguments: [
        "p := concat(\"\", [input.a, input.a, input.a, input.a])",
        "p := [x | some x in numbers.range(1, 5000)]",
        "p := {x: x | some x in numbers.range(1, 5000)}",
        "p contains x if some x in numbers.range(1, 5000)",
        "p[x] := x if some x in numbers.range(1, 5000)",
        "p := $\"{input.a}{input.a}{input.a}{input.a}\"",
    ])
    func `memory`(_ rule: String) throws {
        let input: Value = ["a": .string(String(repeating: "a", count: 30_000))]
        let limits = EvaluationLimits(bytesMax: 100_000)
        #expect(try message(rule, limits: limits, input: input) == "values of more than 100000 bytes were made")
        #expect(try message(rule, limits: EvaluationLimits(bytesMax: 10_000_000), input: input) == nil)
    }

    @Test func `time, as the caller measures it`() throws {
        let asked = Mutex(0)
        let limits = EvaluationLimits(isOver: {
            asked.withLock { count in
                count += 1
                return count > 3
            }
        })
        #expect(try message(Self.long, limits: limits) == "caller cancelled query execution")
        #expect(asked.withLock { $0 } == 4)
    }

    @Test func `a deep document is walked no deeper than allowed`() throws {
        var value = Value.integer(1)
        for _ in 0..<400 { value = [value] }
        #expect(
            try message("p := count([1 | walk(input)])", limits: EvaluationLimits(depthMax: 100), input: value)
                == "evaluation nested deeper than 100 levels")
        #expect(try message("p := count([1 | walk(input)])", limits: .standard, input: value) == nil)
    }

    @Test func `the deepest evaluation that is allowed fits the stack of a task`() async throws {
        let chain =
            "f0(x) := x\n"
            + (1...250).map { "f\($0)(x) := y if { some z in [x]; y := f\($0 - 1)(z) }" }.joined(separator: "\n")
        let message = try await Task.detached {
            [
                try self.message(chain + "\np := f190(1)", limits: .standard),
                try self.message(chain + "\np := f250(1)", limits: .standard),
            ]
        }.value
        #expect(message == [nil, "evaluation nested deeper than 600 levels"])
    }
}
