import Documents
import Testing

@testable import ConfigurationFiles

/// Texts that are long in one way. A reader whose work grows with the square of them does not end within the test run.
@Suite struct GrowthTests {
    static func bytes(_ line: String, _ count: Int) -> [UInt8] { Array(String(repeating: line, count: count).utf8) }

    @Test func `lines that go on, lists that grow and elements that repeat are read in one pass`() throws {
        _ = try INIReader.node(from: Array("[a]\nk = ".utf8) + Self.bytes("x\\\n", 50_000))
        let hocon = try HOCONReader.node(from: Self.bytes("a += 1\n", 20_000))
        #expect(hocon["a"]?.elements?.count == 20_000)
        let toml = try TOMLReader.node(from: Self.bytes("[[a]]\n", 20_000))
        #expect(toml["a"]?.elements?.count == 20_000)
        let xml = try XMLReader.node(from: Array("<r>".utf8) + Self.bytes("<a/>", 20_000) + Array("</r>".utf8))
        #expect(xml["r"]?["a"]?.elements?.count == 20_000)
        let hcl = try HCLReader.node(from: Self.bytes("a \"b\" {}\n", 20_000))
        #expect(hcl["a"]?["b"]?.elements?.count == 20_000)
        let proto = try TextProtoReader.node(from: Self.bytes("a: 1\n", 20_000))
        #expect(proto["a"]?.elements?.count == 20_000)
    }

    @Test func `values that replace values are bounded all together`() {
        let text = "A=" + String(repeating: "x", count: 500_000) + "\n" + String(repeating: "B=$A\n", count: 10_000)
        #expect(throws: DocumentError.self) { try DotenvReader.node(from: Array(text.utf8)) }
    }
}
