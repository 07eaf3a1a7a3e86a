import Documents
import Rego
import Testing

@Suite struct ModuleTreeTests {
    @Test func `an interpolated text says whether it may have several lines`() throws {
        let module = try PolicyModule(
            parsing: "package a\n\np := $\"x{input.y}\"\n\nq := $`x{input.y}`", file: "a.rego")
        let rules = module.tree()["rules"]?.array ?? []
        let texts = rules.compactMap { $0["head"]?["value"] }
        #expect(texts.map { $0["type"] } == ["templatestring", "templatestring"])
        #expect(texts.map { $0["value"]?["multi_line"] } == [false, true])
        #expect(texts[0]["value"]?["parts"]?[0] == ["type": "string", "value": "x"])
    }

    @Test func `a schema's references are written out`() throws {
        let text = "package a\n\n# METADATA\n# schemas:\n#   - input.x: schema.y\np := 1"
        let tree = try PolicyModule(parsing: text, file: "a.rego").tree()
        let schema = tree["annotations"]?[0]?["schemas"]?[0]
        #expect(
            schema?["path"] == [["type": "var", "value": "input"], ["type": "string", "value": "x"]])
        #expect(
            schema?["schema"] == [["type": "var", "value": "schema"], ["type": "string", "value": "y"]])
        #expect(tree["rules"]?[0]?["annotations"]?.array?.count == 1)
    }
}
