import Rego
import Testing

/// What builtins give in the corners of their input, where one reading is as good as another until policies depend on
/// one of them.
@Suite struct BuiltinDetailTests {
    typealias Example = BuiltinExamples.Example

    @Test(arguments: [
        // A quotient without end is rounded as a binary number of 64 digits.
        Example("1 / 3", "0.33333333333333333334"), Example("2 / 3", "0.6666666666666666667"),
        Example("-1 / 3", "-0.33333333333333333334"), Example("1 / 8", "0.125"), Example("0.6 / 0.2", "3"),
        Example("100000000000000000000 / 3", "33333333333333333334"),
        Example(#"strings.replace_n({"": "x"}, "ab")"#, #""xaxbx""#),
        Example(#"strings.replace_n({"": "x", "a": "y"}, "añ")"#, #""xyxñx""#),
        Example(#"strings.replace_n({"a": "1", "ab": "2"}, "abab")"#, #""1b1b""#),
        // A path without keys chooses nothing, and an index is written as text.
        Example(#"json.filter({"a": 1}, [""])"#, "{}"), Example(#"json.remove({"a": 1}, [""])"#, #"{"a": 1}"#),
        Example(#"json.remove({1: 2, "a": 3}, ["1"])"#, #"{1: 2, "a": 3}"#),
        Example(#"json.remove({"a": [1, 2]}, [["a", 0]])"#, #"{"a": [1, 2]}"#),
        Example(#"json.remove({"a": [1, 2]}, [["a", "0"]])"#, #"{"a": [2]}"#),
        Example(#"json.remove({"a": 1, "b": 2}, ["//a"])"#, #"{"b": 2}"#),
        Example(#"json.marshal_with_options({"a": [1]}, {"prefix": ">"})"#, #"">{\n>\t\"a\": [\n>\t\t1\n>\t]\n>}""#),
        Example(#"yaml.marshal({"a": "true", "b": "", "c": "x: y"})"#, #""a: \"true\"\nb: \"\"\nc: 'x: y'\n""#),
        Example(#"semver.is_valid("v1.0.0")"#, "true"), Example(#"semver.is_valid("01.0.0")"#, "true"),
        Example(#"semver.is_valid("1.0")"#, "false"), Example(#"semver.is_valid("1.0.0-a..b")"#, "false"),
        Example(#"semver.is_valid("99999999999999999999.0.0")"#, "false"),
        // An address without a prefix stays as it is written until it is merged with another.
        Example(#"net.cidr_merge(["10.1.2.3"])"#, #"{"10.1.2.3/8"}"#),
        Example(#"net.cidr_merge(["10.1.2.3", "10.9.9.9"])"#, #"{"10.0.0.0/8"}"#),
        // Globs: `^` is a character, braces end with the text, a list is a list or one range.
        Example(#"glob.match("[^ab]", [], "^")"#, "true"), Example(#"glob.match("[!ab]", [], "c")"#, "true"),
        Example(#"glob.match("{a,b", [], "b")"#, "true"), Example(#"glob.match("a\\", [], "a")"#, "true"),
        Example(#"glob.match("[a-c]", [], "b")"#, "true"), Example(#"glob.match("[ab-]", [], "-")"#, "true"),
        Example(#"glob.match("**a", ["."], "x.a")"#, "true"), Example(#"glob.match("*a", ["."], "x.a")"#, "false"),
    ])
    func `a corner case has the value that policies rely on`(_ example: Example) throws {
        #expect(try BuiltinTests.value(example.term, strict: true) == example.value)
    }

    @Test(arguments: [
        Example(#"to_number("1e400")"#, #"parsing "1e400": value out of range"#),
        Example(#"urlquery.decode_object("a=1;b=2")"#, "invalid semicolon separator in query"),
        Example(#"u({1}) - u(2)"#, "operand 2 must be set but got number"),
        Example(#"u({1}) - u("a")"#, "operand 2 must be number but got string"),
        Example(#"bits.and(u("a"), 1)"#, "operand 1 must be integer but got string"),
        Example(#"union(u({1}))"#, "operand 1 must be set but got number"),
        Example(#"all(u(1))"#, "operand 1 must be one of {array, set} but got number"),
        Example(#"glob.match("a", ["ab"], "a")"#, "operand 2 must be array of runes but got array containing string"),
        Example(#"glob.match("[a-z0-9]", [], "a")"#, "expected close range character"),
        Example(#"glob.match("[z-a]", [], "a")"#, "hi character 'a' should be greater than lo 'z'"),
        Example(#"glob.match("[a", [], "a")"#, "unexpected end of input"),
        Example(#"regex.match("a\\", "a")"#, "trailing backslash at end of expression: ``"),
        Example(#"json.marshal_with_options(1, u({"indent": 1}))"#, "operand 2 key indent failed cast to string"),
    ])
    func `a corner case is refused in the words that policies rely on`(_ example: Example) throws {
        let error = #expect(throws: RegoError.self) { try BuiltinTests.value(example.term, strict: true) }
        #expect(error?.message.contains(example.value) == true, "\(error?.message ?? "")")
    }

    /// These are undefined and tell no error, also where errors are strict.
    @Test(arguments: [
        #"json.patch({"a": 1}, [{"op": "remove", "path": "/b"}])"#,
        #"json.patch({"a": 1}, [{"op": "test", "path": "/a", "value": 2}])"#,
        #"json.patch({"a": {1}}, [{"op": "replace", "path": ["a", 1], "value": 2}])"#,
        #"json.patch({"a": [1]}, [{"op": "add", "path": "/a/01", "value": 2}])"#,
        #"uuid.parse("zzz")"#,
    ])
    func `what does not fit has no value`(_ term: String) throws {
        #expect(try BuiltinTests.value(term, strict: true) == nil)
    }
}
