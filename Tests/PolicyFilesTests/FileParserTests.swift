import Documents
import Testing
import WaybillCore

@testable import PolicyFiles

@Suite struct FileParserTests {
    @Test(
        arguments: [
            ("a.yaml", .yaml), ("A.YML", .yaml), ("-", .yaml), ("x/Dockerfile", .dockerfile),
            ("dev.Dockerfile", .dockerfile),
            ("Dockerfile.debug", .dockerfile), ("Dockerfile2", .dockerfile), ("Containerfile", .dockerfile),
            (".dockerignore", .ignore), ("Dockerfile.dockerignore", .ignore), (".gitignore", .ignore),
            ("main.tf", .hcl2),
            ("x.tfvars", .hcl2), (".env", .dotenv), (".env.local", .dotenv), ("a.env", .dotenv), ("a.ini", .ini),
            ("pom.xml", .xml), ("a.properties", .properties), ("a.edn", .edn), ("a.toml", .toml), ("a.json", .json),
            ("a.jsonc", .jsonc), ("bom.cdx.json", .cyclonedx), ("a.spdx", .spdx), ("a.spdx.json", .spdx),
            ("application.conf", .hocon), ("a.textproto", .textproto), ("noextension", nil), ("a.unknown", nil),
            ("yaml", nil),
        ] as [(String, FileParser?)])
    func `a name says the format, or nothing`(_ name: String, _ parser: FileParser?) throws {
        #expect(try FileParser(file: name) == parser)
    }

    @Test(arguments: ["x.jsonnet", "x.cue", "x.vcl", "x.groovy"])
    func `a format that is known and not read is refused`(_ name: String) {
        let error = #expect(throws: WaybillError.self) { try FileParser(file: name) }
        #expect(error?.code == .unsupported)
        #expect(throws: WaybillError.self) { try FileParser(named: String(name.dropFirst(2))) }
    }

    @Test func `a misspelt parser is told`() {
        let error = #expect(throws: WaybillError.self) { try FileParser(named: "yamll") }
        #expect(error?.message.contains("did you mean yaml?") == true)
    }

    @Test(arguments: [
        ("deploy", "kind: Pod", "says nothing"), ("a.yaml", "FROM alpine", "nothing but text"),
        ("a.json", "a: 1", "expected a value"), ("Dockerfile", "kind: Pod", "unknown instruction"),
        ("a.toml", "a: 1", "expected"), ("a.tf", "a: 1", "expected"),
    ])
    func `a wrong guess is an error with its place`(_ name: String, _ text: String, _ reason: String) {
        let error = #expect(throws: WaybillError.self) { try ParsedFile(path: name, bytes: Array(text.utf8)) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `a parser that is named wins over the name`() throws {
        let file = try ParsedFile(path: "deploy", bytes: Array("kind: Pod".utf8), parser: .yaml)
        #expect(file.node.value == ["kind": "Pod"])
    }

    @Test func `a Dockerfile is a list with one list of instructions`() throws {
        let text = """
            # syntax=docker/dockerfile:1
            ARG V=1
            # the base
            FROM alpine:$V AS base
            COPY --chown=1 a b /c/
            RUN a \\
              b
            FROM base
            ENTRYPOINT ["x", "y"]
            ONBUILD RUN z
            ENV A=1 B="2 3"
            """
        let node = try ParsedFile(path: "Dockerfile", bytes: Array(text.utf8)).node
        let commands = try #require(node[0])
        #expect(
            commands[2]?.value
                == [
                    "Cmd": "from", "SubCmd": "", "JSON": false, "Flags": [], "Value": ["alpine:$V", "AS", "base"],
                    "Stage": 0,
                ])
        #expect(commands[1]?["Cmd"]?.string == "comment")
        #expect(commands[1]?["Value"]?.value == ["the base"])
        #expect(commands[3]?["Flags"]?.value == ["--chown=1"])
        #expect(commands[4]?["Value"]?.value == ["a   b"])
        #expect(commands[6]?.value["JSON"] == true)
        #expect(commands[6]?.value["Stage"] == 1)
        #expect(commands[7]?["Cmd"]?.string == "onbuild")
        #expect(commands[7]?["SubCmd"]?.string == "run")
        #expect(commands[7]?["Value"]?.value == ["z"])
        #expect(commands[8]?["Value"]?.value == ["A", "1", "=", "B", "\"2 3\"", "="])
        #expect(node.position(of: Pointer(["0", "4", "Value"])).description == "6:1")
    }

    @Test func `several YAML documents are a list, one is itself, none is null`() throws {
        #expect(
            try ParsedFile(path: "a.yaml", bytes: Array("a: 1\n---\nb: 2".utf8)).node.value == [["a": 1], ["b": 2]])
        #expect(try ParsedFile(path: "a.yaml", bytes: Array("---\na: 1".utf8)).node.value == ["a": 1])
        #expect(try ParsedFile(path: "a.yaml", bytes: []).node.value == nil)
    }
}
