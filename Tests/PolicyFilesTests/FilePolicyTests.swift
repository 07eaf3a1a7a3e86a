import Documents
import Rego
import Testing
import WaybillCore

@testable import PolicyFiles

@Suite struct FilePolicyTests {
    static func policy(_ text: String, data: Value = [:], version: RegoVersion = .v1) throws -> FilePolicy {
        try FilePolicy([PolicySource(file: "policy/a.rego", text: text, version: version)], data: data)
    }

    static func check(_ policy: FilePolicy, _ file: String, _ text: String) throws -> FileResult {
        try policy.check(try ParsedFile(path: file, bytes: Array(text.utf8)), namespace: "main")
    }

    @Test func `results are counted as conftest counts them`() throws {
        let policy = try Self.policy(
            """
            package main
            deny contains "one" if input.a
            deny contains "two" if input.b
            violation_x contains {"msg": "three", "why": 3} if input.c
            warn_y contains "four" if input.d
            helper contains "none" if true
            """)
        let result = try Self.check(policy, "x.yaml", "a: true\nc: true\nd: true\n")
        #expect(result.failures.map(\.text) == ["one", "three"])
        #expect(result.warnings.map(\.text) == ["four"])
        #expect(result.successes == 1)
        #expect(result.failures[1].metadata == ["query": "data.main.violation_x", "why": 3])
        let good = try Self.check(policy, "x.yaml", "e: true\n")
        #expect(good.successes == 4 && good.total == 4)
    }

    @Test func `each document of a stream is judged by itself`() throws {
        let policy = try Self.policy("package main\ndeny contains input.name if input.bad")
        let result = try Self.check(
            policy, "x.yaml", "{name: a, bad: true}\n---\n{name: b}\n---\n{name: c, bad: true}\n")
        #expect(result.failures.map(\.text) == ["a", "c"])
        #expect(result.successes == 1)
    }

    @Test func `a place that the policy names is found in the file`() throws {
        let policy = try Self.policy(
            #"package main"# + "\n"
                + #"deny contains {"msg": "no", "path": "spec.replicas"} if input.spec.replicas < 2"#)
        let result = try Self.check(policy, "x.yaml", "a: 1\n---\nspec:\n  replicas: 1\n")
        #expect(result.failures.first?.location?.description == "x.yaml:4:3")
    }

    @Test func `a place that the policy states itself wins`() throws {
        let policy = try Self.policy(
            #"package main"# + "\n" + #"deny contains {"msg": "no", "_loc": {"file": "o.yaml", "line": 7}}"#)
        let message = try #require(try Self.check(policy, "x.yaml", "a: 1").failures.first)
        #expect(message.location?.description == "o.yaml:7:1")
        #expect(message.metadata["_loc"] == nil)
    }

    @Test func `a place that the rule read is found without the policy's help`() throws {
        let policy = try Self.policy(
            """
            package main
            deny contains sprintf("%s is latest", [container.name]) if {
              some container in input.spec.containers
              endswith(container.image, ":latest")
            }
            """)
        let text =
            "kind: Pod\nspec:\n  containers:\n    - name: a\n      image: x:1\n    - name: b\n      image: y:latest\n"
        let message = try #require(try Self.check(policy, "x.yaml", text).failures.first)
        #expect(message.text == "b is latest")
        #expect(message.location?.description == "x.yaml:7:7")
    }

    @Test func `a trace shows how a rule was evaluated`() throws {
        var policy = try Self.policy("package main\ndeny contains \"no\" if input.a == 1")
        policy.isTraced = true
        let result = try Self.check(policy, "x.yaml", "a: 1")
        #expect(result.traces.map(\.query) == ["data.main.deny"])
        let text = FileReport(version: "1").traces([result])
        #expect(text.hasPrefix("file: x.yaml | query: data.main.deny\nTRAC "), "\(text)")
        #expect(text.contains("policy/a.rego:2"), "\(text)")
    }

    @Test func `an exception takes the place of a rule's results`() throws {
        let policy = try Self.policy(
            """
            package main
            deny_root contains "root" if input.root
            deny_tag contains "tag" if input.tag
            exception contains ["root"] if input.name == "legacy"
            """)
        let result = try Self.check(policy, "x.yaml", "{name: legacy, root: true, tag: true}")
        #expect(result.failures.map(\.text) == ["tag"])
        #expect(result.exceptions.map(\.text) == ["data.main.exception[_][_] == \"root\""])
        let other = try Self.check(policy, "x.yaml", "{name: new, root: true}")
        #expect(other.failures.map(\.text) == ["root"] && other.exceptions.isEmpty)
    }

    @Test(arguments: [
        ("deny := true", "is boolean"), ("deny contains 1", "is number"),
        ("deny contains {\"message\": \"x\"}", "no “msg”"),
        ("deny[x] := 1 if x := \"a\"", "is an object"), ("deny contains {\"msg\": 1}", "no “msg”"),
    ])
    func `a rule that cannot be understood is an error, never a pass`(_ rule: String, _ reason: String) throws {
        let policy = try Self.policy("package main\n\(rule)")
        let error = #expect(throws: WaybillError.self) { try Self.check(policy, "x.yaml", "a: 1") }
        #expect(error?.message.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `policies of both versions of Rego are read`() throws {
        let old = try Self.policy("package main\ndeny[msg] { input.a; msg := \"old\" }", version: .v0)
        #expect(try Self.check(old, "x.json", "{\"a\": 1}").failures.map(\.text) == ["old"])
        let error = #expect(throws: WaybillError.self) { try Self.policy("package main\ndeny[msg] { msg := 1 }") }
        #expect(error?.subject.hasPrefix("policy/a.rego:2") == true, "\(error?.description ?? "")")
    }

    @Test func `data reaches the rules`() throws {
        let policy = try Self.policy(
            "package main\ndeny contains \"no\" if not input.kind in data.allowed", data: ["allowed": ["Pod"]])
        #expect(try Self.check(policy, "x.yaml", "kind: Job").failures.count == 1)
        #expect(try Self.check(policy, "x.yaml", "kind: Pod").failures.isEmpty)
    }

    @Test func `files together are a list of paths and contents`() throws {
        let policy = try Self.policy(
            """
            package main
            deny contains {"msg": sprintf("%s again", [input[j].path]), "path": [j, "contents", "name"]} if {
              some i, j
              i < j
              input[i].contents.name == input[j].contents.name
            }
            """)
        let files = try [("b.yaml", "x: 1\nname: n"), ("a.yaml", "name: n")].map {
            try ParsedFile(path: $0.0, bytes: Array($0.1.utf8))
        }
        let result = try policy.checkCombined(files, namespace: "main")
        #expect(result.file == "Combined")
        #expect(result.failures.map(\.text) == ["b.yaml again"])
        #expect(result.failures.first?.location?.description == "b.yaml:2:1")
    }

    @Test(
        arguments: [
            ("deny", RuleKind.failure), ("violation", .failure), ("deny_a_1", .failure), ("warn", .warning),
            ("warn_x", .warning),
            ("denyall", nil), ("deny_", nil), ("deny__x", nil), ("warning", nil), ("allow", nil), ("deny_ä", nil),
        ] as [(String, RuleKind?)])
    func `a rule's kind is in its name`(_ name: String, _ kind: RuleKind?) { #expect(RuleKind(name) == kind) }
}
