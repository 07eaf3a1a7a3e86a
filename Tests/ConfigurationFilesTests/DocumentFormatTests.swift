import Documents
import Testing

@testable import ConfigurationFiles

/// XML, EDN, HOCON, text protobuf.
@Suite struct DocumentFormatTests {
    @Test(arguments: [
        Example("<note>\n<to>foo</to><from>bar</from></note>", #"{"note":{"to":"foo","from":"bar"}}"#),
        Example("<a x=\"1\" n:y='2'>t<b/><b>2</b></a>", ##"{"a":{"-x":"1","-y":"2","#content":"t","b":["","2"]}}"##),
        Example(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE a><!-- c --><a>&lt;&#65;&#x42;<![CDATA[<x>]]></a>",
            #"{"a":"<AB<x>"}"#),
        Example("<p:a xmlns:p=\"u\"><p:b/></p:a>", #"{"a":{"-p":"u","b":""}}"#),
    ])
    func `XML is objects, attributes with a dash, texts`(_ example: Example) throws {
        try example.check(XMLReader.node)
    }

    @Test(arguments: [
        Refusal("<a>", "1:1", "no end"), Refusal("<a></b>", "1:4", "does not fit"), Refusal("", "1:1", "no element"),
        Refusal("<a/><b/>", "1:5", "second element"), Refusal("x<a/>", "1:1", "outside"),
        Refusal("<a>&nope;</a>", "1:4", "unknown entity"), Refusal("<a x=1/>", "1:6", "quotes"),
        Refusal("<a x='1' x='2'/>", "1:10", "there twice"),
        Refusal("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "1:1", "declarations"),
        Refusal("<?xml version='1.0' encoding='latin1'?><a/>", "1:1", "UTF-8"),
    ])
    func `what is no XML is refused with its place`(_ refusal: Refusal) { refusal.check(XMLReader.node) }

    @Test(arguments: [
        Example(
            "{;; c\n:sample1 \"my-username\",\n:sample2 false, :sample3 5432}",
            #"{":sample1":"my-username",":sample2":"false",":sample3":"5432"}"#),
        Example("{:foo :bar :duration #duration 20m}", ##"{":foo":":bar",":duration":"#duration 20m"}"##),
        Example("[1 (a b) #{x} nil #_ ignored \\a \\newline \"q\\\"\"]", #"["1",["a","b"],["x"],null,"a","\n","q\""]"#),
    ])
    func `EDN is texts, lists and objects`(_ example: Example) throws { try example.check(EDNReader.node) }

    @Test(arguments: [
        Refusal("{:a}", "1:1", "no value"), Refusal("[1", "1:1", "expected “]”"), Refusal("", "1:1", "no value"),
        Refusal("1 2", "1:4", "text after"), Refusal("{:a 1 :a 2}", "1:7", "duplicate"),
        Refusal("[\"x", "1:2", "no end"), Refusal("[1)", "1:3", "expected “]”"),
    ])
    func `what is no EDN is refused with its place`(_ refusal: Refusal) { refusal.check(EDNReader.node) }

    @Test(arguments: [
        Example(
            "play {\n  server {\n    dir = ${?user.dir}\n    http { port = 9001\n port = ${?PORT} }\n  }\n}",
            #"{"play":{"server":{"http":{"port":9001}}}}"#),
        Example("a.b = 1, a.c : [1, 2\n 3]\na { d = x y z }", #"{"a":{"b":1,"c":[1,2,3],"d":"x y z"}}"#),
        Example("a = 1\nb = ${a}\nc = ${a}px\nd = \"q\"${b}", #"{"a":1,"b":1,"c":"1px","d":"q1"}"#),
        Example("p = [1]\np += 2\nq = ${p} [3]", #"{"p":[1,2],"q":[1,2,3]}"#),
        Example("base { x = 1, y = 2 }\nd = ${base} { y = 3 }", #"{"base":{"x":1,"y":2},"d":{"x":1,"y":3}}"#),
        Example("path = a\npath = ${path}\":b\"", #"{"path":"a:b"}"#),
        Example("{\"a\": true, \"b\": null, // c\n # d\n c = \"\"\"x\"y\"\"\"}", #"{"a":true,"b":null,"c":"x\"y"}"#),
        Example("a = 75 seconds\nb = 64k", #"{"a":"75 seconds","b":"64k"}"#),
        Example("a { x = 1 }\na { y = 2 }\na = { z = 3 }", #"{"a":{"x":1,"y":2,"z":3}}"#),
    ])
    func `HOCON merges, concatenates and substitutes`(_ example: Example) throws {
        try example.check(HOCONReader.node)
    }

    @Test(arguments: [
        Refusal("a = ${nope}", "1:5", "nothing is known"), Refusal("a {", "1:4", "no “}”"),
        Refusal("include \"x\"", "1:1", "includes"), Refusal("a", "1:2", "expected “=”"),
        Refusal("a = [1", "1:7", "expected “,” or “]”"), Refusal("a = x { y = 1 }", "1:5", "text beside"),
        Refusal("[1]", "1:1", "expected an object"), Refusal("a = \"x", "1:5", "no end"),
    ])
    func `what is no HOCON is refused with its place`(_ refusal: Refusal) { refusal.check(HOCONReader.node) }

    @Test func `HOCON that goes in circles or expands for ever ends`() {
        for text in ["a = ${a}", "a = ${b}\nb = ${a}", "a { b = ${a} }"] {
            _ = try? HOCONReader.node(from: Array(text.utf8))
        }
        var bomb = "a0 = [1,1,1,1,1,1,1,1,1,1]\n"
        for level in 1..<30 {
            bomb += "a\(level) = [" + Array(repeating: "${a\(level - 1)}", count: 10).joined(separator: ",") + "]\n"
        }
        #expect(throws: DocumentError.self) { try HOCONReader.node(from: Array(bomb.utf8)) }
    }

    @Test(arguments: [
        Example(
            "name: \"x\" 'y'\nport: 80\non: true\nkind: HTTP\n", #"{"name":"xy","port":80,"on":true,"kind":"HTTP"}"#),
        Example(
            "s { a: 1 }\ns < a: 2 >\nl: [1, -2, 0x10, 010, 1.5f]\n# c", #"{"s":[{"a":1},{"a":2}],"l":[1,-2,16,8,1.5]}"#),
        Example("one: [1];[ext.x]: 2, esc: \"\\n\\x41\\101\\u00e9\"", #"{"one":[1],"[ext.x]":2,"esc":"\nAAé"}"#),
    ])
    func `text protobuf is read without its schema`(_ example: Example) throws {
        try example.check(TextProtoReader.node)
    }

    @Test(arguments: [
        Refusal("a {", "1:3", "no end"), Refusal("a 1", "1:3", "expected “:”"), Refusal("a: \"x", "1:4", "no end"),
        Refusal("a: ", "1:4", "expected a value"), Refusal("a: [1", "1:4", "expected “,” or “]”"),
        Refusal("a: \"\\xff\"", "1:4", "UTF-8"), Refusal("}", "1:1", "field's name"),
    ])
    func `what is no text protobuf is refused with its place`(_ refusal: Refusal) {
        refusal.check(TextProtoReader.node)
    }
}
