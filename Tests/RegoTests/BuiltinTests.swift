import Documents
import Rego
import Testing

/// Every builtin, with a value that it gives and one that it refuses.
@Suite struct BuiltinTests {
    /// The value of a term as Rego writes it; nil where it is undefined.
    static func value(_ term: String, strict: Bool = false) throws -> String? {
        let module = try PolicyModule.read(
            "package t\nu(x) = x { true }\np = x { x := \(term) }", file: "t.rego", version: .v0)
        let policy = try CompiledPolicy(modules: [module])
        let surroundings = EvaluationSurroundings(
            nowNanoseconds: 1_700_000_000_000_000_000, seed: 1, hasStrictErrors: strict, environment: ["A": "b"])
        return try policy.evaluate(rule: "data.t.p", input: nil, surroundings: surroundings)?.description
    }

    @Test(arguments: BuiltinExamples.values)
    func `a builtin gives its value`(_ example: BuiltinExamples.Example) throws {
        #expect(try Self.value(example.term, strict: true) == example.value)
    }

    @Test(arguments: BuiltinExamples.errors)
    func `a builtin refuses what it cannot take`(_ example: BuiltinExamples.Example) throws {
        #expect(try Self.value(example.term) == nil, "undefined unless errors are strict")
        let error = #expect(throws: RegoError.self) { try Self.value(example.term, strict: true) }
        #expect(error?.message.contains(example.value) == true, "\(error?.message ?? "")")
    }

    @Test func `every builtin of the language has an example`() {
        let shown = BuiltinExamples.values.map(\.term).joined(separator: "\n")
        for name in BuiltinExamples.names where !BuiltinExamples.operators.contains(name) {
            #expect(shown.contains("\(name)("), "\(name) has no example")
        }
    }

    @Test(arguments: BuiltinExamples.names)
    func `no builtin of the language is missing`(_ name: String) throws {
        // A call with a wrong number of arguments tells whether the name is known.
        let text = "package t\np := \(name)(1, 2, 3, 4, 5, 6, 7)"
        let module = try PolicyModule.read(text, file: "t.rego", version: .v0)
        let errors = #expect(throws: RegoErrors.self) { try CompiledPolicy(modules: [module]) }
        #expect(errors?.errors.first?.message.contains("undefined function") == false)
    }

    @Test func `nothing goes over the network unless the host allows it`() throws {
        let text = "package t\np := http.send({\"method\": \"get\", \"url\": \"http://good.example/x\"}).status_code"
        let policy = try CompiledPolicy(modules: [try PolicyModule(parsing: text, file: "t.rego")])
        let error = #expect(throws: RegoError.self) { try policy.evaluate(rule: "data.t.p", input: nil) }
        #expect(error?.message == "http.send: not available: a policy may not use the network")

        var surroundings = EvaluationSurroundings()
        surroundings.network = NetworkDoor(
            hosts: ["good.example"], send: { _ in ["status_code": 200] }, addresses: { _ in ["192.0.2.1"] })
        #expect(try policy.evaluate(rule: "data.t.p", input: nil, surroundings: surroundings) == 200)

        surroundings.network?.hosts = ["other.example"]
        let refused = #expect(throws: RegoError.self) {
            try policy.evaluate(rule: "data.t.p", input: nil, surroundings: surroundings)
        }
        #expect(refused?.message.contains("good.example") == true)
    }

    @Test func `names are looked up behind the same door`() throws {
        let text = "package t\np := net.lookup_ip_addr(\"good.example\")"
        let policy = try CompiledPolicy(modules: [try PolicyModule(parsing: text, file: "t.rego")])
        var surroundings = EvaluationSurroundings()
        surroundings.network = NetworkDoor(
            hosts: ["good.example"], send: { $0 }, addresses: { _ in ["192.0.2.1", "2001:db8::1"] })
        let value = try policy.evaluate(rule: "data.t.p", input: nil, surroundings: surroundings)
        #expect(value?.description == #"{"192.0.2.1", "2001:db8::1"}"#)
        #expect(throws: RegoError.self) { try policy.evaluate(rule: "data.t.p", input: nil) }
    }

    @Test func `a host's own function stands beside the builtins`() throws {
        struct Refusal: Error, CustomStringConvertible { var description: String { "no such image" } }
        let double = HostFunction("host.double", arity: 1) { arguments in
            guard let number = arguments[0].int else { throw Refusal() }
            return .int(number * 2)
        }
        let module = try PolicyModule(parsing: "package t\np := host.double(input)", file: "t.rego")
        let policy = try CompiledPolicy(modules: [module], checks: CheckOptions(), functions: [double])
        #expect(try policy.evaluate(rule: "data.t.p", input: 21) == 42)
        let error = #expect(throws: RegoError.self) {
            try policy.evaluate(rule: "data.t.p", input: "x", surroundings: .init(hasStrictErrors: true))
        }
        #expect(error?.message == "host.double: no such image")
    }
}
