import Documents
import Rego
import Testing
import WaybillCore

struct DocumentSchemaTests {
    @Test func `a document that differs is told where`() throws {
        let schema = try DocumentSchema([
            "type": "object", "required": ["name"], "properties": ["name": ["type": "string"]],
        ])
        #expect(schema.problems(in: ["name": "cart"]).isEmpty)
        #expect(schema.problems(in: ["name": 1]).first?.hasPrefix("name: ") == true)
        #expect(schema.problems(in: [:]).count == 1)
    }

    @Test func `schemas refer to each other by their names`() throws {
        let words: Value = ["$id": "http://example.org/words.json", "enum": ["one", "two"]]
        let main: Value = [
            "$id": "http://example.org/main.json", "properties": ["word": ["$ref": "words.json#"]],
        ]
        let schema = try DocumentSchema(main, with: [words])
        #expect(schema.problems(in: ["word": "two"]).isEmpty)
        #expect(!schema.problems(in: ["word": "three"]).isEmpty)
        #expect(throws: WaybillError.self) { try DocumentSchema(main) }
        #expect(throws: WaybillError.self) { try DocumentSchema(["type": "banana"]) }
    }
}
