import Documents
import Testing
import WaybillCore

@testable import PolicyFiles

@Suite struct FileReportTests {
    static let results: [FileResult] = {
        var result = FileResult(file: "k8s/service.yaml", namespace: "main")
        result.successes = 1
        result.warnings = [
            .init(text: "first warning", query: "data.main.warn", location: nil, metadata: ["query": "data.main.warn"])
        ]
        result.failures = [
            .init(
                text: "first failure\nmore", query: "data.main.deny_x",
                location: SourceLocation(file: "k8s/service.yaml", line: 3, column: 5),
                metadata: ["query": "data.main.deny_x"])
        ]
        return [result]
    }()

    static func text(_ format: FileReport.Format) -> String { FileReport(version: "1.2.3").string(results, format) }

    @Test func `people see where`() {
        #expect(
            Self.text(.stdout) == """
                WARN - k8s/service.yaml - main - first warning
                FAIL - k8s/service.yaml - main - first failure
                more
                  where  k8s/service.yaml:3:5

                3 tests, 1 passed, 1 warning, 1 failure, 0 exceptions

                """)
    }

    @Test func `a namespace without rules is said to be`() {
        let text = FileReport(version: "1").string([FileResult(file: "a", namespace: "x")], .stdout)
        #expect(text == "? - a - x - no policies found\n\n0 tests, 0 passed, 0 warnings, 0 failures, 0 exceptions\n")
    }

    @Test func `TAP numbers every test`() {
        #expect(
            Self.text(.tap) == """
                1..3
                not ok 1 - k8s/service.yaml - main - first failure
                more
                # warnings
                not ok 2 - k8s/service.yaml - main - first warning
                # successes
                ok 3 - k8s/service.yaml - main - SUCCESS

                """)
    }

    @Test func `the table has a line for each line of a message`() {
        #expect(
            Self.text(.table) == """
                ┌─────────┬──────────────────┬───────────┬───────────────┐
                │ RESULT  │       FILE       │ NAMESPACE │    MESSAGE    │
                ├─────────┼──────────────────┼───────────┼───────────────┤
                │ success │ k8s/service.yaml │ main      │ SUCCESS       │
                │ warning │ k8s/service.yaml │ main      │ first warning │
                │ failure │ k8s/service.yaml │ main      │ first failure │
                │         │                  │           │ more          │
                └─────────┴──────────────────┴───────────┴───────────────┘

                """)
        #expect(FileReport(version: "1").string([FileResult(file: "a", namespace: "x")], .table) == "")
    }

    @Test func `JUnit has a suite for each namespace`() {
        let text = Self.text(.junit)
        #expect(text.contains("\t<testsuite tests=\"3\" failures=\"2\" time=\"0.000\" name=\"conftest.main\">\n"))
        #expect(text.contains("name=\"k8s/service.yaml - first failure\" time=\"0.000\">"))
        #expect(text.contains("<failure message=\"Failed\" type=\"\">first failure&#xA;more</failure>"))
        #expect(text.contains("name=\"k8s/service.yaml\" time=\"0.000\"></testcase>"))
    }

    @Test func `GitHub's commands keep a message within one line`() {
        #expect(
            Self.text(.github) == """
                ::group::Testing "k8s/service.yaml" against 3 policies in namespace "main"
                ::error file=k8s/service.yaml,line=3,col=5::first failure%0Amore
                ::warning file=k8s/service.yaml,line=1::first warning
                ::notice file=k8s/service.yaml,line=1::Number of successful checks: 1
                ::endgroup::
                3 tests, 1 passed, 1 warning, 1 failure, 0 exceptions

                """)
    }

    @Test func `Azure's commands keep a message within one line`() {
        #expect(
            Self.text(.azuredevops).contains(
                "##vso[task.logissue type=error;sourcepath=k8s/service.yaml;linenumber=3;columnnumber=5]"
                    + " file=k8s/service.yaml --> first failure more\n"))
    }

    @Test func `JSON has the keys that programs read`() throws {
        let value = try JSONReader.value(from: Self.text(.json))
        #expect(
            value == [
                [
                    "filename": "k8s/service.yaml", "namespace": "main", "successes": 1,
                    "warnings": [["msg": "first warning", "metadata": ["query": "data.main.warn"]]],
                    "failures": [
                        [
                            "msg": "first failure\nmore", "loc": ["file": "k8s/service.yaml", "line": 3, "column": 5],
                            "metadata": ["query": "data.main.deny_x"],
                        ]
                    ],
                ]
            ])
    }

    @Test func `SARIF names the rule and the region`() throws {
        let run = try #require(try JSONReader.value(from: Self.text(.sarif))["runs"]?[0])
        let result = run["results"]?[0]
        #expect(result?["ruleId"] == "main/deny_x")
        #expect(result?["locations"]?[0]?["physicalLocation"]?["region"]?["startLine"] == 3)
        #expect(run["results"]?[1]?["level"] == "warning")
        #expect(run["invocations"]?[0]?["exitCodeDescription"] == "Policy violations found")
        #expect(SARIFFileReport.uri("a #1%é.yaml") == "a%20%231%25%C3%A9.yaml")
    }
}
