import Documents
import Rego
import Testing
import WaybillCore

@testable import PolicyFiles

@Suite struct TrivyChecksTests {
    static func check(
        _ body: String, type: String = "dockerfile", more: String = "",
        rego: String = "package user.x\n\nimport rego.v1\n"
    ) -> PolicySource {
        PolicySource(
            file: "checks/x.rego",
            text: """
                # METADATA
                # title: "A title"
                # scope: package
                # custom:
                #   id: X-0001
                #   aliases: [AVD-X-0001]
                #   severity: HIGH
                #   recommended_action: "Do it"
                #   input:
                #     selector:
                #     - type: \(type)\(more)
                \(rego)
                \(body)
                """)
    }

    static let library = PolicySource(
        file: "lib/docker.rego",
        text: """
            # METADATA
            # custom:
            #   library: true
            package lib.docker

            run[instruction] {
            	instruction := input.Stages[_].Commands[_]
            	instruction.Cmd == "run"
            }
            """)

    @Test func `a check of Dockerfiles finds with line, severity and remedy`() throws {
        let checks = try TrivyChecks([
            Self.check(
                """
                import data.lib.docker
                deny contains res if {
                	some cmd in docker.run
                	some words in sh.parse_commands(cmd.Value[0])
                	words[0] == "sudo"
                	res := result.new(sprintf("no sudo: %s", [concat(" ", words)]), cmd)
                }
                """), Self.library,
        ])
        let file = "FROM alpine\n\nRUN apk add x && \\\n  sudo ls\nRUN echo sudo\n"
        let findings = try checks.findings(path: "Dockerfile", bytes: Array(file.utf8))
        #expect(
            findings == [
                Finding(
                    rule: "X-0001", kind: .dockerfile, severity: .high, message: "no sudo: sudo ls",
                    place: Place(location: SourceLocation(file: "Dockerfile", line: 3)), aliases: ["AVD-X-0001"],
                    remedy: "Do it")
            ])
        #expect(try checks.findings(path: "notes.txt", bytes: []).isEmpty)
    }

    @Test func `a check of Kubernetes objects points to the object that it names`() throws {
        let checks = try TrivyChecks([
            Self.check(
                """
                deny contains res if {
                	some container in input.spec.containers
                	not container.resources.limits.cpu
                	res := result.new("no limit", container)
                }
                """, type: "kubernetes", more: "\n#       subtypes:\n#         - kind: pod")
        ])
        let pod =
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: a\n      resources: {limits: {cpu: 1}}\n    - name: b\n"
        let findings = try checks.findings(path: "pod.yaml", bytes: Array(("a: 1\n---\n" + pod).utf8))
        #expect(findings.map(\.place.description) == ["pod.yaml:10:1 Pod/p"])
        let job = pod.split(separator: "Pod").joined(separator: "Job")
        #expect(try checks.findings(path: "job.yaml", bytes: Array(job.utf8)).isEmpty)
    }

    @Test func `older checks say what they are in rules`() throws {
        let checks = try TrivyChecks([
            PolicySource(
                file: "old.rego",
                text: """
                    package appshield.dockerfile.OLD1

                    __rego_metadata__ := {"id": "OLD1", "severity": "CRITICAL", "title": "t", "recommended_actions": "r"}

                    __rego_input__ := {"combine": false, "selector": [{"type": "dockerfile"}]}

                    deny[msg] {
                    	input.Stages[_].Commands[_].Cmd == "add"
                    	msg := "no ADD"
                    }
                    """)
        ])
        let findings = try checks.findings(path: "Dockerfile", bytes: Array("FROM a\nADD b c\n".utf8))
        #expect(findings.map(\.rule) == ["OLD1"])
        #expect(findings.map(\.severity) == [.critical])
        #expect(findings.map(\.remedy) == ["r"])
    }

    @Test func `checks for clouds and deprecated ones are left and named`() throws {
        let checks = try TrivyChecks([
            Self.check("deny contains \"x\" if input.aws", type: "cloud"),
            Self.check("deny contains \"x\"", more: "\n#   deprecated: true"),
        ])
        #expect(checks.count == 0)
        #expect(checks.left == ["X-0001", "X-0001"])
    }

    @Test func `a check that does not compile is an error with its place`() {
        let error = #expect(throws: WaybillError.self) {
            try TrivyChecks([Self.check("deny contains x if nope(1)")])
        }
        #expect(error?.subject.hasPrefix("checks/x.rego:") == true, "\(error?.description ?? "")")
    }

    struct Shell: Sendable, CustomTestStringConvertible {
        var text: String
        var commands: [[String]]
        var testDescription: String { text }

        init(_ text: String, _ commands: [[String]]) {
            self.text = text
            self.commands = commands
        }
    }

    @Test(arguments: [
        Shell("apt update && apt install curl", [["apt", "update"], ["apt", "install", "curl"]]),
        Shell("", []), Shell("a;b || c | d & e", [["a"], ["b"], ["c"], ["d"], ["e"]]),
        Shell("X=1 Y=\"a b\" cmd -f 'q;r' \"s && t\"", [["cmd", "-f", "'q;r'", "\"s && t\""]]),
        Shell("a > /dev/null 2>&1 && b <in", [["a"], ["b"]]), Shell("a # b && c\nd", [["a"], ["d"]]),
        Shell("if [ -f x ]; then apk add y; fi", [["[", "-f", "x", "]"], ["apk", "add", "y"]]),
        Shell("for f in a b; do rm $f; done", [["rm", "$f"]]), Shell("a \\\n  b", [["a", "b"]]),
        Shell("(cd x && make)", [["cd", "x"], ["make"]]),
        Shell("echo $(date +%s) a\\ b", [["echo", "$(date +%s)", "a\\ b"], ["date", "+%s"]]),
        Shell("set -o pipefail", [["set", "-o", "pipefail"]]), Shell("X=1", []), Shell("'open", [["open"]]),
        // What is substituted is a command too, wherever it stands.
        Shell("X=$(apt list)", [["apt", "list"]]), Shell("a `b c`", [["a", "`b c`"], ["b", "c"]]),
        Shell("a \"x $(b $(c)) y\"", [["a", "\"x $(b $(c)) y\""], ["b", "$(c)"], ["c"]]),
        Shell("for f in $(ls); do x; done", [["ls"], ["x"]]),
        Shell("echo $((1 + 2)) ${X:-a b}", [["echo", "$((1 + 2))", "${X:-a b}"]]),
        Shell("cat <<EOF >f\nrm -rf /\nEOF\nb", [["cat"], ["b"]]),
        Shell("diff <(a b) c", [["diff", "c"], ["a", "b"]]),
        Shell("echo '$(no)'", [["echo", "'$(no)'"]]), Shell("a $(b", [["a", "$(b"]]),
    ])
    func `a shell's text falls into commands`(_ example: Shell) {
        #expect(ShellCommands.commands(in: example.text) == example.commands)
    }

    @Test func `commands inside each other have a bound`() {
        let deep = String(repeating: "a $(", count: 500) + String(repeating: ")", count: 500)
        #expect(ShellCommands.commands(in: deep).count <= ShellCommands.depthMax + 2)
    }

    @Test(arguments: [
        ("wget -O - u | wc -l", true), ("a || b", false), ("echo \"a|b\"", false), ("", false), ("a |& b", true),
    ])
    func `a pipe is told from other signs`(_ text: String, _ hasPipe: Bool) throws {
        #expect(ShellCommands.hasPipe(text) == hasPipe)
    }

    @Test func `a result keeps the place of what caused it`() throws {
        func result(_ cause: Value) throws -> Value? { TrivyFunctions.result("m", RegoValue(cause)).document }
        #expect(try result(["StartLine": 3, "EndLine": 4, "Path": "D"])?["startline"] == 3)
        #expect(try result(["__defsec_metadata": ["startline": 5, "filepath": "f"]])?["filepath"] == "f")
        #expect(try result("text")?["msg"] == "m")
        #expect(try result([:])?["startline"] == 0)
    }

    private func value(_ body: String) throws -> Value? {
        let module = try PolicyModule(parsing: "package t\n\n\(body)\n", file: "t.rego")
        let policy = try CompiledPolicy(
            modules: [module], regoData: .object(RegoObject([])), checks: CheckOptions(), functions: TrivyFunctions.all)
        return try policy.evaluate(rule: "data.t.p", input: nil)?.document
    }

    @Test(
        arguments: [
            (#"p := cidr.count_addresses("10.0.0.0/24")"#, 256), (#"p := cidr.count_addresses("10.0.0.1")"#, 1),
            (#"p := cidr.is_public("10.1.0.0/16")"#, false), (#"p := cidr.is_public("8.8.8.8")"#, true),
            (#"p := cidr.is_public("fe80::1")"#, false), (#"p := isManaged({"managed": false})"#, false),
            ("p := isManaged({})", true), (#"p := squealer.scan_string("user").transgressionFound"#, false),
            (#"p := squealer.scan_string("AKIAIOSFODNN7EXAMPLE").transgressionFound"#, true),
            (#"p := squealer.scan_string("https://u:hunter2pw@host").description"#, "password in a URL"),
            // A module's own function of the name comes first.
            ("p := result.new(1, 2)\nresult.new(a, b) := a + b", 3),
        ] as [(String, Value)])
    func `checks call the functions of their host`(_ body: String, _ expected: Value) throws {
        #expect(try value(body) == expected)
    }
}
