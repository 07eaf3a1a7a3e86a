import Documents
import Rego
import Testing
import WaybillCore

@testable import PolicyTools

@Suite struct OtherToolTests {
    // MARK: check

    @Test func `check says nothing when nothing is wrong`() {
        #expect(CheckTool.run({ try Shop.sources() }, format: .pretty) == ToolOutput())
    }

    @Test func `check tells code, message and place`() throws {
        func sources() throws -> PolicySources {
            PolicySources(modules: [try SourceModule(parsing: "package a\n\nallow if x > y\n", file: "a.rego")])
        }
        let text = CheckTool.run(sources, format: .pretty)
        #expect(text.status == 1)
        #expect(text.diagnostics.contains("a.rego:3:10: rego_unsafe_var_error: var x is unsafe"))
        let json = try JSONReader.value(from: CheckTool.run(sources, format: .json).diagnostics)
        #expect(json["errors"]?[0]?["code"] == "rego_unsafe_var_error")
        #expect(json["errors"]?[0]?["location"]?["file"] == "a.rego")
        #expect(json["errors"]?[0]?["location"]?["row"] == 3)
    }

    // MARK: parse

    @Test func `parse shows the tree as JSON`() throws {
        let output = ParseTool.run(
            "package a.b\nimport data.x as y\np contains z if { z := y[_] + 1; not z == 2 }\n", file: "a.rego",
            version: .v1, format: .json, hasLocations: false)
        let tree = try JSONReader.value(from: output.output)
        #expect(
            tree["package"]
                == [
                    "path": [
                        ["type": "var", "value": "data"], ["type": "string", "value": "a"],
                        ["type": "string", "value": "b"],
                    ]
                ])
        #expect(tree["imports"]?[0]?["alias"] == "y")
        let rule = try #require(tree["rules"]?[0])
        #expect(rule["head"]?["name"] == "p" && rule["head"]?["key"] == ["type": "var", "value": "z"])
        #expect(rule["body"]?[0]?["terms"]?[0] == ["type": "ref", "value": [["type": "var", "value": "assign"]]])
        #expect(rule["body"]?[1]?["negated"] == true)
        #expect(rule["body"]?[1]?["terms"]?[0]?["value"]?[0]?["value"] == "equal")
    }

    @Test func `parse shows the tree as lines, with places where they are asked for`() throws {
        let text = "package a\nallow if input.x > 1\n"
        #expect(
            ParseTool.run(text, file: "a.rego", version: .v1, format: .pretty, hasLocations: false).output
                == """
                module
                 package
                  ref
                   data
                   "a"
                 rule
                  head
                   ref
                    allow
                   true
                  body
                   expr index=0
                    gt
                    ref
                     input
                     "x"
                    1

                """.replacing("   ref\n    allow", with: "   allow"))
        let tree = try JSONReader.value(
            from: ParseTool.run(text, file: "a.rego", version: .v1, format: .json, hasLocations: true).output)
        #expect(tree["rules"]?[0]?["location"] == ["file": "a.rego", "row": 2, "col": 1])
        #expect(ParseTool.run("package", file: "a", version: .v1, format: .pretty, hasLocations: false).status == 1)
    }

    // MARK: deps

    @Test func `deps tells the documents from outside and the rules`() throws {
        let output = DepsTool.run("data.shop.authz.allow", try Shop.sources(tests: false), format: .pretty)
        #expect(
            output.output
                == """
                ┌───────────────────┬────────────────────────┐
                │  BASE DOCUMENTS   │   VIRTUAL DOCUMENTS    │
                ├───────────────────┼────────────────────────┤
                │ data.shop.readers │ data.shop.authz.allow  │
                │ data.shop.roles   │ data.shop.authz.roles  │
                │ input.method      │                        │
                │ input.user        │                        │
                └───────────────────┴────────────────────────┘

                """.replacing(
                    "──────────────┬────────────────────────┐", with: "──────────────┬───────────────────────┐"
                )
                .replacing("┼────────────────────────┤", with: "┼───────────────────────┤")
                .replacing("┴────────────────────────┘", with: "┴───────────────────────┘")
                .replacing("│   VIRTUAL DOCUMENTS    │", with: "│   VIRTUAL DOCUMENTS   │")
                .replacing("allow  │", with: "allow │").replacing("authz.roles  │", with: "authz.roles │")
                .replacing("│                        │", with: "│                       │"))
        let json = try JSONReader.value(
            from: DepsTool.run("data.shop.authz.roles", try Shop.sources(tests: false), format: .json).output)
        #expect(
            json["base"]?[0]
                == [
                    ["type": "var", "value": "data"], ["type": "string", "value": "shop"],
                    ["type": "string", "value": "roles"],
                ])
        #expect(json["virtual"]?.array?.count == 1)
        #expect(DepsTool.run("1 +", try Shop.sources(), format: .json).status == 1)
    }

    // MARK: inspect

    @Test func `inspect lists manifest, namespaces and annotations`() throws {
        let bundle = try PolicyBundle(files: Shop.files, name: "shop.tar.gz")
        #expect(
            InspectTool().run(bundle, prefix: "/").output == """
                MANIFEST:
                ┌──────────┬───────┐
                │  FIELD   │ VALUE │
                ├──────────┼───────┤
                │ Revision │ r1    │
                │ Roots    │ shop  │
                └──────────┴───────┘
                NAMESPACES:
                ┌─────────────────┬──────────────────┐
                │    NAMESPACE    │       FILE       │
                ├─────────────────┼──────────────────┤
                │ data            │ /data.json       │
                │ data.shop.authz │ /shop/authz.rego │
                └─────────────────┴──────────────────┘

                """)
        let json = try JSONReader.value(
            from: InspectTool(format: .json, listsAnnotations: true).run(bundle, prefix: "/").output)
        #expect(json["manifest"] == ["revision": "r1", "roots": ["shop"]])
        #expect(json["namespaces"]?["data.shop.authz"] == ["/shop/authz.rego"])
        #expect(json["annotations"]?[0]?["annotations"]?["title"] == "Admins may do everything")
        #expect(json["annotations"]?[0]?["location"]?["row"] == 10)
        #expect(json["annotations"]?[0]?["path"]?.array?.last == ["type": "string", "value": "allow"])
        let text = InspectTool(listsAnnotations: true).run(bundle, prefix: "/").output
        #expect(
            text.hasSuffix(
                """
                ANNOTATIONS:
                Admins may do everything
                ========================

                Package:  shop.authz
                Rule:     allow
                Location: shop.tar.gz/shop/authz.rego:10:1
                Scope: document
                Entrypoint: true


                """))
    }

    // MARK: build

    @Test func `build writes a bundle that says what it is`() throws {
        let sources = try Shop.sources(tests: false)
        let tool = BuildTool(revision: "abc", roots: ["shop"], entrypoints: ["shop/authz/allow"])
        let bytes = try tool.bytes(sources, name: "bundle.tar.gz")
        #expect(bytes == (try tool.bytes(sources, name: "bundle.tar.gz")))
        let bundle = try PolicyBundle(files: try BundleArchive.files(in: bytes, subject: "b"), name: "b")
        #expect(bundle.manifest.revision == "abc" && bundle.manifest.roots == ["shop"])
        #expect(bundle.files.map(\.path) == [".manifest", "data.json", "shop/authz.rego"])
        let plain = try BuildTool().bytes(sources, name: "b")
        #expect(
            try PolicyBundle(files: try BundleArchive.files(in: plain, subject: "b"), name: "b").manifest.roots == [""])
    }

    @Test func `build refuses what would not work`() throws {
        let sources = try Shop.sources(tests: false)
        var error = #expect(throws: WaybillError.self) {
            try BuildTool(entrypoints: ["shop/authz/alow"]).bytes(sources, name: "b")
        }
        #expect(error?.message == "the entrypoint names no package and no rule")
        error = #expect(throws: WaybillError.self) { try BuildTool(roots: ["other"]).bytes(sources, name: "b") }
        #expect(error?.message.hasPrefix("manifest roots [other] do not permit") == true)
        let broken = PolicySources(modules: [try SourceModule(parsing: "package a\np if x", file: "a.rego")])
        #expect(throws: RegoErrors.self) { try BuildTool().bytes(broken, name: "b") }
    }

    // MARK: bench

    @Test func `bench counts and measures`() throws {
        let ticks = TestToolTests.Ticks()
        let tool = BenchTool(
            request: QueryRequest(query: "data.shop.authz.allow"), format: .json, timeNanoseconds: 100)
        let output = tool.run(try Shop.sources(), clock: { ticks.next() })
        let value = try JSONReader.value(from: output.output)
        #expect(value["N"]?.integer == 34 && value["T"]?.integer == 34)
        var undefined = tool
        undefined.request.query = "data.nothing"
        #expect(undefined.run(try Shop.sources(), clock: { 0 }).status == 1)
    }

    // MARK: fmt

    static let untidy = "package a\np    if   input.x==1\n"
    static let tidy = "package a\n\np if input.x == 1\n"

    @Test func `fmt prints, lists and compares`() {
        let plain = FormatTool().run(Self.untidy, file: "a.rego")
        #expect(plain.output == ToolOutput(output: Self.tidy))
        #expect(plain.changed == Self.tidy)
        #expect(FormatTool().run(Self.tidy, file: "a.rego").changed == nil)
        #expect(FormatTool(lists: true).run(Self.untidy, file: "a.rego").output == ToolOutput(output: "a.rego\n"))
        #expect(FormatTool(lists: true).run(Self.tidy, file: "a.rego").output == ToolOutput())
        #expect(FormatTool(lists: true, fails: true).run(Self.untidy, file: "a.rego").output.status == 1)
        #expect(
            FormatTool(showsDifference: true).run(Self.untidy, file: "a.rego").output.output == """
                --- a.rego
                +++ a.rego
                @@ -1,2 +1,3 @@
                 package a
                -p    if   input.x==1
                +
                +p if input.x == 1

                """)
        let broken = FormatTool().run("package", file: "a.rego")
        #expect(broken.output.status == 2 && broken.changed == nil && broken.output.output == "")
    }

    @Test func `a difference has its surroundings and no more`() {
        let old = (1...30).map(String.init).joined(separator: "\n") + "\n"
        let new = old.replacing("\n10\n", with: "\nten\n").replacing("\n25\n", with: "\n")
        #expect(
            LineDifference.text(old, new, file: "x") == """
                --- x
                +++ x
                @@ -7,7 +7,7 @@
                 7
                 8
                 9
                -10
                +ten
                 11
                 12
                 13
                @@ -22,7 +22,6 @@
                 22
                 23
                 24
                -25
                 26
                 27
                 28

                """)
    }
}
