import Testing

@testable import Documents

struct KubernetesYAMLWriterTests {
    /// Strings and how they stand as the value of a key.
    static let strings: [(String, String)] = [
        ("plain", "plain"), ("two words", "two words"), ("", "\"\""), ("~", "\"~\""), ("null", "\"null\""),
        ("true", "\"true\""), ("yes", "\"yes\""), ("No", "\"No\""), ("y", "\"y\""), ("offset", "offset"),
        ("1", "\"1\""), ("-1", "\"-1\""), ("+1", "\"+1\""), ("0644", "\"0644\""), ("0x1F", "\"0x1F\""),
        ("08", "\"08\""),
        ("1_000", "\"1_000\""), ("1e3", "\"1e3\""), ("1.", "\"1.\""), (".5", "\".5\""), ("1.2.3", "1.2.3"),
        ("v1", "v1"),
        (".inf", "\".inf\""), ("-.INF", "\"-.INF\""), (".nan", "\".nan\""), ("1:30", "\"1:30\""), ("1:60", "1:60"),
        ("12:30:45", "\"12:30:45\""), ("2026-11-21", "\"2026-11-21\""), ("2026-2-30", "2026-2-30"),
        ("2026-11-21T12:00:00Z", "\"2026-11-21T12:00:00Z\""), ("2026-11-21 1:2:3.4", "\"2026-11-21 1:2:3.4\""),
        ("2026-11-21T12:00:00", "2026-11-21T12:00:00"), ("2026-11", "2026-11"), ("20261121", "\"20261121\""),
        ("a: b", "'a: b'"), ("a:b", "a:b"), ("a:", "'a:'"), ("a #b", "'a #b'"), ("a#b", "a#b"), ("#a", "'#a'"),
        ("- a", "'- a'"), ("-a", "-a"), ("? a", "'? a'"), ("?a", "?a"), ("[a]", "'[a]'"), ("a[0]", "a[0]"),
        ("{a}", "'{a}'"), ("*a", "'*a'"), ("&a", "'&a'"), ("!a", "'!a'"), ("|", "'|'"), (">a", "'>a'"),
        ("@a", "'@a'"), ("`a", "'`a'"), ("%a", "'%a'"), ("it's", "it's"), ("'it'", "'''it'''"),
        ("\"a\"", "'\"a\"'"), ("---", "'---'"), ("...", "'...'"), ("--a", "--a"), (" a", "' a'"), ("a ", "'a '"),
        ("<<", "\"<<\""), ("=", "="), ("a\tb", "\"a\\tb\""), ("\u{7}\u{1B}", "\"\\a\\e\""), ("é", "é"),
        ("\u{85}x", "\"\\Nx\""), ("😀", "\"\\U0001F600\""), ("\u{FEFF}a", "\"\\uFEFFa\""), ("a\\b", "a\\b"),
        ("\u{1}\\", "\"\\x01\\\\\""), ("a\nb", "|-\n  a\n  b"), ("a\nb\n", "|\n  a\n  b\n"), ("a\n\n", "|+\n  a\n\n"),
        ("\n", "|2+\n\n"), (" a\nb\n", "|2\n   a\n  b\n"), ("a \nb", "\"a \\nb\""), ("a\n b", "|-\n  a\n   b"),
        ("a\tb\nc", "\"a\\tb\\nc\""), ("a\nb ", "\"a\\nb \""), ("a\r\nb", "\"a\\r\\nb\""),
    ]

    @Test(arguments: strings)
    func `a string is quoted where a reader would take it for something else`(
        _ text: String, _ written: String
    ) throws {
        let document = KubernetesYAMLWriter.string(["k": .string(text)])
        #expect(document == "k: \(written)" + (written.hasSuffix("\n") ? "" : "\n"))
        #expect(try YAMLReader.node(from: document.utf8).value == ["k": .string(text)])
    }

    static let values: [(Value, String)] = [
        (["b": 1, "a": ["x", ["y": [], "z": [:]]]], "a:\n- x\n- \"y\": []\n  z: {}\nb: 1\n"),
        ([[1, 2], [[:]]], "- - 1\n  - 2\n- - {}\n"), (["a": nil, "b": true, "c": 1.5], "a: null\nb: true\nc: 1.5\n"),
        (["a": [["b": ["c": "d"]]]], "a:\n- b:\n    c: d\n"), (["a": ["x\ny\n"]], "a:\n- |\n  x\n  y\n"),
        ([:], "{}\n"), ("x", "x\n"),
        (["a10": 1, "a9": 2, "B": 3, "_": 4, "a": 5], "_: 4\nB: 3\na: 5\na9: 2\na10: 1\n"),
        (["a:b": 1, "": 2, "1": 3, "c: d": 4], "\"\": 2\n\"1\": 3\na:b: 1\n'c: d': 4\n"),
    ]

    @Test(arguments: values)
    func `collections stand as Kubernetes' tools write them`(_ value: Value, _ written: String) {
        #expect(KubernetesYAMLWriter.string(value) == written)
    }

    @Test func `a long line is folded at the first space behind its width`() {
        let words = Array(repeating: "word", count: 30).joined(separator: " ")
        let first = Array(repeating: "word", count: 16).joined(separator: " ")
        let rest = Array(repeating: "word", count: 14).joined(separator: " ")
        #expect(KubernetesYAMLWriter.string(["k": .string(words)]) == "k: \(first)\n  \(rest)\n")
        #expect(KubernetesYAMLWriter.string([.string(words)]) == "- \(first)\n  \(rest)\n")
        #expect(KubernetesYAMLWriter.string(["k": .string("# " + words)]).contains("\n  word"))
        #expect(KubernetesYAMLWriter.string(["k": .string("\t" + words)]).contains("\n  word"))
        // Two spaces are no place to fold: one of them would be lost.
        let wide = String(repeating: "x", count: 90)
        #expect(KubernetesYAMLWriter.string(["k": .string("\(wide)  y")]) == "k: \(wide)  y\n")
        #expect(KubernetesYAMLWriter.string(["k": .string("\u{1}\(wide)  y")]) == "k: \"\\x01\(wide)\n  \\ y\"\n")
    }

    @Test func `a key of more than 128 bytes stands alone`() {
        let key = String(repeating: "k", count: 129)
        func written(_ key: String) -> String {
            KubernetesYAMLWriter.string(.object(Object([(key: key, value: Value.string("v"))])))
        }
        #expect(written(key) == "? \(key)\n: v\n")
        #expect(written(String(key.dropLast())) == "\(key.dropLast()): v\n")
    }

    @Test func `whatever is written is read as the same value`() throws {
        var seed: UInt64 = 11
        func random(_ count: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % count
        }
        let alphabet = " \n\t:#-?'\"\\|>[]{}&*!%@`,.+0123456789eExXtTfFnNyY~<=_abc\u{85}\u{A0}é😀\u{7}/".unicodeScalars
            .map { String($0) }
        for _ in 0..<5000 {
            let text = (0..<random(12)).map { _ in alphabet[random(alphabet.count)] }.joined()
            let inner = Object([(key: text, value: Value.string(text))])
            let value: Value = ["k": .array([.string(text), .object(inner)])]
            let document = KubernetesYAMLWriter.bytes(value)
            let read = try YAMLReader.node(from: document).value
            #expect(read == value, "\(String(decoding: document, as: UTF8.self))")
        }
    }
}

struct FoldedTextTests {
    /// Text, and what is left of it after it was written folded and read again.
    static let texts: [(String, String)] = [
        ("a\nb\n", "a\nb\n"), ("a\n\nb", "a\n\nb"), ("a\n  b\nc\n", "a\n\n  b\nc\n"), ("a\n\n  b", "a\n\n\n  b"),
        ("  a\nb\n", "  a\nb\n"), ("\n a\nb\n c", "\n a\nb\n c"), ("", ""), ("\n", "\n"), ("one line\n", "one line\n"),
    ]

    @Test(arguments: texts)
    func `a line break before an indented line is doubled`(_ text: String, _ rewritten: String) {
        #expect(FoldedText.rewritten(text) == rewritten)
    }
}
