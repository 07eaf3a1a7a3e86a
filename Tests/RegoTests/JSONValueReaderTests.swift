import Documents
import Rego
import Testing
import WaybillCore

/// JSON read straight into values means what the careful reader means.
@Suite struct JSONValueReaderTests {
    @Test(arguments: [
        "null", " true ", "-0", "12", "-9223372036854775808", "9223372036854775808", "1.50", "1e3", "1E-400", "\"\"",
        "\"a\\u00e9\\ud83d\\ude00\\n\\/\"", "\"é😀\"", "[]", "[1,[2,[]],{}]", "{}",
        "{\"b\":1,\"a\":{\"b\":2,\"a\":3},\"c\":[{\"b\":1,\"a\":2},{\"b\":3,\"a\":4}]}",
        "[{\"a long name of a member\":\"a text that is longer than fifteen bytes\"},"
            + "{\"a long name of a member\":\"a text that is longer than fifteen bytes\"}]",
        "\u{FEFF}{\"a\":1}",
    ])
    func `both readers give the same value`(_ text: String) throws {
        let value = try RegoValue(json: Array(text.utf8))
        #expect(value == RegoValue(try JSONReader.value(from: text)))
        #expect(try RegoValue(json: Array(text.utf8), isKept: true) == value)
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{\"b\":1,\"a\":1,\"b\":2}", "01", "1.", ".5", "1e",
        "--1",
        "+1", "nul", "tru", "\"a", "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\u12g4\"", "\"\u{1}\"", "[1] 2",
        "{a:1}", "{\"a\" 1}", "[1 2]", "\"\\",
    ])
    func `both readers refuse at the same place`(_ text: String) throws {
        func refusal(_ body: () throws -> Void) -> DocumentError? {
            do {
                try body()
                return nil
            } catch { return error as? DocumentError }
        }
        let quick = refusal { _ = try RegoValue(json: Array(text.utf8)) }
        let careful = refusal { _ = try JSONReader.value(from: text) }
        #expect(quick != nil)
        #expect(quick?.position.line == careful?.position.line)
        if text.contains("a\":1,\"a") { #expect(quick?.description == careful?.description) }
    }

    @Test func `invalid UTF-8 is refused`() {
        #expect(throws: DocumentError.self) { try RegoValue(json: [0x22, 0xFF, 0x22]) }
        #expect(throws: DocumentError.self) { try RegoValue(json: [0x22, 0x5C, 0x6E, 0xC3, 0x22]) }
    }

    @Test func `depth and size have limits`() {
        let deep = Array(repeating: UInt8(ascii: "["), count: 600)
        #expect(throws: DocumentError.self) { try RegoValue(json: deep) }
        #expect(throws: DocumentError.self) { try RegoValue(json: Array("[1,2]".utf8), limits: .init(bytesMax: 3)) }
        #expect(throws: DocumentError.self) { try RegoValue(json: Array("1e99999999".utf8)) }
    }

    @Test func `an object with many keys is found by each of them`() throws {
        let members = (0..<500).map { "\"key-\($0)\":\($0)" }.joined(separator: ",")
        let kept = try RegoValue(json: Array("{\(members)}".utf8), isKept: true)
        for number in 0..<500 { #expect(kept["key-\(number)"] == .int(number)) }
        #expect(kept["key-500"] == nil)
        #expect(kept.object?[RegoValue.int(1)] == nil)
        let policy = try CompiledPolicy(
            modules: [try PolicyModule(parsing: "package t\n\np := data.d[input.k]", file: "t.rego")],
            regoData: .object(RegoObject([.init(key: "d", value: kept)])))
        #expect(try policy.evaluate(rule: "data.t.p", input: ["k": "key-77"]) == 77)
        #expect(try policy.evaluate(rule: "data.t.p", input: ["k": "none"]) == nil)
    }
}
