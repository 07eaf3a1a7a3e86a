import RegularExpressions
import Testing
import WaybillCore

@Suite struct RegularExpressionsTests {
    @Test(arguments: [
        ("a+", "caat", true), ("^a", "ba", false), ("", "", true), (#"\bx\b"#, "a x b", true), ("é", "caf\u{e9}", true),
    ])
    func `a pattern is found anywhere in the text`(_ pattern: String, _ text: String, _ expected: Bool) throws {
        #expect(try RegularExpression(pattern).matches(text) == expected)
    }

    @Test(arguments: ["(", "a**", "(?=x)", "(?<!a)b", #"(a)\1"#, "a{1001}", "[z-a]"])
    func `what RE2 does not read is refused`(_ pattern: String) {
        #expect(throws: WaybillError.self) { try RegularExpression(pattern) }
        #expect(throws: WaybillError.self) { try PatternSet([pattern]) }
    }

    @Test(arguments: ["(?<tag>[0-9]+)", "(?P<tag>[0-9]+)"])
    func `groups have names in both spellings`(_ pattern: String) throws {
        let expression = try RegularExpression(pattern)
        #expect(expression.groupNames == ["tag"])
        #expect(expression.firstMatch(in: Array("v12".utf8))?["tag"] == 1..<3)
        #expect(expression.pattern == pattern)
    }

    @Test(arguments: [(#"\(\?<n>"#, "(?<n>"), (#"[(?<n>]+"#, "<n"), (#"\Q(?<n>\E"#, "(?<n>"), ("[](?<n>]+", "](?<n>")])
    func `literal text is not taken for a named group`(_ pattern: String, _ text: String) throws {
        #expect(try RegularExpression(pattern).find(in: text) == text)
    }

    @Test func `a group that took no part has no range`() throws {
        let expression = try RegularExpression("(a)|(b)")
        #expect(expression.groups(in: "b") == ["b", nil, "b"])
        #expect(expression.groups(in: "c") == nil)
    }

    @Test func `matches do not overlap and empty ones do not follow a match`() throws {
        #expect(try RegularExpression("a*").findAll(in: "baac") == ["", "aa", ""])
        #expect(try RegularExpression("").findAll(in: "né").count == 3)
        #expect(try RegularExpression("a").findAll(in: "aaa", limit: 2) == ["a", "a"])
    }

    @Test(arguments: [
        ("(a)(b)", "ab-ab", "$2$1", "ba-ba"), ("a", "a", "$$x", "$x"), ("(?<n>a)", "a", "${n}1", "a1"),
        ("(?<n>a)", "a", "$n1", ""), ("a", "a", "${", "${"), ("x*", "ab", "-", "-a-b-"),
    ])
    func `a template names groups`(_ pattern: String, _ text: String, _ template: String, _ expected: String) throws {
        #expect(try RegularExpression(pattern).replaceAll(in: text, with: template) == expected)
    }

    @Test func `text is split between matches`() throws {
        #expect(try RegularExpression(",").split("a,b,,c") == ["a", "b", "", "c"])
        #expect(try RegularExpression("x*").split("axbxc") == ["a", "b", "c"])
        #expect(try RegularExpression(",").split("a,b,c", limit: 2) == ["a", "b,c"])
    }

    @Test func `the longest match is found where it is asked for`() throws {
        #expect(try RegularExpression("a|ab").find(in: "ab") == "a")
        #expect(try RegularExpression("a|ab", prefersLongest: true).find(in: "ab") == "ab")
    }

    @Test func `a set tells which patterns occur`() throws {
        let set = try PatternSet(["a.c", "x", "(?<n>b)"])
        #expect(try set.matches(in: "abc".utf8) == [0, 2])
        #expect(try set.matches(in: "".utf8) == [])
        #expect(try PatternSet([]).matches(in: "abc".utf8) == [])
    }

    @Test func `a quoted text matches itself`() throws {
        let text = #"a.b*[c](d)\{e}^$|?+"#
        #expect(try RegularExpression(RegularExpression.quoted(text)).matchesWhole(text))
    }
}
