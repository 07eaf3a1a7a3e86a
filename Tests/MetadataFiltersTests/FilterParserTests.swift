import MetadataFilters
import Testing

struct FilterParserTests {
    /// The tree in a short form: calls as `name(arguments)`, constants quoted or bare, identifiers after `$`.
    static func short(_ node: FilterExpression) -> String {
        switch node.content {
        case .empty: return "empty"
        case .constant(.integer(let value)): return "\(value)"
        case .constant(.double(let value)): return "\(value)"
        case .constant(.string(let text)): return "'\(text)'"
        case .identifier(let name): return "$\(name)"
        case .select(let operand, let field): return "\(short(operand)).\(field)"
        case .call(let name, let target, let arguments):
            return (target.map { short($0) + "->" } ?? "") + name
                + "(\(arguments.map(short).joined(separator: ", ")))"
        }
    }

    @Test(arguments: [
        ("", "empty"),
        ("kind=\"BUILD\"", "_==_($kind, 'BUILD')"),
        ("a.b.c>=3", "_>=_($a.b.c, 3)"),
        ("a AND b=1", "_&&_(_global_($a), _==_($b, 1))"),
        ("a OR b c", "_sequence_(_||_(_global_($a), _global_($b)), _global_($c))"),
        ("a=1 OR b=2 AND c=3", "_&&_(_||_(_==_($a, 1), _==_($b, 2)), _==_($c, 3))"),
        ("NOT a:b", "!_(_:_($a, $b))"),
        ("-a", "!_(_global_($a))"),
        ("(a=1 AND b=2) OR c=3", "_||_(_&&_(_==_($a, 1), _==_($b, 2)), _==_($c, 3))"),
        ("m[\"k\"]<0x1F", "_<_(_[_]($m, 'k'), 31)"),
        ("a.size(\"x\")", "_global_($a->size('x'))"),
        ("v = 1.2.3", "_==_($v, $1.2.3)"),
        ("d=2026-11-21", "_==_($d, $2026-11-21)"),
        ("f < -2.5", "_<_($f, -2.5)"),
        ("a.AND:*", "_:_($a.AND, $*)"),
        ("x != \"tab\\t\\u00e9\"", "_!=_($x, 'tab\té')"),
        ("n=010", "_==_($n, 8)"),
        ("a=1   AND   b=2", "_&&_(_==_($a, 1), _==_($b, 2))"),
        ("f(g(1),  \"b\")", "_global_(f(g(1), 'b'))"),
    ])
    func `a filter becomes this tree`(_ text: String, _ tree: String) throws {
        #expect(Self.short(try FilterParser.parse(text)) == tree)
    }

    @Test(arguments: [
        ("x  y", [3]), ("x~y", [2]), ("kind=", [6]), ("AND", [1]), ("a AND", [6]), ("NOT", [4]), ("(a", [3]),
        ("f(1,", [5]), ("x: .y", [5, 4]), ("x:-y", [4]), ("\"open", [1]), ("a=\"\\q\"", [3]), ("{a}", [1, 3]),
        ("a)", [2]), ("n=99999999999999999999", [3]), ("n=09", [3]), (".(", [2, 1]), ("a[1", [4]),
    ])
    func `what is wrong is found at its column`(_ text: String, _ columns: [Int]) {
        do throws(FilterError) {
            let tree = try FilterParser.parse(text)
            Issue.record("read as \(Self.short(tree))")
        } catch {
            #expect(error.problems.map { error.place(of: $0).column } == columns, "\(error)")
        }
    }

    @Test func `lines are counted`() {
        do throws(FilterError) {
            _ = try FilterParser.parse("a=1\nAND b=~")
            Issue.record("was read")
        } catch {
            #expect(error.problems.first.map { error.place(of: $0).line } == 2)
            #expect(error.problems.first.map { error.place(of: $0).column } == 7)
        }
    }

    @Test func `limits end hostile filters`() {
        let limits = FilterLimits.standard
        let deep = String(repeating: "(", count: 5000) + "a" + String(repeating: ")", count: 5000)
        let calls = String(repeating: "f(", count: 5000) + "a" + String(repeating: ")", count: 5000)
        let long = Array(repeating: "a", count: limits.nodesMax + 1).joined(separator: " ")
        for text in [deep, calls, long, String(repeating: "x", count: limits.bytesMax + 1)] {
            #expect(throws: FilterError.self) { try FilterParser.parse(text) }
        }
    }

    @Test func `the listing numbers nodes and counts lines in bytes`() throws {
        let text = "é:\"b\""
        let listing = FilterListing.text(try FilterParser.parse(text), of: text, location: "own[0]")
        #expect(
            listing == #"""
                expr: <
                  id: 3
                  call_expr: <
                    function: "_:_"
                    args: <
                      id: 1
                      ident_expr: <
                        name: "\303\251"
                      >
                    >
                    args: <
                      id: 2
                      const_expr: <
                        string_value: "b"
                      >
                    >
                  >
                >
                source_info: <
                  location: "own[0]"
                  line_offsets: 7
                  positions: <
                    key: 1
                    value: 0
                  >
                  positions: <
                    key: 2
                    value: 2
                  >
                  positions: <
                    key: 3
                    value: 1
                  >
                >
                """#)
    }
}
