import Documents
import Testing
import WaybillCore

struct FieldsTests {
    private func message(_ text: String) -> String? {
        do throws(DocumentError) {
            var fields = try Fields(try YAMLReader.node(from: text), of: "image")
            _ = try fields.requiredString("name")
            _ = try fields.integer("replicas", in: 0...9)
            _ = try fields.word("severity", as: Severity.self)
            _ = try fields.strings("tags")
            try fields.finish()
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("name: a\nreplicas: 3\nseverity: high\ntags: [x]", nil),
        ("name: a\nreplica: 3", "2:1: image: unknown key “replica”, did you mean “replicas”?"),
        ("nam: a", "1:1: image: unknown key “nam”, did you mean “name”?"),
        ("name: 3", "1:7: image.name: expected a string, found number"),
        ("name: a\nreplicas: 12", "2:11: image.replicas: expected a whole number from 0 to 9, found number"),
        ("name: a\ntags: [x, 1]", "2:11: image.tags[1]: expected a string, found number"),
        ("[a]", "1:1: image: expected an object, found array"),
        ("replicas: 1", "1:1: image: the key “name” is missing"),
    ])
    func `slips are answered with place, expectation and nearest spelling`(text: String, expected: String?) {
        #expect(message(text) == expected)
    }

    @Test func `a wrong word is answered with the right ones`() {
        #expect(message("name: a\nseverity: hihg")?.contains("did you mean “high”?") == true)
    }
}
