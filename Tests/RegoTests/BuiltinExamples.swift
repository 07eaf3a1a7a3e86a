import Testing

/// One call of every builtin with its value, and calls that are refused with a part of the message.
enum BuiltinExamples {
    struct Example: Sendable, CustomTestStringConvertible {
        var term: String
        var value: String
        var testDescription: String { term }

        init(_ term: String, _ value: String) {
            self.term = term
            self.value = value
        }
    }

    static let values = [
        Example(#"abs(-3)"#, #"3"#),
        Example(#"all([true, true])"#, #"true"#),
        Example(#"{1, 2} & {2}"#, #"{2}"#),
        Example(#"and({1, 2}, {2})"#, #"{2}"#),
        Example(#"any([false])"#, #"false"#),
        Example(#"array.concat([1], [2])"#, #"[1, 2]"#),
        Example(#"array.flatten([[1], 2, [[3]]])"#, #"[1, 2, [3]]"#),
        Example(#"array.reverse([1, 2])"#, #"[2, 1]"#),
        Example(#"array.slice([1, 2, 3], 1, 2)"#, #"[2]"#),
        Example(#"base64.decode("YWI=")"#, #""ab""#),
        Example(#"base64.encode("ab")"#, #""YWI=""#),
        Example(#"base64.is_valid("YWI=")"#, #"true"#),
        Example(#"base64url.decode("YWI")"#, #""ab""#),
        Example(#"base64url.encode("ab")"#, #""YWI=""#),
        Example(#"base64url.encode_no_pad("ab")"#, #""YWI""#),
        Example(#"bits.and(6, 3)"#, #"2"#),
        Example(#"bits.lsh(1, 70)"#, #"1180591620717411303424"#),
        Example(#"bits.negate(0)"#, #"-1"#),
        Example(#"bits.or(4, 1)"#, #"5"#),
        Example(#"bits.rsh(8, 2)"#, #"2"#),
        Example(#"bits.xor(6, 3)"#, #"5"#),
        Example(#"cast_array({1})"#, #"[1]"#),
        Example(#"cast_boolean(true)"#, #"true"#),
        Example(#"cast_null(null)"#, #"null"#),
        Example(#"cast_object({"a": 1})"#, #"{"a": 1}"#),
        Example(#"cast_set([1, 1])"#, #"{1}"#),
        Example(#"cast_string("a")"#, #""a""#),
        Example(#"ceil(1.2)"#, #"2"#),
        Example(#"concat("-", ["a", "b"])"#, #""a-b""#),
        Example(#"contains("abc", "b")"#, #"true"#),
        Example(#"count("añb")"#, #"3"#),
        Example(#"crypto.hmac.equal("a", "a")"#, #"true"#),
        Example(#"crypto.hmac.md5("a", "k")"#, #""ddcf3d210049e7135f61affae73731cd""#),
        Example(#"crypto.hmac.sha1("a", "k")"#, #""40e7d441cadb17b07f050341aa23a6820ed81c8b""#),
        Example(
            #"crypto.hmac.sha256("a", "k")"#, #""78da91511e675587f5b9df78bedebaf5560da2abb88162ee875dcdf744951d9e""#),
        Example(
            #"crypto.hmac.sha512("a", "k")"#,
            #""82e0c15e0d62ab17984bea225bf7d28ad54f343dd6520c283c3a2cd43852a2f79c349cc9b7583317399ee38d722489b45a942667e55bc38c42a5bb203c0900c7""#
        ),
        Example(#"crypto.md5("a")"#, #""0cc175b9c0f1b6a831c399e269772661""#),
        Example(#"crypto.sha1("a")"#, #""86f7e437faa5a7fce15d1ddcb9eaeaea377667b8""#),
        Example(#"crypto.sha256("a")"#, #""ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb""#),
        Example(#"crypto.parse_private_keys("nothing")"#, #"[]"#),
        Example(#"crypto.x509.parse_certificates("")"#, #"[]"#),
        Example(#"crypto.x509.parse_and_verify_certificates("")"#, #"[false, []]"#),
        Example(#"crypto.x509.parse_and_verify_certificates_with_options("", {"DNSName": "a"})"#, #"[false, []]"#),
        Example(#"div(7, 2)"#, #"3.5"#),
        Example(#"endswith("abc", "c")"#, #"true"#),
        Example(#"eq(1, 1)"#, #"true"#),
        Example(#"equal(1, 1)"#, #"true"#),
        Example(#"floor(-1.2)"#, #"-2"#),
        Example(#"format_int(255, 16)"#, #""ff""#),
        Example(#"glob.match("*.a.*", ["."], "x.a.y")"#, #"true"#),
        Example(#"glob.quote_meta("*")"#, #""\\*""#),
        Example(#"graph.reachable({"a": ["b"], "b": []}, ["a"])"#, #"{"a", "b"}"#),
        Example(#"graph.reachable_paths({"a": ["b"], "b": []}, ["a"])"#, #"{["a", "b"]}"#),
        Example(#"graphql.is_valid("{a}", "type Query{a: Int}")"#, #"true"#),
        Example(#"count(graphql.parse("{a}", "type Query{a: Int}"))"#, #"2"#),
        Example(#"graphql.parse_and_verify("{b}", "type Query{a: Int}")"#, #"[false, {}, {}]"#),
        Example(#"graphql.parse_query("{a}").Operations[0].Operation"#, #""query""#),
        Example(#"graphql.parse_schema("type Query{a: Int}").Definitions[0].Name"#, #""Query""#),
        Example(#"graphql.schema_is_valid("type Query{a: Nowhere}")"#, #"false"#),
        Example(#"gt(2, 1)"#, #"true"#),
        Example(#"gte(1, 1)"#, #"true"#),
        Example(#"hex.decode("6162")"#, #""ab""#),
        Example(#"hex.encode("ab")"#, #""6162""#),
        Example(#"indexof("abc", "c")"#, #"2"#),
        Example(#"indexof_n("aba", "a")"#, #"[0, 2]"#),
        Example(#"internal.member_2(1, [1])"#, #"true"#),
        Example(#"internal.member_3(0, 1, [1])"#, #"true"#),
        Example(#"intersection({{1, 2}, {2}})"#, #"{2}"#),
        Example(
            #"io.jwt.decode("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhIn0.r8nzrf8FKWLfPrXti01X_9GoHEVRQmSdTPUMHR6uyUM")"#,
            #"[{"alg": "HS256", "typ": "JWT"}, {"iss": "a"}, "afc9f3adff052962df3eb5ed8b4d57ffd1a81c455142649d4cf50c1d1eaec943"]"#
        ),
        Example(
            #"io.jwt.decode_verify("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhIn0.r8nzrf8FKWLfPrXti01X_9GoHEVRQmSdTPUMHR6uyUM", {"secret": "k", "iss": "a"})"#,
            #"[true, {"alg": "HS256", "typ": "JWT"}, {"iss": "a"}]"#),
        Example(
            #"io.jwt.encode_sign({"alg": "HS256"}, {"iss": "a"}, {"kty": "oct", "k": "aw"})"#,
            #""eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.xhzc2pNAmkWO-pL6z4REGUdAQ5C1zz0k551T0ylSyLM""#),
        Example(
            #"io.jwt.encode_sign_raw(`{"alg":"HS256"}`, `{"iss":"a"}`, `{"kty":"oct","k":"aw"}`)"#,
            #""eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.xhzc2pNAmkWO-pL6z4REGUdAQ5C1zz0k551T0ylSyLM""#),
        Example(
            #"io.jwt.verify_hs256("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhIn0.r8nzrf8FKWLfPrXti01X_9GoHEVRQmSdTPUMHR6uyUM", "k")"#,
            #"true"#),
        Example(
            #"io.jwt.verify_hs384("eyJhbGciOiJIUzM4NCJ9.eyJpc3MiOiJhIn0.GkT1Mm5I17YGrJW-ovcSviWOxEDPXLIfdCKoe4pFKcZpN4cuqyWuAn29gF6SWWbg", "k")"#,
            #"true"#),
        Example(
            #"io.jwt.verify_hs512("eyJhbGciOiJIUzUxMiJ9.eyJpc3MiOiJhIn0.xWspumg7aLD8gs7aXzAJvD0njH6QpRrgMZKvZU17bcqQENq3DDgI-aEOy2JIcB58w_ljqreAjONXGGiPc7lQxQ", "no")"#,
            #"false"#),
        Example(#"is_array([])"#, #"true"#),
        Example(#"is_boolean(1)"#, #"false"#),
        Example(#"is_null(null)"#, #"true"#),
        Example(#"is_number(1)"#, #"true"#),
        Example(#"is_object({})"#, #"true"#),
        Example(#"is_set(set())"#, #"true"#),
        Example(#"is_string("")"#, #"true"#),
        Example(#"json.filter({"a": {"b": 1, "c": 2}}, ["a/b"])"#, #"{"a": {"b": 1}}"#),
        Example(#"json.is_valid("{}")"#, #"true"#),
        Example(#"json.marshal({"a": {1}})"#, #""{\"a\":[1]}""#),
        Example(#"json.marshal_with_options([1], {"pretty": true, "indent": " "})"#, #""[\n 1\n]""#),
        Example(
            #"json.match_schema({"a": 1}, {"properties": {"a": {"type": "string"}}})"#,
            #"[false, [{"desc": "Invalid type. Expected: string, given: integer", "error": "a: Invalid type. Expected: string, given: integer", "field": "a", "type": "invalid_type"}]]"#
        ),
        Example(#"json.patch({"a": 1}, [{"op": "add", "path": "/b", "value": 2}])"#, #"{"a": 1, "b": 2}"#),
        Example(#"json.remove({"a": 1, "b": 2}, ["a"])"#, #"{"b": 2}"#),
        Example(#"json.unmarshal("[1.5, {\"a\": 1, \"a\": 2}]")"#, #"[1.5, {"a": 2}]"#),
        Example(#"json.verify_schema({"type": "nothing"})[0]"#, #"false"#),
        Example(#"lower("ÄB")"#, #""äb""#),
        Example(#"lt(1, 2)"#, #"true"#),
        Example(#"lte(2, 1)"#, #"false"#),
        Example(#"max([1, 3, 2])"#, #"3"#),
        Example(#"min({"b", "a"})"#, #""a""#),
        Example(#"minus(3, 1)"#, #"2"#),
        Example(#"mul(3, 2)"#, #"6"#),
        Example(#"neq(1, 2)"#, #"true"#),
        Example(#"net.cidr_contains("10.0.0.0/8", "10.1.2.3")"#, #"true"#),
        Example(#"net.cidr_contains_matches("1.1.1.0/24", "1.1.1.128")"#, #"{["1.1.1.0/24", "1.1.1.128"]}"#),
        Example(#"net.cidr_expand("192.0.2.0/31")"#, #"{"192.0.2.0", "192.0.2.1"}"#),
        Example(#"net.cidr_intersects("10.0.0.0/8", "11.0.0.0/8")"#, #"false"#),
        Example(#"net.cidr_is_valid("1.2.3.4/33")"#, #"false"#),
        Example(#"net.cidr_merge(["192.0.2.0/25", "192.0.2.128/25"])"#, #"{"192.0.2.0/24"}"#),
        Example(#"net.cidr_overlap("10.0.0.0/8", "10.1.1.1")"#, #"true"#),
        Example(#"net.lookup_ip_addr("192.0.2.7")"#, #"{"192.0.2.7"}"#),
        Example(#"numbers.range(1, 3)"#, #"[1, 2, 3]"#),
        Example(#"numbers.range_step(1, 5, 2)"#, #"[1, 3, 5]"#),
        Example(#"object.filter({"a": 1, "b": 2}, ["a"])"#, #"{"a": 1}"#),
        Example(#"object.get({"a": 1}, "b", 0)"#, #"0"#),
        Example(#"object.keys({"a": 1})"#, #"{"a"}"#),
        Example(#"object.remove({"a": 1, "b": 2}, {"a"})"#, #"{"b": 2}"#),
        Example(#"object.subset({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}})"#, #"true"#),
        Example(#"object.union({"a": 1}, {"b": 2})"#, #"{"a": 1, "b": 2}"#),
        Example(#"object.union_n([{"a": 1}, {"a": 2}])"#, #"{"a": 2}"#),
        Example(#"opa.runtime().env.A"#, #""b""#),
        Example(#"or({1}, {2})"#, #"{1, 2}"#),
        Example(#"plus(1, 2)"#, #"3"#),
        Example(#"product([2, 3])"#, #"6"#),
        Example(
            #"providers.aws.sign_req({"method": "get", "url": "http://a.example"}, {"aws_access_key": "k", "aws_secret_access_key": "s", "aws_service": "s3", "aws_region": "r"}, 0).headers["x-amz-date"]"#,
            #""19700101T000000Z""#),
        Example(#"rand.intn("a", 1)"#, #"0"#),
        Example(#"re_match("^a", "ab")"#, #"true"#),
        Example(#"regex.find_all_string_submatch_n("a(.)", "abac", -1)"#, #"[["ab", "b"], ["ac", "c"]]"#),
        Example(#"regex.find_n("a.", "abac", 1)"#, #"["ab"]"#),
        Example(#"regex.globs_match("a.*", "ab*")"#, #"true"#),
        Example(#"regex.is_valid("(")"#, #"false"#),
        Example(#"regex.match("^a+$", "aa")"#, #"true"#),
        Example(#"regex.replace("abab", "a(b)", "$1")"#, #""bb""#),
        Example(#"regex.split(",", "a,b")"#, #"["a", "b"]"#),
        Example(#"regex.template_match("urn:{.*}:x", "urn:y:x", "{", "}")"#, #"true"#),
        Example(#"rego.metadata.chain()"#, #"[{"path": ["t", "p"]}]"#),
        Example(#"rego.metadata.rule()"#, #"{}"#),
        Example(#"rego.parse_module("a.rego", "package a.b")["package"].path[1].value"#, #""a""#),
        Example(#"rem(7, 3)"#, #"1"#),
        Example(#"replace("aba", "a", "c")"#, #""cbc""#),
        Example(#"round(2.5)"#, #"3"#),
        Example(#"semver.compare("1.2.3", "1.10.0")"#, #"-1"#),
        Example(#"semver.is_valid("1.2")"#, #"false"#),
        Example(#"set_diff({1, 2}, {2})"#, #"{1}"#),
        Example(#"sort({2, 1})"#, #"[1, 2]"#),
        Example(#"split("a.b", ".")"#, #"["a", "b"]"#),
        Example(#"sprintf("%s-%d", ["a", 1])"#, #""a-1""#),
        // Verbs, flags and complaints are Go's.
        Example(#"sprintf("%[2]d %[1]d %d", [1, 2])"#, #""2 1 2""#),
        Example(#"sprintf("%*d|%-*d|%.*f", [4, 7, 3, 8, 1, 2.25])"#, #""   7|8  |2.2""#),
        Example(#"sprintf("%v %v %v", [1234567.5, 0.00001, 0.5])"#, #""1.2345675e+06 1e-05 0.5""#),
        Example(
            #"sprintf("%.2f %e %g %08.3f", [2.675, 1.5, 100000000.5, -3.14159])"#,
            #""2.67 1.500000e+00 1.000000005e+08 -003.142""#),
        Example(
            #"sprintf("%+d % d %05d %x %X %o %b %#x %U %c", [5, 5, -5, 255, 255, 8, 5, 255, 65, 65])"#,
            #""+5  5 -0005 ff FF 10 101 0xff U+0041 A""#),
        Example(
            #"sprintf("%5s|%-5s|%.2s|%x|% X", ["a", "b", "abc", "hi", "hi"])"#, #""    a|b    |ab|6869|68 69""#),
        Example(
            #"sprintf("%d %s %.2f %z %d %", ["x", 1, 2, 3])"#,
            #""%!d(string=x) %!s(int=1) %!f(int=02) %!z(int=3) %!d(MISSING) %!(NOVERB)""#),
        Example(#"sprintf("a", [1, "b", 2.5])"#, #""a%!(EXTRA int=1, string=b, float64=2.5)""#),
        Example(
            #"sprintf("%d %T", [12345678901234567890, 12345678901234567890])"#, #""12345678901234567890 *big.Int""#),
        Example(#"sprintf("%[5]d %[x]d", [1])"#, #""%!d(BADINDEX) %!d(BADINDEX)""#),
        Example(#"json.marshal("<&>")"#, #""\"\\u003c\\u0026\\u003e\"""#),
        Example(#"upper("straße")"#, #""STRAßE""#),
        Example(#"lower("İΣ")"#, #""iσ""#),
        Example(#"object.subset({"a": [1, 2, 3]}, {"a": [2, 3]})"#, #"true"#),
        Example(#"to_number("+.5")"#, #"0.5"#),
        Example(#"units.parse("1.5e2Mi")"#, #"157286400"#),
        Example(#"units.parse("100m")"#, #"0.1"#),
        Example(#"time.parse_ns("RFC822", "02 Jan 06 15:04 MST")"#, #"1136214240000000000"#),
        Example(
            #"time.parse_ns("2006-002 15:04:05.000 -07:00", "2020-060 01:02:03.250 +01:00")"#, #"1582934523250000000"#),
        Example(#"net.cidr_contains("192.0.2.0/24", "::ffff:192.0.2.9")"#, #"true"#),
        Example(#"count(rego.parse_module("a.rego", "package a\n\n# b\np := 1").comments)"#, #"1"#),
        Example(
            #"rego.parse_module("a.rego", "package a\n\np := 1").rules[0].head.value"#,
            #"{"type": "number", "value": 1}"#),
        Example(#"startswith("ab", "a")"#, #"true"#),
        Example(#"strings.any_prefix_match("abc", ["x", "a"])"#, #"true"#),
        Example(#"strings.any_suffix_match(["abc"], "c")"#, #"true"#),
        Example(#"strings.count("banana", "an")"#, #"2"#),
        Example(
            #"strings.render_template("{{range $i, $e := .xs}}{{if $i}}, {{end}}{{$e}}{{end}} of {{.n.m}}", {"xs": ["a", "b"], "n": {"m": 2}})"#,
            #""a, b of 2""#),
        Example(#"strings.replace_n({"a": "b"}, "aa")"#, #""bb""#),
        Example(#"strings.reverse("abc")"#, #""cba""#),
        Example(#"strings.split_n("a,b,c", ",", -2)"#, #"["b", "c"]"#),
        Example(#"substring("abcdef", 2, 3)"#, #""cde""#),
        Example(#"sum([1, 2.5])"#, #"3.5"#),
        Example(#"time.add_date(0, 1, 1, 1)"#, #"34300800000000000"#),
        Example(#"time.clock(3661000000000)"#, #"[1, 1, 1]"#),
        Example(#"time.date(0)"#, #"[1970, 1, 1]"#),
        Example(#"time.diff(90061000000000, 0)"#, #"[0, 0, 1, 1, 1, 1]"#),
        Example(#"time.format([0, "UTC", "2006-01-02"])"#, #""1970-01-01""#),
        Example(#"time.now_ns()"#, #"1700000000000000000"#),
        Example(#"time.parse_duration_ns("1h")"#, #"3600000000000"#),
        Example(#"time.parse_ns("2006-01-02", "1970-01-02")"#, #"86400000000000"#),
        Example(#"time.parse_rfc3339_ns("1970-01-01T00:00:01Z")"#, #"1000000000"#),
        Example(#"time.weekday(0)"#, #""Thursday""#),
        Example(#"to_number("1.50")"#, #"1.5"#),
        Example(#"trace("note")"#, #"true"#),
        Example(#"trim("xax", "x")"#, #""a""#),
        Example(#"trim_left("xax", "x")"#, #""ax""#),
        Example(#"trim_prefix("abc", "a")"#, #""bc""#),
        Example(#"trim_right("xax", "x")"#, #""xa""#),
        Example(#"trim_space(" a ")"#, #""a""#),
        Example(#"trim_suffix("abc", "c")"#, #""ab""#),
        Example(#"type_name(1)"#, #""number""#),
        Example(#"union({{1}, {2}})"#, #"{1, 2}"#),
        Example(#"units.parse("10Ki")"#, #"10240"#),
        Example(#"units.parse_bytes("1MB")"#, #"1000000"#),
        Example(#"upper("ä")"#, #""Ä""#),
        Example(#"uri.is_valid("http://a b")"#, #"false"#),
        Example(
            #"uri.parse("https://h.example:8/a%2Fb?q=1#f")"#,
            #"{"fragment": "f", "hostname": "h.example", "path": "/a/b", "port": "8", "raw_path": "/a%2Fb", "raw_query": "q=1", "scheme": "https"}"#
        ),
        Example(#"urlquery.decode("a%20b")"#, #""a b""#),
        Example(#"urlquery.decode_object("a=1&a=2")"#, #"{"a": ["1", "2"]}"#),
        Example(#"urlquery.encode("a b")"#, #""a+b""#),
        Example(#"urlquery.encode_object({"a": "b c"})"#, #""a=b+c""#),
        Example(#"uuid.parse("00000000-0000-4000-8000-000000000000").version"#, #"4"#),
        Example(#"count(uuid.rfc4122("k"))"#, #"36"#),
        Example(#"count([y | walk([1], y)])"#, #"2"#),
        Example(#"yaml.is_valid("a: [")"#, #"false"#),
        Example(#"yaml.marshal({"a": 1})"#, #""a: 1\n""#),
        Example(#"yaml.unmarshal("a: [1]")"#, #"{"a": [1]}"#),
    ]

    static let errors = [
        Example(#"abs(u("x"))"#, #"operand 1 must be number but got string"#),
        Example(#"array.concat(u(1), [])"#, #"operand 1 must be array but got number"#),
        Example(#"base64.decode("!")"#, #"illegal base64 data"#),
        Example(#"base64.decode("YWJjYQ")"#, #"illegal base64 data at input byte 4"#),
        Example(#"base64url.decode("YWJjY")"#, #"illegal base64url string: YWJjY"#),
        Example(#"regex.match("(", "a")"#, #"error parsing regexp: missing closing ): `(`"#),
        Example(#"regex.match("a**", "a")"#, #"error parsing regexp: invalid nested repetition operator: `**`"#),
        Example(#"regex.template_match("a{b", "a", "{", "}")"#, #"unbalanced braces"#),
        Example(
            #"regex.template_match("a", "a", "{{", "}")"#,
            #"start delimiter has to be exactly one character long but is 2 long"#),
        Example(#"time.parse_duration_ns("1")"#, #"time: missing unit in duration "1""#),
        Example(#"time.parse_duration_ns("1y")"#, #"time: unknown unit "y" in duration "1y""#),
        Example(#"time.parse_ns("2006-01-02", "2020-13-01")"#, #"parsing time "2020-13-01": month out of range"#),
        Example(#"time.parse_ns("2006-01-02", "2020-02-30")"#, #"parsing time "2020-02-30": day out of range"#),
        Example(#"time.parse_ns("2006-01-02", "2020-02-1x")"#, #"cannot parse "1x" as "02""#),
        Example(#"time.parse_ns("2006", "2020 x")"#, #"parsing time "2020 x": extra text: " x""#),
        Example(#"time.date(u(1.5))"#, #"timestamp too big"#),
        Example(#"units.parse("1b")"#, #"unit b not recognized"#),
        Example(#"units.parse_bytes("1b")"#, #"byte unit b not recognized"#),
        Example(#"units.parse("1e9999999")"#, #"exponent too large"#),
        Example(#"urlquery.encode_object(u({"a": [1]}))"#, #"values must be string, array[string], or set[string]"#),
        Example(#"io.jwt.decode_verify("a.b.c", {})"#, #"no key constraint"#),
        Example(
            #"io.jwt.decode_verify("a.b.c", {"secret": "x", "time": -1})"#,
            #"token time constraint: must not be negative"#),
        Example(
            #"io.jwt.decode("e30.e30.a")"#, #"JWT signature had invalid encoding: illegal base64url string: a"#),
        Example(#"io.jwt.decode("eyJlbmMiOiJ4In0.e30.YQ")"#, #"JWT is a JWE object, which is not supported"#),
        Example(#"io.jwt.decode("YQ.e30.YQ")"#, #"bad JWT header: invalid JSON"#),
        Example(
            #"io.jwt.encode_sign({"alg": "none"}, {}, {"kty": "oct", "k": "aw"})"#, #"unknown JWS algorithm: none"#),
        Example(#"bits.lsh(1, -1)"#, #"operand 2 must be an unsigned integer number"#),
        Example(#"1 / u(0)"#, #"divide by zero"#),
        Example(#"7 % u(0)"#, #"modulo by zero"#),
        Example(#"concat(",", u([1]))"#, #"operand 2 must be array of strings"#),
        Example(#"count(u(1))"#, #"operand 1 must be one of"#),
        Example(#"crypto.x509.parse_certificates("foobar")"#, #"illegal base64"#),
        Example(#"crypto.x509.parse_certificate_request("YmFkc3RyaW5n")"#, #"asn1: structure error"#),
        Example(#"crypto.x509.parse_keypair("", "")"#, #"find any PEM data"#),
        Example(#"crypto.x509.parse_rsa_private_key("")"#, #"input PEM data was empty"#),
        Example(#"crypto.x509.parse_and_verify_certificates_with_options("", {"X": 1})"#, #"invalid key option"#),
        Example(#"format_int(1, 7)"#, #"operand 2 must be one of {2, 8, 10, 16}"#),
        Example(#"glob.match("[", [], "a")"#, #"glob"#),
        Example(#"graphql.parse_query("{")"#, #"Expected Name, found <EOF> in GraphQL string at location 1:2"#),
        Example(#"graphql.parse("{b}", "type Query{a: Int}")"#, #"Cannot query field"#),
        Example(#"graphql.parse_schema("type")"#, #"Expected Name, found <EOF>"#),
        Example(#"hex.decode("x")"#, #"invalid byte"#),
        Example(#"indexof("a", "")"#, #"empty search character"#),
        Example(#"io.jwt.decode("a.b")"#, #"must have 3 sections"#),
        Example(#"io.jwt.encode_sign({}, {}, {})"#, #"alg"#),
        Example(#"io.jwt.verify_rs256("a.b.YQ", "key")"#, #"JWK"#),
        Example(#"json.match_schema({}, "{")"#, #"invalid JSON string"#),
        Example(#"json.patch({}, u(1))"#, #"operand 2 must be array but got number"#),
        Example(#"json.unmarshal("{")"#, #"expected a key in quotes"#),
        Example(#"net.cidr_contains("x", "1.1.1.1")"#, #"invalid CIDR"#),
        Example(#"numbers.range_step(1, 2, 0)"#, #"step"#),
        Example(#"object.get(u(1), "a", 0)"#, #"operand 1 must be object but got number"#),
        Example(
            #"providers.aws.sign_req({"method": "get", "url": "http://a"}, {}, 0)"#,
            #"missing required AWS config parameters"#),
        Example(#"regex.match("(", "a")"#, #"error parsing regexp"#),
        Example(#"rego.parse_module("a.rego", "x")"#, #"rego_parse_error"#),
        Example(#"semver.compare("1", "1.0.0")"#, #"not a valid SemVer"#),
        Example(#"sprintf(u(1), [])"#, #"operand 1 must be string but got number"#),
        Example(#"strings.render_template("{{.missing}}", {})"#, #"no entry for key"#),
        Example(#"strings.render_template("{{if", {})"#, #"unclosed action"#),
        Example(#"substring("a", -1, 1)"#, #"negative offset"#),
        Example(#"sum(u(["a"]))"#, #"operand 1 must be"#),
        Example(#"time.parse_duration_ns("x")"#, #"duration"#),
        Example(#"time.parse_rfc3339_ns("x")"#, #"x"#),
        Example(#"to_number("x")"#, #"invalid syntax"#),
        Example(#"units.parse("1 K")"#, #"spaces not allowed"#),
        Example(#"units.parse_bytes("K")"#, #"no byte amount provided"#),
        Example(#"uri.parse("http://[::1")"#, #"invalid URI"#),
        Example(#"uuid.parse(u(1))"#, #"operand 1 must be string but got number"#),
        Example(#"yaml.unmarshal("a: [")"#, #"did not find expected"#),
    ]

    /// All of the language, those that are going away included.
    static let names: [String] = """
        abs all and any array.concat array.flatten array.reverse array.slice assign base64.decode base64.encode
        base64.is_valid base64url.decode base64url.encode base64url.encode_no_pad bits.and bits.lsh bits.negate
        bits.or bits.rsh bits.xor cast_array cast_boolean cast_null cast_object cast_set cast_string ceil
        concat contains count crypto.hmac.equal crypto.hmac.md5 crypto.hmac.sha1 crypto.hmac.sha256
        crypto.hmac.sha512 crypto.md5 crypto.parse_private_keys crypto.sha1 crypto.sha256
        crypto.x509.parse_and_verify_certificates crypto.x509.parse_and_verify_certificates_with_options
        crypto.x509.parse_certificate_request crypto.x509.parse_certificates crypto.x509.parse_keypair
        crypto.x509.parse_rsa_private_key div endswith eq equal floor format_int glob.match glob.quote_meta
        graph.reachable graph.reachable_paths graphql.is_valid graphql.parse graphql.parse_and_verify
        graphql.parse_query graphql.parse_schema graphql.schema_is_valid gt gte hex.decode hex.encode http.send
        indexof indexof_n internal.member_2 internal.member_3 internal.print internal.template_string
        internal.test_case intersection io.jwt.decode io.jwt.decode_verify io.jwt.encode_sign
        io.jwt.encode_sign_raw io.jwt.verify_eddsa io.jwt.verify_es256 io.jwt.verify_es384 io.jwt.verify_es512
        io.jwt.verify_hs256 io.jwt.verify_hs384 io.jwt.verify_hs512 io.jwt.verify_ps256 io.jwt.verify_ps384
        io.jwt.verify_ps512 io.jwt.verify_rs256 io.jwt.verify_rs384 io.jwt.verify_rs512 is_array is_boolean
        is_null is_number is_object is_set is_string json.filter json.is_valid json.marshal
        json.marshal_with_options json.match_schema json.patch json.remove json.unmarshal json.verify_schema
        lower lt lte max min minus mul neq net.cidr_contains net.cidr_contains_matches net.cidr_expand
        net.cidr_intersects net.cidr_is_valid net.cidr_merge net.cidr_overlap net.lookup_ip_addr numbers.range
        numbers.range_step object.filter object.get object.keys object.remove object.subset object.union
        object.union_n opa.runtime or plus print product providers.aws.sign_req rand.intn re_match
        regex.find_all_string_submatch_n regex.find_n regex.globs_match regex.is_valid regex.match
        regex.replace regex.split regex.template_match rego.metadata.chain rego.metadata.rule rego.parse_module
        rem replace round semver.compare semver.is_valid set_diff sort split sprintf startswith
        strings.any_prefix_match strings.any_suffix_match strings.count strings.render_template
        strings.replace_n strings.reverse strings.split_n substring sum time.add_date time.clock time.date
        time.diff time.format time.now_ns time.parse_duration_ns time.parse_ns time.parse_rfc3339_ns
        time.weekday to_number trace trim trim_left trim_prefix trim_right trim_space trim_suffix type_name
        union units.parse units.parse_bytes upper uri.is_valid uri.parse urlquery.decode urlquery.decode_object
        urlquery.encode urlquery.encode_object uuid.parse uuid.rfc4122 walk yaml.is_valid yaml.marshal
        yaml.unmarshal
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    /// Shown elsewhere: what the compiler makes, what needs a key or a network, and what has no value.
    static let operators: Set<String> = [
        "assign",
        "internal.print",
        "internal.test_case",
        "internal.template_string",
        "print",
        "http.send",
        "crypto.x509.parse_certificate_request",
        "crypto.x509.parse_keypair",
        "crypto.x509.parse_rsa_private_key",
        "io.jwt.verify_eddsa",
        "io.jwt.verify_es256",
        "io.jwt.verify_es384",
        "io.jwt.verify_es512",
        "io.jwt.verify_ps256",
        "io.jwt.verify_ps384",
        "io.jwt.verify_ps512",
        "io.jwt.verify_rs256",
        "io.jwt.verify_rs384",
        "io.jwt.verify_rs512",
    ]
}
