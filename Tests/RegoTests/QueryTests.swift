import Rego
import Testing

/// Queries are held against what modules are held against.
@Suite struct QueryTests {
    private let policy: CompiledPolicy

    init() throws {
        policy = try CompiledPolicy(modules: [
            try PolicyModule(parsing: "package t\n\nf(x) := x + 1\n", file: "t.rego")
        ])
    }

    @Test(
        arguments: [
            ("x", "rego_unsafe_var_error", "var x is unsafe"), ("x > 1", "rego_unsafe_var_error", "var x is unsafe"),
            ("nothing(1)", "rego_type_error", "undefined function nothing"),
            ("data.t.f(1, 2, 3)", "rego_type_error", "function data.t.f has arity 1, got 3 arguments"),
            ("1 + \"a\"", "rego_type_error", "plus: invalid argument(s)"),
            ("x := 1; x := 2", "rego_compile_error", "var x assigned above"),
            ("not x := 1", "rego_compile_error", "cannot assign vars inside negated expression"),
            ("count([y | y > 1]) > 0", "rego_unsafe_var_error", "var y is unsafe"),
        ])
    func `a query is told what is wrong with it`(_ query: String, _ code: String, _ message: String) throws {
        let error = #expect(throws: RegoErrors.self) { try policy.evaluate(query: query, input: nil) }
        #expect(error?.errors.first?.code.rawValue == code)
        #expect(error?.errors.first?.message.contains(message) == true, "\(error?.errors.first?.message ?? "")")
    }

    @Test func `a comprehension has variables of its own`() throws {
        let solutions = try policy.evaluate(query: "x := count([x | walk([1], x)])", input: nil)
        #expect(solutions.first?["x"] == 2)
        let module = try PolicyModule(
            parsing: "package t\n\np := n if { n := count({n | some n in [1, 2, 3]}) }\n", file: "t.rego")
        #expect(try CompiledPolicy(modules: [module]).evaluate(rule: "data.t.p", input: nil) == 3)
    }
}
