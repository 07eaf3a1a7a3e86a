import OCI
import Testing
import WaybillCore

@testable import Checks

@Suite struct DockerfileTests {
    private func parse(_ text: String) throws -> Dockerfile {
        try Dockerfile(parsing: Array(text.utf8), file: "Dockerfile")
    }
    private func rules(_ text: String) throws -> Set<String> {
        Set(try DockerfileChecker.check(Array(text.utf8), file: "Dockerfile").map(\.rule))
    }

    @Test func `lines, comments and continuations become instructions with their places`() throws {
        let file = try parse("# a\n\nFROM a AS b\n  RUN one \\\n# no\n\n  && two\nCMD [\"x\", \"y\"]\n")
        #expect(file.syntaxTree == "(from \"a\" \"AS\" \"b\")\n(run \"one   && two\")\n(cmd \"x\" \"y\")\n")
        #expect(
            file.instructions.map(\.position) == [
                Position(line: 3, column: 1), Position(line: 4, column: 3), Position(line: 8, column: 1),
            ])
        #expect(file.stages.first?.name == "b")
    }

    @Test func `heredocs belong to their instruction`() throws {
        let file = try parse(
            "FROM a\nRUN <<EOF cat <<-'X'\none\nEOF\n\ttwo\n\tX\nCOPY <<A <<B /x/\na\nA\nb\nB\nUSER 1\n")
        #expect(file.instructions.map(\.keyword) == ["from", "run", "copy", "user"])
        #expect(file.instructions[1].heredocs.map(\.content) == ["one\n", "two\n"])
        #expect(file.instructions[1].heredocs.map(\.isExpanded) == [true, false])
        #expect(file.instructions[2].heredocs.map(\.content) == ["a\n", "b\n"])
    }

    @Test(arguments: [
        "", "# only\n", "FORM a\n", "FROM\n", "FROM a\nRUN <<EOF\nnever\n", "FROM a\nENV x\n", "FROM a\nENV a=b c\n",
        "FROM a\nSHELL bash\n",
        "FROM a\nONBUILD ONBUILD RUN x\n", "FROM a\nONBUILD FROM b\n", "# escape=x\nFROM a\n",
        "# escape=`\n# escape=`\nFROM a\n",
        "FROM a\nRUN " + String(repeating: "x", count: 70_000),
    ])
    func `what is no Dockerfile is refused with its place`(_ text: String) {
        let error = #expect(throws: WaybillError.self) { try parse(text) }
        #expect(error?.code == .invalidInput)
        #expect(error?.subject.hasPrefix("Dockerfile:") == true)
    }

    @Test func `bytes of any kind end in a file or an error`() {
        var state: UInt64 = 42
        let pieces = [
            "FROM ", "RUN ", "<<", "EOF", "\\", "\n", "\"", "'", "[", "]", "#", "=", "--x", " ", "ENV ", "\u{feff}",
            "$", "{", "é", "ONBUILD ", "|", "&", "\0",
        ]
        for _ in 0..<3_000 {
            var text = ""
            for _ in 0..<20 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int(state >> 33) % pieces.count]
            }
            _ = try? DockerfileChecker.check(Array(("FROM a\n" + text).utf8), file: "Dockerfile")
            _ = try? DockerfileChecker.check(Array(text.utf8), file: "Dockerfile")
        }
    }

    static let clean =
        "FROM base:1@sha256:\(String(repeating: "a", count: 64))\nCOPY a /a\nHEALTHCHECK NONE\nUSER 1000\nCMD [\"/a\"]\n"

    @Test func `a clean file has no finding`() throws { #expect(try rules(Self.clean) == []) }

    @Test(arguments: [
        ("RUN sudo x", "WB-DF-020"), ("RUN curl -s https://x | sh", "WB-DF-021"), ("RUN cd /x && make", "WB-DF-022"),
        ("RUN apt-get install --no-install-recommends x=1", "WB-DF-030"), ("RUN apt-get install -y x=1", "WB-DF-031"),
        ("RUN apt-get update", "WB-DF-033"), ("ADD a /a", "WB-DF-010"), ("ENV API_TOKEN=abc", "WB-DF-007"),
        ("ARG PASSWORD", "WB-DF-007"),
        ("USER root", "WB-DF-004"), ("WORKDIR x", "WB-DF-013"), ("EXPOSE 22", "WB-DF-056"),
        ("EXPOSE 70000", "WB-DF-057"),
        ("COPY a b /c", "WB-DF-011"), ("MAINTAINER me", "WB-DF-055"), ("CMD run", "WB-DF-054"),
        ("RUN apk add x=1", "WB-DF-035"),
        ("RUN a | b", "WB-DF-024"), ("RUN yum install -y x", "WB-DF-037"), ("CMD [\"b\"]", "WB-DF-050"),
        ("RUN <<EOF\nsudo x\nEOF", "WB-DF-020"),
    ])
    func `one careless instruction is found`(_ line: String, _ rule: String) throws {
        #expect(try rules(Self.clean + line + "\n").contains(rule))
    }

    @Test(arguments: [
        ("FROM a\n", "WB-DF-001", true), ("FROM a:latest\n", "WB-DF-002", true), ("FROM scratch\n", "WB-DF-001", false),
        ("ARG V=1\nFROM a:${V}\n", "WB-DF-001", false), ("FROM a:1 AS b\nFROM b\n", "WB-DF-001", false),
        ("FROM h:5000/a\n", "WB-DF-001", true),
        ("FROM a:1 AS b\nUSER 5\nFROM b\n", "WB-DF-008", false), ("FROM a:1\n", "WB-DF-008", true),
    ])
    func `base images are judged with their arguments and stages`(_ text: String, _ rule: String, _ isFound: Bool)
        throws
    {
        #expect(try rules(text).contains(rule) == isFound)
    }

    @Test func `shell texts fall into commands`() {
        let commands = ShellCommands("A=1 apt-get update && if x; then /usr/bin/sudo 'a b' 2>&1 | tee; fi # no | y")
            .commands
        #expect(commands.map(\.program) == ["apt-get", "x", "sudo", "tee", "fi"])
        #expect(commands.map(\.isPiped) == [false, false, true, false, false])
        #expect(commands[2].words == ["/usr/bin/sudo", "a b", "2>&1"])
    }

    @Test func `a built image is judged by its configuration and files`() {
        let files = FileTree([
            FileEntry(path: "usr/bin/su", kind: .file, mode: 0o4755), FileEntry(path: "root/.ssh/id_rsa", kind: .file),
            FileEntry(path: "etc/passwd", kind: .file, contents: Array("toor:x:0:0::/:/bin/sh\n".utf8)),
        ])
        func rules(user: String?) -> [String] {
            ImageChecker.check(
                ImageFacts(
                    name: "shop", user: user, environment: ["DB_PASSWORD=x1", "PATH=/bin"], hasHealthCheck: true,
                    exposedPorts: ["22/tcp"], files: files)
            ).map(\.rule).sorted()
        }
        #expect(rules(user: nil) == ["WB-IMG-001", "WB-IMG-002", "WB-IMG-003", "WB-IMG-004", "WB-IMG-007"])
        #expect(rules(user: "toor").contains("WB-IMG-001"))
        #expect(!rules(user: "1000").contains("WB-IMG-001"))
    }
}
