import CEL
import Documents
import Testing

@Suite struct CELTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var result: Value
        var testDescription: String { text }
        init(_ text: String, _ result: Value) {
            self.text = text
            self.result = result
        }
    }

    static let object: Value = [
        "metadata": ["name": "a", "labels": ["app": "web"]],
        "spec": ["replicas": 3, "tags": ["x-a", "b"], "none": .null],
    ]

    @Test(arguments: [
        Case("1 + 2 * 3", 7), Case("(1 + 2) * 3", 9), Case("7 / 2", 3), Case("-7 % 3", -1), Case("1.5 + 2.0", 3.5),
        Case("2u + 3u", 5), Case("dyn(1) == 1.0", true), Case("'a' + 'b'", "ab"), Case("[1, 2] + [3]", [1, 2, 3]),
        Case("{'a': 1}['a']", 1), Case("true ? 'y' : 'n'", "y"), Case("2 in [1, 2]", true),
        Case("'a' in {'a': 1}", true),
        Case("size('grün')", 4), Case("'abc'.startsWith('ab') && 'abc'.endsWith('bc')", true),
        Case("'abc'.matches('^[a-z]+$')", true), Case("'a,b'.split(',')", ["a", "b"]),
        Case("['a','b'].join('-')", "a-b"),
        Case("'Hello'.lowerAscii()", "hello"), Case("'abc'.substring(1)", "bc"), Case("'abcabc'.lastIndexOf('b')", 4),
        Case("'a-b'.replace('-', '+')", "a+b"), Case("'%s is %d'.format(['x', 3])", "x is 3"),
        Case("object.spec.replicas > 2", true), Case("has(object.spec.nothing)", false),
        Case("has(object.metadata.labels) && 'app' in object.metadata.labels", true),
        Case("object.spec.tags.all(t, t.startsWith('x-'))", false),
        Case("object.spec.tags.exists(t, t == 'b')", true), Case("object.spec.tags.exists_one(t, t == 'b')", true),
        Case("object.spec.tags.map(t, t + '!')", ["x-a!", "b!"]), Case("object.spec.tags.filter(t, t == 'b')", ["b"]),
        Case("object.metadata.labels.all(k, k != 'bad')", true), Case("[3,1,2].max()", 3), Case("[1,2].sum()", 3),
        Case("duration('1h30m').getMinutes()", 90), Case("timestamp('2026-01-02T03:04:05Z').getFullYear()", 2026),
        Case("timestamp('2026-01-02T00:00:00Z') - timestamp('2026-01-01T00:00:00Z') == duration('24h')", true),
        Case("quantity('1Gi').isGreaterThan(quantity('500Mi'))", true), Case("object.?spec.?nothing.orValue(5)", 5),
        Case("optional.of(1).hasValue()", true), Case("cel.bind(x, 3, x * x)", 9), Case("int('12') + 1", 13),
        Case("false && nothing.fails == 1 || true", true), Case("type(1) == int", true),
        Case("sets.contains([1, 2], [2])", true), Case("r'\\d'.size()", 2), Case("b'ab' == b'ab'", true),
        Case("string(1) + string(true)", "1true"), Case("math.greatest(1, 3, 2)", 3), Case("!false", true),
        Case("// a comment\n 1", 1), Case("{'a': {'b': 1}}.a.b", 1), Case("object.spec.none == null", true),
    ])
    func `expressions give what the language says`(_ example: Case) throws {
        let program = try CELProgram(example.text, variables: ["object": .any, "nothing": .any])
        let value = try program.evaluate(["object": CELValue(Self.object), "nothing": .map(CELMap())])
        #expect(value.json == example.result)
    }

    @Test(arguments: [
        ("object.data.none == 'x'", "no such key: none"), ("1 / 0 == 1", "division by zero"),
        ("[1][5] == 1", "index out of bounds: 5"), ("9223372036854775807 + 1 == 0", "integer overflow"),
        ("int('x') == 1", "strconv.ParseInt: parsing \"x\": invalid syntax"), ("object.data > 1", "no such overload"),
    ])
    func `what cannot be computed says why`(_ text: String, _ message: String) throws {
        let program = try CELProgram(text, variables: ["object": .any])
        #expect(throws: CELError(message)) { try program.evaluate(["object": ["data": ["k": "v"]].cel]) }
    }

    @Test(arguments: [
        ("object.", "ERROR: <input>:1:8: Syntax error: no viable alternative at input '.'\n | object.\n | .......^"),
        (
            "nothing.x",
            "ERROR: <input>:1:1: undeclared reference to 'nothing' (in container '')\n | nothing.x\n | ^"
        ),
        (
            "labels.a > 1",
            "ERROR: <input>:1:10: found no matching overload for '_>_' applied to '(string, int)'\n | labels.a > 1\n | .........^"
        ),
    ])
    func `what cannot be read or typed is refused with its place`(_ text: String, _ report: String) {
        do {
            _ = try CELProgram(text, variables: ["object": .any, "labels": .map(.string, .string)])
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.report(in: text) == report)
        }
    }

    @Test func `a runaway expression is stopped`() throws {
        let list = "[0,1,2,3,4,5,6,7,8,9]"
        let nested =
            "\(list).all(a, \(list).all(b, \(list).all(c, \(list).all(d, \(list).all(e, \(list).all(f, true))))))"
        let program = try CELProgram(nested, variables: [:])
        #expect(throws: CELError("operation cancelled: actual cost limit exceeded")) { try program.evaluate([:]) }
        #expect(throws: CELError.self) { try CELProgram(String(repeating: "(", count: 5000), variables: [:]) }
    }

    @Test func `any bytes are read or refused`() {
        var state: UInt64 = 7
        let seeds = [
            "object.spec.tags.all(t, t.startsWith('x-'))", "{'a': [1, 2.5e3, 0x1F, 'q\\n']}", "a ? b : c.d[e]",
        ]
        for _ in 0..<3000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var bytes = Array(seeds[Int(state >> 40) % seeds.count].utf8)
            bytes[Int(state >> 20) % bytes.count] = UInt8(truncatingIfNeeded: state >> 8)
            if state % 3 == 0 { bytes.removeLast(Int(state >> 30) % bytes.count) }
            let text = String(decoding: bytes, as: UTF8.self)
            if let program = try? CELProgram(text, variables: ["object": .any]) {
                _ = try? program.evaluate(["object": CELValue(Self.object)])
            }
        }
        #expect((try? CELProgram(seeds[0], variables: ["object": .any])) != nil)
    }
}

extension Dictionary where Key == String, Value == [String: String] {
    fileprivate var cel: CELValue {
        var map = CELMap()
        for (key, inner) in self {
            var members = CELMap()
            for (name, text) in inner { members[.string(name)] = .string(text) }
            map[.string(key)] = .map(members)
        }
        return .map(map)
    }
}
