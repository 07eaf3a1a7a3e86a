/// A text with actions in double braces, as Go's `text/template` reads it.
struct TextTemplate {
    indirect enum Node {
        case text(String)
        case output(Pipeline)
        case condition(Pipeline, [Node], [Node])
        case with(Pipeline, [Node], [Node])
        case range(Pipeline, [Node], [Node])
        /// Another template, with what it is about.
        case template(String, Pipeline?, position: Int)
        case breakLoop
        case continueLoop
    }

    /// Commands, each of which gets the value of the one before as its last argument.
    struct Pipeline {
        var commands: [[Operand]]
        /// `$key, $value := …`
        var variables: [String] = []
        /// `=` instead of `:=`.
        var isAssignment = false
    }

    struct Operand {
        indirect enum Kind {
            case value(RegoValue)
            case dot
            case absent
            case function(String)
            /// Keys behind the dot.
            case field([String])
            case variable(String, [String])
            case group(Pipeline, [String])
        }

        var kind: Kind
        /// Where it begins in the text, and what is written there.
        var position: Int
        var text: String
    }

    /// Actions inside each other, and templates called by each other.
    static let depthMax = 50
    static let outputMax = 1 << 20
    /// Nodes that are rendered at most.
    static let stepsMax = 200_000
    /// As OPA calls it.
    static let mainName = "template"

    let source: [Unicode.Scalar]
    var templates: [String: [Node]] = [:]

    init(_ text: String) throws(BuiltinFailure) {
        source = Array(text.unicodeScalars)
        var parser = TemplateParser(try TemplateLexer.parts(source), source)
        templates = try parser.templates()
    }

    func render(_ data: RegoValue) throws(BuiltinFailure) -> String {
        var renderer = TemplateRenderer(self, data)
        return try renderer.text()
    }

    /// The line, counted from 1, and the column, counted from 0.
    static func place(_ position: Int, _ source: [Unicode.Scalar]) -> (line: Int, column: Int) {
        let before = source[..<min(position, source.count)]
        let line = 1 + before.count { $0 == "\n" }
        let start = before.lastIndex(of: "\n").map { $0 + 1 } ?? 0
        return (line, StringBuiltins.string(before[start...]).utf8.count)
    }
}
