import Documents
import Rego
import Testing

@testable import PolicyTools

@Suite struct TestToolTests {
    func run(_ tool: TestTool, _ text: String? = nil) throws -> ToolOutput {
        guard let text else { return tool.run(try Shop.sources(), clock: { 0 }) }
        return tool.run(PolicySources(modules: [try SourceModule(parsing: text, file: "x_test.rego")]), clock: { 0 })
    }

    @Test func `a failing comparison shows both values and their difference`() throws {
        let output = try run(TestTool())
        #expect(output.status == 2)
        #expect(
            output.output == """
                shop/authz_test.rego:9:1:
                data.shop.authz_test.test_roles_of_ann: FAIL (0ns)

                  shop/authz_test.rego:11:2:
                    found == {"admin", "buyer"}
                      left   {"admin"}
                      right  {"admin", "buyer"}
                      differences
                        /: only right: "buyer"

                shop/authz_test.rego:14:1:
                data.shop.authz_test.test_sums: FAIL (0ns)
                  two: FAIL
                shop/authz_test.rego:19:1:
                data.shop.authz_test.todo_test_later: SKIPPED
                --------------------------------------------------------------------------------
                PASS: 2/5
                FAIL: 2/5
                SKIPPED: 1/5

                """)
    }

    @Test func `verbose lists every test and every case`() throws {
        let output = try run(TestTool(isVerbose: true, filter: "test_(admin|sums)"))
        #expect(
            output.output == """
                shop/authz_test.rego:7:1:
                data.shop.authz_test.test_admin_may: PASS (0ns)
                shop/authz_test.rego:14:1:
                data.shop.authz_test.test_sums: FAIL (0ns)
                  one: PASS
                  two: FAIL
                --------------------------------------------------------------------------------
                PASS: 2/3
                FAIL: 1/3

                """)
    }

    @Test func `passing tests have status 0 and only a summary`() throws {
        let output = try run(TestTool(filter: "admin"))
        #expect(output == ToolOutput(output: "PASS: 1/1\n"))
    }

    @Test func `tests that pass are measured`() throws {
        let ticks = Ticks()
        func bench(_ format: TestTool.Format, filter: String) throws -> ToolOutput {
            TestTool(format: format, filter: filter, benchNanoseconds: 1_000)
                .run(try Shop.sources(), clock: { ticks.next() })
        }
        let output = try bench(.gobench, filter: "admin")
        #expect(output.status == 0 && output.output.hasPrefix("BenchmarkDataShopAuthzTestTestAdminMay\t"))
        #expect(output.output.hasSuffix(" ns/op\n"))
        let rows = try JSONReader.value(from: try bench(.json, filter: "test_(admin|roles)").output)
        #expect((rows[0]?["benchmark_result"]?["N"]?.integer ?? 0) > 1)
        #expect(rows[1]?["fail"] == true && rows[1]?["benchmark_result"] == nil)
        let mixed = try bench(.pretty, filter: "test_(admin|roles)")
        #expect(mixed.status == 2 && mixed.output.hasPrefix("data.shop.authz_test.test_admin_may\t"))
        #expect(mixed.output.contains("FAIL: 1/1"))
        #expect(try bench(.junit, filter: "admin").status == 1)
    }

    @Test func `skipped tests count unless they are let through`() throws {
        #expect(try run(TestTool(filter: "todo")).status == 2)
        #expect(try run(TestTool(filter: "todo", passesSkipped: true)).status == 0)
    }

    @Test func `no tests are an error only when asked for`() throws {
        #expect(try run(TestTool(filter: "nothing")).status == 0)
        let output = try run(TestTool(filter: "nothing", failsEmpty: true))
        #expect(output.status == 1 && output.diagnostics == "no tests were run\n")
    }

    @Test func `JSON has a row for each test`() throws {
        let output = try run(TestTool(format: .json))
        let rows = try #require(try JSONReader.value(from: output.output).array)
        #expect(rows.count == 4)
        #expect(rows[0]["name"] == "test_admin_may" && rows[0]["fail"] == nil)
        #expect(rows[0]["location"] == ["file": "shop/authz_test.rego", "row": 7, "col": 1])
        #expect(rows[0]["package"] == "data.shop.authz_test")
        #expect(rows[1]["fail"] == true)
        #expect(rows[1]["failure"]?["left"] == ["admin"])
        #expect(rows[2]["sub_results"]?["two"] == ["name": "two", "fail": true])
        #expect(rows[3]["skip"] == true)
    }

    @Test func `JUnit has a suite for each package`() throws {
        let output = try run(TestTool(format: .junit, filter: "roles|todo")).output
        #expect(
            output == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites>
                  <testsuite name="data.shop.authz_test" tests="2" failures="1" errors="0" skipped="1">
                    <testcase classname="data.shop.authz_test" name="test_roles_of_ann" file="shop/authz_test.rego" line="9" time="0.0">
                      <failure message="shop/authz_test.rego:11:2: found == {&quot;admin&quot;, &quot;buyer&quot;}">left   {&quot;admin&quot;}&#10;right  {&quot;admin&quot;, &quot;buyer&quot;}&#10;/: only right: &quot;buyer&quot;</failure>
                    </testcase>
                    <testcase classname="data.shop.authz_test" name="todo_test_later" file="shop/authz_test.rego" line="19" time="0.0">
                      <skipped/>
                    </testcase>
                  </testsuite>
                </testsuites>

                """)
    }

    struct Explained: Sendable, CustomTestStringConvertible {
        var body: String
        var lines: [String]
        var testDescription: String { body }
    }

    @Test(arguments: [
        Explained(body: "1 + 1 == 3", lines: ["1 + 1 == 3", "left   2", "right  3"]),
        Explained(body: "x := 5\n\tx < 3", lines: ["x < 3", "left   5", "right  3"]),
        Explained(
            body: #"input.x == {"a": [1, 3], "c": 1} with input as {"x": {"a": [1, 2], "b": 1}}"#,
            lines: ["/a/1: 2 is not 3", "/b: only left: 1", "/c: only right: 1"]),
        Explained(
            body: "input.x == 2 with input as {\"x\": 1}", lines: ["left   1", "right  2"]),
        Explained(body: "count([]) > 0", lines: ["left   0", "right  0"]),
        Explained(body: "true\n\tnot true", lines: ["x_test.rego:6:2:", "not true"]),
        Explained(body: "input.missing", lines: ["x_test.rego:5:2:", "input.missing"]),
        Explained(body: "[1, 2] = [1, 3]", lines: ["/1: 2 is not 3"]),
    ])
    func `the statement that fails is shown`(_ example: Explained) throws {
        let output = try run(
            TestTool(), "package x_test\n\nimport rego.v1\ntest_it if {\n\t\(example.body)\n}\n")
        #expect(output.status == 2)
        for line in example.lines { #expect(output.output.contains(line), "\(output.output)") }
    }

    @Test func `an error in a test is an error, and the others still run`() throws {
        let output = try run(
            TestTool(),
            """
            package x_test
            import rego.v1
            f(x) := 1 if x > 0
            f(x) := 2 if x > 1
            test_conflict if f(2) == 1
            test_fine if true
            """)
        #expect(output.status == 2)
        #expect(output.output.contains("data.x_test.test_conflict: ERROR"))
        #expect(output.output.contains("eval_conflict_error"))
        #expect(output.output.hasSuffix("PASS: 1/2\nERROR: 1/2\n"))
    }

    @Test func `coverage is told when all tests pass, and can be too little`() throws {
        let text = """
            package x_test
            import rego.v1
            f(x) := 1 if x > 0
            f(x) := 2 if {
            	x < 0
            	input.never
            }
            test_f if f(1) == 1
            """
        let report = try JSONReader.value(from: try run(TestTool(reportsCoverage: true), text).output)
        #expect(report["files"]?["x_test.rego"]?["not_covered"]?.array?.isEmpty == false)
        let coverage = try #require(report["coverage"]?.number?.double)
        #expect(coverage > 0 && coverage < 100)
        let low = try run(TestTool(coverageMin: 99.5), text)
        #expect(low.status == 2 && low.output == "")
        #expect(
            low.diagnostics.hasPrefix(
                "Code coverage threshold not met: got \(coverage) instead of 99.5\n  x_test.rego: lines "))
        #expect(try run(TestTool(coverageMin: 1), text).status == 0)
        #expect(try run(TestTool(reportsCoverage: true)).status == 2)
    }

    @Test func `what does not compile is told with status 1`() throws {
        let output = try run(TestTool(), "package x_test\nimport rego.v1\ntest_it if x == y")
        #expect(output.status == 1)
        #expect(output.diagnostics.contains("x_test.rego:3:12: rego_unsafe_var_error"))
        let pattern = try run(TestTool(filter: "("))
        #expect(pattern.status == 1 && pattern.diagnostics.contains("regular expression"))
    }

    @Test func `a test that takes too long ends in an error`() throws {
        let text = """
            package x_test
            import rego.v1
            test_long if count([1 | some a in numbers.range(1, 1000); some b in numbers.range(1, 1000); a < b]) == 0
            """
        let sources = PolicySources(modules: [try SourceModule(parsing: text, file: "x_test.rego")])
        let ticks = Ticks()
        let output = TestTool(timeoutNanoseconds: 100).run(sources, clock: { ticks.next() })
        #expect(output.status == 2 && output.output.contains("eval_cancel_error"))
    }

    /// A clock that goes on each time it is read.
    final class Ticks: Sendable {
        private let count = Synchronized(0)
        func next() -> Int { count.add(1) }
    }
}
