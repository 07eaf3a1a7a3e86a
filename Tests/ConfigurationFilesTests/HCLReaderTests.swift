import Documents
import Testing
import WaybillCore

@testable import ConfigurationFiles

@Suite struct HCLReaderTests {
    @Test(arguments: [
        Example("a = 1\nb = \"x\"\nc = true\nd = null", #"{"a":1,"b":"x","c":true,"d":null}"#),
        Example(
            "provider \"aws\" {\n  alias = \"one\"\n}\nprovider \"aws\" {\n  alias = \"two\"\n}",
            #"{"provider":{"aws":[{"alias":"one"},{"alias":"two"}]}}"#),
        Example(
            "resource \"t\" \"n\" {\n  setting {\n    x = 1\n  }\n  setting { x = 2 }\n}",
            #"{"resource":{"t":{"n":[{"setting":[{"x":1},{"x":2}]}]}}}"#),
        Example(
            "a = var.x\nb = \"${var.x}\"\nc = \"p-${var.x}-s\"\nd = f(1, [2])\ne = 1 + 2",
            #"{"a":"${var.x}","b":"${var.x}","c":"p-${var.x}-s","d":"${f(1, [2])}","e":"${1 + 2}"}"#),
        Example(
            "a = x ? 1 : 2\nb = -1\nc = !x\nd = (1)\ne = m[\"k\"].v[*].w",
            #"{"a":"${x ? 1 : 2}","b":"${-1}","c":"${!x}","d":"${(1)}","e":"${m[\"k\"].v[*].w}"}"#),
        Example("a = [1, \"two\", [3,], var.x,\n]", #"{"a":[1,"two",[3],"${var.x}"]}"#),
        Example("a = {\n  b = 1\n  \"c d\" : 2, e = {}\n  (k) = 3\n}", #"{"a":{"b":1,"c d":2,"e":{},"${(k)}":3}}"#),
        Example(
            "a = [for k, v in m : v if v > 1]\nb = {for x in l : x => x...}",
            #"{"a":"${[for k, v in m : v if v > 1]}","b":"${{for x in l : x => x...}}"}"#),
        Example(
            "a = <<EOF\n  one ${x}\n  two\nEOF\nb = <<-EOT\n    x\n      y\n    EOT\n",
            #"{"a":"  one ${x}\n  two\n","b":"x\n  y\n"}"#),
        Example(
            "a = \"$${x} %%{y} \\u00e9\\n\"\nb = \"%{if c}1%{else}2%{endif}\"",
            #"{"a":"${x} %{y} é\n","b":"%{if c}1%{else}2%{endif}"}"#),
        Example("# c\n// c\n/* c\n */ a = 1 # x\n", #"{"a":1}"#),
        Example("a = provider::x::f(1)\nb = \"${[1]}\"", #"{"a":"${provider::x::f(1)}","b":[1]}"#),
        Example("x {\n}\n", #"{"x":[{}]}"#),
        Example("a = f(\n  1,\n  2,\n)\n", #"{"a":"${f(\n  1,\n  2,\n)}"}"#),
        Example("a = x == 1 && y >= 2 || !z\n", #"{"a":"${x == 1 && y >= 2 || !z}"}"#),
    ])
    func `a document is as policies for Terraform know it`(_ example: Example) throws {
        try example.check(HCLReader.node)
    }

    @Test(arguments: [
        Refusal("a = 1\na = 2", "2:1", "set twice"), Refusal("a {\n", "2:1", "no “}”"),
        Refusal("a = ", "1:5", "expected an expression"), Refusal("a = [1", "1:7", "expected “,” or “]”"),
        Refusal("a = \"x", "1:5", "no end"), Refusal("a = \"${x\"", "1:8", "no “}”"),
        Refusal("a = 1 b = 2", "1:7", "end of the line"), Refusal("a = <<EOF\nx", "1:5", "does not end"),
        Refusal("a = 1\na {}", "2:1", "have the name"), Refusal("a = \"\\q\"", "1:6", "unknown escape"),
        Refusal("{", "1:1", "expected an attribute"), Refusal("a \"b\" = 1", "1:7", "expected"),
        Refusal("a = \"%{wat}\"", "1:6", "unknown directive"),
    ])
    func `what is no HCL is refused with its place`(_ refusal: Refusal) { refusal.check(HCLReader.node) }

    @Test func `every value has its place`() throws {
        let node = try HCLReader.node(from: Array("resource \"a\" \"b\" {\n  tags = {\n    x = 1\n  }\n}\n".utf8))
        #expect(node.position(of: Pointer(["resource", "a", "b", "0", "tags", "x"])).description == "3:5")
        #expect(node.position(of: Pointer(["resource", "a", "b", "0"])).description == "1:1")
    }
}
