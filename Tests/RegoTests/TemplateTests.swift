import Documents
import Rego
import Testing

/// `strings.render_template`, as Go's templates are read.
@Suite struct TemplateTests {
    private static let policy = "package t\n\np := strings.render_template(input.text, input.data)\n"

    private func render(_ text: String, _ data: Value) throws -> String? {
        let policy = try CompiledPolicy(modules: [try PolicyModule(parsing: Self.policy, file: "t.rego")])
        return try policy.evaluate(
            rule: "data.t.p", input: ["text": .string(text), "data": data],
            surroundings: EvaluationSurroundings(hasStrictErrors: true))?.string
    }

    private static let data: Value = [
        "name": "Ann", "n": 3, "zero": 0, "no": false, "none": .null, "xs": ["a", "b", "c"],
        "map": ["k": "v", "j": "w"], "html": "<b>",
    ]

    @Test(
        arguments: [
            ("hello {{.name}}", "hello Ann"), ("{{.n}}{{.no}}{{.none}}", "3false<no value>"),
            ("{{.map}} {{.xs}}", "map[j:w k:v] [a b c]"), (#"a {{- "b" -}} c"#, "abc"), ("{{/* no */}}x", "x"),
            ("{{if .no}}a{{else if .name}}b{{else}}c{{end}}", "b"), ("{{with .name}}{{.}}{{else}}x{{end}}", "Ann"),
            // Numbers of the data are texts, also to a condition.
            ("{{if .zero}}yes{{end}}", "yes"), (#"{{eq .n "3"}}"#, "true"),
            ("{{range $i, $x := .xs}}{{if $i}},{{end}}{{$x}}{{end}}", "a,b,c"),
            ("{{range $k, $v := .map}}{{$k}}={{$v}};{{end}}", "j=w;k=v;"),
            (#"{{range .xs}}{{if eq . "b"}}{{break}}{{end}}{{.}}{{end}}"#, "a"),
            (#"{{range .xs}}{{if eq . "b"}}{{continue}}{{end}}{{.}}{{end}}"#, "ac"),
            ("{{range .none}}x{{else}}empty{{end}}", "empty"), ("{{range 3}}{{.}}{{end}}", "012"),
            ("{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"),
            (#"{{define "t"}}<{{.}}>{{end}}{{template "t" .name}}"#, "<Ann>"),
            (#"{{block "b" .name}}[{{.}}]{{end}}"#, "[Ann]"),
            (#"{{.name | printf "%s-%d" "x"}}"#, "x-%!d(string=Ann)"), (#"{{printf "%05.1f" 2.25}}"#, "002.2"),
            (#"{{len .xs}} {{index .xs 1}} {{index .map "k"}} {{slice .name 1 2}}"#, "3 b v n"),
            (#"{{(index .xs 0)}}{{and .name "z"}}{{or .no "y"}}{{not .no}}"#, "azytrue"),
            (#"{{html .html}} {{js "'"}} {{urlquery "a b"}}"#, #"&lt;b&gt; \' a+b"#),
            (#"{{lt 1 2}} {{ge 2.5 2.5}} {{ne "a" "b"}} {{eq 1 2 1}}"#, "true true true true"),
            (#"{{print 1 2 "x" 3}} {{println "a" 1}}"#, "1 2x3 a 1\n"),
        ] as [(String, String)])
    func `a template is rendered`(_ text: String, _ expected: String) throws {
        #expect(try render(text, Self.data) == expected)
    }

    @Test(
        arguments: [
            ("a {{.x}}", #"template: template:1:4: executing "template" at <.x>: map has no entry for key "x""#),
            ("\n{{.name.y}}", #"template: template:2:2: executing "template" at <.name.y>: can't evaluate field y"#),
            ("{{.name", "template: template:1: unclosed action"), ("{{end}}", "unexpected {{end}}"),
            ("{{if .no}}", "unexpected EOF"), ("{{foo}}", #"function "foo" not defined"#),
            ("{{break}}", "{{break}} outside {{range}}"), (#"{{template "no"}}"#, #"template "no" not defined"#),
            (#"{{define "t"}}{{template "t"}}{{end}}{{template "t"}}"#, "exceeded maximum template depth"),
            ("{{gt .n 1}}", "incompatible types for comparison"), ("{{index .xs 9}}", "index out of range: 9"),
            ("{{range .name}}{{end}}", "range can't iterate over Ann"),
            ("{{.name 1}}", "can't give argument to non-function"), (#"{{"a" | .name}}"#, "non executable command"),
            ("{{$y}}", #"undefined variable "$y""#), ("{{}}", "missing value"),
            ("{{range 2000}}{{range 2000}}x{{end}}{{end}}", "too long"),
        ])
    func `a template is told what is wrong with it`(_ text: String, _ message: String) throws {
        let error = #expect(throws: RegoError.self) { try render(text, Self.data) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
}
