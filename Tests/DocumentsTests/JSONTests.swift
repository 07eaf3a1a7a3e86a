import Documents
import Testing
import WaybillCore

struct JSONTests {
    @Test(arguments: [
        "null", "true", "[1,2.50,-0,1e3,\"a\\u00e9\\n\"]", "{\"b\":1,\"a\":{\"c\":[]}}", "{}",
        "123456789012345678901234567890",
        "\"\\ud83d\\ude00\"",
    ])
    func `what is written is read back as the same value`(text: String) throws {
        let value = try JSONReader.value(from: text)
        #expect(try JSONReader.value(from: JSONWriter.bytes(value)) == value)
        #expect(try JSONReader.node(from: Array(text.utf8)).value == value)
    }

    @Test(arguments: [
        ("", 1, 1), ("{\"a\":1,\n \"a\":2}", 2, 2), ("[1,]", 1, 4), ("01", 1, 1), ("1 2", 1, 3), ("\"\\ud800\"", 1, 8),
        ("{\"a\" 1}", 1, 6), ("nul", 1, 1), ("\"a\nb\"", 1, 3), ("[1", 1, 3), ("+1", 1, 1), ("\"\\x\"", 1, 3),
    ])
    func `wrong documents are refused with their place`(text: String, line: Int, column: Int) {
        #expect { _ = try JSONReader.node(from: Array(text.utf8)) } throws: { error in
            (error as? DocumentError)?.position == Position(line: line, column: column)
        }
        #expect(throws: DocumentError.self) { try JSONReader.value(from: text) }
    }

    @Test func `nesting has a limit and no stack runs out`() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 200_000)
        #expect(throws: DocumentError.self) { try JSONReader.value(from: deep) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: DocumentError.self) { try JSONReader.value(from: [0x22, 0xFF, 0x22]) }
    }

    @Test func `keys are compared by bytes`() throws {
        let value = try JSONReader.value(from: "{\"\u{e9}\":1,\"e\u{301}\":2}")
        #expect(value.object?.count == 2)
        #expect(value["\u{e9}"] == 1)
    }

    @Test func `numbers are equal by value and keep their text`() throws {
        #expect(try JSONReader.value(from: "1.0") == 1)
        #expect(JSONWriter.string(try JSONReader.value(from: "1.0")) == "1.0")
        #expect(try JSONReader.value(from: "12345678901234567890") != JSONReader.value(from: "12345678901234567891"))
    }

    @Test func `the canonical form orders keys by bytes`() throws {
        let value = try JSONReader.value(from: "{\"b\":{\"y\":1,\"x\":2},\"a\":null}")
        #expect(JSONWriter.string(value, style: .canonical) == "{\"a\":null,\"b\":{\"x\":2,\"y\":1}}")
    }

    @Test func `random bytes never trap`() {
        var generator = SplitMix(seed: 7)
        let letters = Array("{}[]\",:\\u0123456789eE+-.truefalsn \n\u{e9}".utf8)
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                letters.randomElement(using: &generator)!
            }
            if let value = try? JSONReader.value(from: text) {
                #expect((try? JSONReader.value(from: JSONWriter.bytes(value))) == value)
            }
        }
    }
}

/// A small seeded generator, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
