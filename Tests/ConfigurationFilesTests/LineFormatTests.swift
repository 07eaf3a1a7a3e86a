import Documents
import Testing

@testable import ConfigurationFiles

/// INI, dotenv, properties, ignore files, JSON with comments.
@Suite struct LineFormatTests {
    @Test(arguments: [
        Example(
            "[server]\nhttp_port = 3000\nprotocol: http\nenforce = false\nempty =\n",
            #"{"server":{"http_port":3000,"protocol":"http","enforce":false,"empty":""}}"#),
        Example("a = 1\n[b]\nc = x", #"{"DEFAULT":{"a":1},"b":{"c":"x"}}"#),
        Example("[a]\nk = v ; comment\nq = \"x ; y\"\n; whole line\n# whole line", #"{"a":{"k":"v","q":"x ; y"}}"#),
        Example("[a]\nk = one \\\n  two\n[a]\nj = 2", #"{"a":{"k":"onetwo","j":2}}"#),
        Example("[a]\nk = `raw # text`\nm = \"\"\"two\nlines\"\"\"", #"{"a":{"k":"raw # text","m":"two\nlines"}}"#),
        Example("[a.b]\nurl = %(x)s/y\nn = 1e3\nt = T", #"{"a.b":{"url":"%(x)s/y","n":1e3,"t":true}}"#),
    ])
    func `INI has sections of numbers, booleans and texts`(_ example: Example) throws {
        try example.check(INIReader.node)
    }

    @Test(arguments: [
        Refusal("[a\nb = 1", "1:1", "no “]”"), Refusal("[a]\njust text", "2:1", "expected “key = value”"),
        Refusal("[ ]", "1:1", "no name"), Refusal("[a]\nb = \"\"\"x", "2:5", "no end"),
        Refusal("[a]\n = 1", "2:2", "the key is empty"), Refusal("FROM alpine\n", "1:1", "expected"),
    ])
    func `what is no INI is refused with its place`(_ refusal: Refusal) { refusal.check(INIReader.node) }

    @Test(arguments: [
        Example(
            "APP_NAME=test\nexport USER2 = 'a b' # x\n# c\nEMPTY=\n", #"{"APP_NAME":"test","USER2":"a b","EMPTY":""}"#),
        Example(
            "A=1\nB=\"${A}-$A-${NONE}\\n\"\nC='$A'\nD=x#y\nE=x #y",
            #"{"A":"1","B":"1-1-${NONE}\n","C":"$A","D":"x#y","E":"x"}"#),
        Example("YAML: style", #"{"YAML":"style"}"#),
    ])
    func `dotenv has names and texts`(_ example: Example) throws { try example.check(DotenvReader.node) }

    @Test(arguments: [
        Refusal("A=\"x", "1:3", "no end"), Refusal("no sign", "1:1", "expected NAME=value"),
        Refusal("A='x' y", "1:3", "text after the value"), Refusal("=x", "1:1", "expected NAME=value"),
    ])
    func `what is no dotenv is refused with its place`(_ refusal: Refusal) { refusal.check(DotenvReader.node) }

    @Test func `a dotenv value cannot double its way to all memory`() {
        let text = "A=xxxxxxxxxxxxxxxx\n" + (0..<40).map { _ in "A=$A$A\n" }.joined()
        let value = try? DotenvReader.node(from: Array(text.utf8))
        #expect((value?["A"]?.string?.utf8.count ?? 0) <= DotenvReader.valueBytesMax + 64)
    }

    @Test(arguments: [
        Example("a=b\nc : d\ne f\n# x\n! y\n", #"{"a":"b","c":"d","e":"f"}"#),
        Example("long = one,\\\n    two\nkey\\ with\\:=\\u00e9\\t\n", #"{"long":"one,two","key with:":"é\t"}"#),
        Example(
            "other.value.url=https://example.com/\nempty\n", #"{"other.value.url":"https://example.com/","empty":""}"#),
    ])
    func `properties are texts`(_ example: Example) throws { try example.check(PropertiesReader.node) }

    @Test func `a broken escape in properties is refused with its place`() {
        Refusal("a = \\u12", "1:5", "hexadecimal").check(PropertiesReader.node)
        Refusal("a = \\ud800", "1:5", "hexadecimal").check(PropertiesReader.node)
    }

    @Test(arguments: [
        Example(
            "foo\n!bar\n\n# Baz\nqux/",
            ##"[[{"Kind":"Path","Value":"foo","Original":"foo"},{"Kind":"NegatedPath","Value":"bar","Original":"!bar"},{"Kind":"Empty","Value":"","Original":""},{"Kind":"Comment","Value":"Baz","Original":"# Baz"},{"Kind":"Path","Value":"qux/","Original":"qux/"}]]"##
        ),
        Example(
            ".idea\n",
            #"[[{"Kind":"Path","Value":".idea","Original":".idea"},{"Kind":"Empty","Value":"","Original":""}]]"#),
    ])
    func `an ignore file is a list with one list of entries`(_ example: Example) throws {
        try example.check(IgnoreReader.node)
    }

    @Test(arguments: [
        Example("{// c\n\"a\": [1, /* x */ 2,],\n}", #"{"a":[1,2]}"#),
        Example(#"{"url": "http://x/*y*/", "q": "a\"//b"}"#, #"{"url":"http://x/*y*/","q":"a\"//b"}"#),
    ])
    func `JSON may have comments and commas at the end`(_ example: Example) throws {
        try example.check(JSONCReader.node)
    }

    @Test(arguments: [
        Refusal("{\"a\": 1 /* x", "1:9", "no end"), Refusal("{\"a\": /*\n*/ ]}", "2:4", "expected a value"),
        Refusal("[1,,2]", "1:4", "expected a value"),
    ])
    func `what is no JSON keeps its place behind comments`(_ refusal: Refusal) { refusal.check(JSONCReader.node) }
}
