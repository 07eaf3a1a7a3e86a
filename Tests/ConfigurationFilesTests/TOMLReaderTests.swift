import Documents
import Testing
import WaybillCore

@testable import ConfigurationFiles

@Suite struct TOMLReaderTests {
    @Test(arguments: [
        Example("a = 1\nb = \"x\"\n", #"{"a":1,"b":"x"}"#),
        Example("a.b.c = true\na.b.d = false", #"{"a":{"b":{"c":true,"d":false}}}"#),
        Example(
            "[a]\nx=1\n[a.b]\ny=2\n[[c]]\nz=3\n[[c]]\nz=4\n[c.d]\nw=5",
            #"{"a":{"x":1,"b":{"y":2}},"c":[{"z":3},{"z":4,"d":{"w":5}}]}"#),
        Example("a = [1, [2, 3],\n # comment\n 4,\n]", #"{"a":[1,[2,3],4]}"#),
        Example("a = {b = 1, \"c d\" = {e = []}}", #"{"a":{"b":1,"c d":{"e":[]}}}"#),
        Example(
            "a = 0xFF\nb = 0o17\nc = 0b101\nd = 1_000\ne = -2\nf = +3", #"{"a":255,"b":15,"c":5,"d":1000,"e":-2,"f":3}"#
        ),
        Example("a = 1.5\nb = 1e3\nc = -2_0.2_5E-1", #"{"a":1.5,"b":1e3,"c":-20.25e-1}"#),
        Example(#"a = "tab\tq\"u\u00e9""#, #"{"a":"tab\tq\"ué"}"#),
        Example(#"a = 'C:\dir'"#, #"{"a":"C:\\dir"}"#),
        Example("a = \"\"\"\none \\\n   two\"\"\"\nb = '''\nx'y\n'''", #"{"a":"one two","b":"x'y\n"}"#),
        Example(
            "d = 1979-05-27\nt = 07:32:00\no = 1979-05-27 07:32:00z",
            #"{"d":"1979-05-27","t":"07:32:00","o":"1979-05-27T07:32:00Z"}"#),
        Example("[a.b]\nx=1\n[a]\ny=2", #"{"a":{"b":{"x":1},"y":2}}"#),
        Example("", "{}"),
        Example("\u{FEFF}a=1", #"{"a":1}"#),
    ])
    func `a document is what the specification says`(_ example: Example) throws {
        try example.check(TOMLReader.node)
    }

    @Test(arguments: [
        Refusal("a = 1\na = 2", "2:1", "defined twice"),
        Refusal("[a]\n[a]", "2:1", "defined twice"),
        Refusal("a = 1\n[a]", "2:1", "defined twice"),
        Refusal("a = {b=1}\n[a.c]", "2:1", "no table"),
        Refusal("a.b = 1\n[a]", "2:1", "defined twice"),
        Refusal("[[a]]\n[a]", "2:1", "defined twice"),
        Refusal("a = [1]\n[[a]]", "2:1", "defined twice"),
        Refusal("a = ", "1:5", "expected a value"),
        Refusal("a = nan", "1:5", "no JSON value"),
        Refusal("a = 01", "1:5", "no value"),
        Refusal("a = 1__0", "1:5", "no value"),
        Refusal("a = 9223372036854775808", "1:5", "no value"),
        Refusal("a = hello", "1:5", "must stand in quotes"),
        Refusal("a = \"x\ny\"", "1:7", "no end"),
        Refusal("a = \"\\q\"", "1:6", "unknown escape"),
        Refusal("a = \"\\ud800\"", "1:6", "hexadecimal"),
        Refusal("a = 1 b = 2", "1:7", "end of the line"),
        Refusal("a = 2020-13-01", "1:5", "no value"),
        Refusal("= 1", "1:1", "expected a key"),
        Refusal("a = [1, 2", "1:10", "expected “]”"),
    ])
    func `what is no TOML is refused with its place`(_ refusal: Refusal) { refusal.check(TOMLReader.node) }

    @Test func `every value has its place`() throws {
        let node = try TOMLReader.node(from: Array("[server]\nports = [80,\n  443]\n".utf8))
        #expect(node.position(of: Pointer(["server", "ports"])).description == "2:1")
        #expect(node.position(of: Pointer(["server", "ports", "1"])).description == "3:3")
    }
}
