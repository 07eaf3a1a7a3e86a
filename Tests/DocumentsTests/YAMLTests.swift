import Documents
import Testing
import WaybillCore

struct YAMLTests {
    static let typed: [(text: String, expected: Value)] = [
        ("a: 1", ["a": 1]), ("a: yes", ["a": true]), ("a: 'yes'", ["a": "yes"]), ("a: 0644", ["a": 420]),
        ("a: 0x1F", ["a": 31]), ("a: 1_000", ["a": 1000]), ("a: ~", ["a": nil]), ("a:", ["a": nil]),
        ("a: 1.50", ["a": 1.5]), ("a: 1.2.3", ["a": "1.2.3"]), ("a: 2001-12-14", ["a": "2001-12-14"]),
        ("- a\n- b", ["a", "b"]), ("a: |\n  x\n  y\n", ["a": "x\ny\n"]), ("1: x", ["1": "x"]),
        ("x: &a {k: v}\nz: *a", ["x": ["k": "v"], "z": ["k": "v"]]),
        ("b: &b {k: 1, l: 2}\na:\n  <<: *b\n  k: 3", ["b": ["k": 1, "l": 2], "a": ["k": 3, "l": 2]]),
        ("a: !!str 1", ["a": "1"]), ("a: 1e3", ["a": 1000]), ("a: +5", ["a": 5]), ("a: 08", ["a": 8]),
        ("a: .5", ["a": 0.5]),
    ]

    @Test(arguments: typed)
    func `scalars are typed as Kubernetes tools type them`(text: String, expected: Value) throws {
        #expect(try YAMLReader.node(from: text).value == expected)
    }

    @Test(arguments: [
        ("a: 1\na: 2", 2, 1), ("a: *b", 1, 4), ("a: [", 2, 1), ("a: !!int x", 1, 4), ("? [a]\n: b", 1, 3),
        ("a: !x 1", 1, 4),
        ("a\n---\nb", 3, 1),
    ])
    func `wrong documents are refused with their place`(text: String, line: Int, column: Int) {
        #expect { _ = try YAMLReader.node(from: text) } throws: { error in
            (error as? DocumentError)?.position.line == line
        }
    }

    @Test func `aliases that expand without end are refused`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",") + "]\n"
        }
        #expect(throws: DocumentError.self) { try YAMLReader.node(from: text) }
    }

    @Test func `deep nesting is refused`() {
        #expect(throws: DocumentError.self) {
            try YAMLReader.node(from: String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000))
        }
    }

    @Test func `positions point to keys and elements`() throws {
        let node = try YAMLReader.node(from: "spec:\n  containers:\n    - name: a\n      image: b\n")
        let pointer = Pointer(["spec", "containers", "0", "image"])
        #expect(node.position(of: pointer) == Position(line: 4, column: 7))
        #expect(pointer.fieldPath == "spec.containers[0].image")
    }

    static let documents: [Value] = [
        ["a": "yes", "b": "1", "c": "", "d": "x: y", "e": "two\nlines\n", "f": ["g": [1, [2], ["h": nil]]]],
        ["'": "it's", "k": "# no comment", "t": "tab\tend", "u": "\u{1}", "n": "null", "v": "0x1F", "w": "1:30"],
        [["a": 1, "b": [["c": "d"]]], [], ["e": [:]]], "plain", ["x": "  leading", "y": "trailing  ", "z": "a\n\nb"],
        ["-": "-", "--flag": "--flag=1", "*": "&x", "?": "%", "=": "@a", "date": "2001-12-14", "dash": "- a"],
    ]

    @Test(arguments: documents)
    func `what is written is read back as the same value`(value: Value) throws {
        let text = YAMLWriter.string(value)
        #expect(try YAMLReader.node(from: text).value == value, "\(text)")
        #expect(try YAMLReader.node(from: text, schema: .core).value == value, "\(text)")
    }

    @Test func `random texts survive writing and reading`() throws {
        var generator = SplitMix(seed: 11)
        let letters: [Character] = Array("ab1.:-#'\"\n\t {}[],&*!|>%@`~yesno0xE+é\u{2028}")
        for _ in 0..<3000 {
            let text = String(
                (0..<Int.random(in: 0...10, using: &generator)).map { _ in letters.randomElement(using: &generator)! })
            let value: Value = ["k": .string(text), "l": [.string(text)]]
            #expect(try YAMLReader.node(from: YAMLWriter.string(value)).value == value, "\(text.debugDescription)")
        }
    }
}
