import Documents
public import Rego

/// `check`: reads and compiles, and says what is wrong.
public enum CheckTool {
    public enum Format: String, Sendable, CaseIterable { case pretty, json }

    /// Status 0 when nothing is wrong, else 1 with the errors on standard error.
    public static func run(
        _ load: () throws -> PolicySources, format: Format, checks: CheckOptions = CheckOptions(), errorsMax: Int = 10
    ) -> ToolOutput {
        do {
            _ = try load().compiled(checks: checks)
            return ToolOutput()
        } catch {
            var report = ErrorReport(error)
            // Zero is no bound.
            if errorsMax > 0, report.entries.count > errorsMax {
                report.entries =
                    report.entries.prefix(errorsMax) + [
                        ErrorReport.Entry(message: "error limit reached", code: "rego_compile_error")
                    ]
            }
            return ToolOutput(diagnostics: format == .json ? report.json : report.text, status: 1)
        }
    }
}

/// `parse`: one module as a tree.
public enum ParseTool {
    public enum Format: String, Sendable, CaseIterable { case pretty, json }

    public static func run(
        _ text: String, file: String, version: RegoVersion, format: Format, hasLocations: Bool, hasComments: Bool = true
    ) -> ToolOutput {
        let tree: Value
        do {
            tree = try PolicyModule(parsing: text, file: file, version: version).tree(
                hasLocations: hasLocations, hasComments: hasComments)
        } catch {
            let report = ErrorReport(error)
            return ToolOutput(diagnostics: format == .json ? report.json : report.text, status: 1)
        }
        switch format {
        case .json: return ToolOutput(output: JSONWriter.string(tree, style: .pretty) + "\n")
        case .pretty: return ToolOutput(output: TreeText.text(tree))
        }
    }
}

/// A module's tree as indented lines.
enum TreeText {
    static func text(_ module: Value) -> String {
        var lines = ["module", " package"]
        append(["type": "ref", "value": module["package"]?["path"] ?? .null], 2, &lines)
        for item in module["imports"]?.array ?? [] {
            lines.append(" import")
            append(item["path"] ?? .null, 2, &lines)
            if let alias = item["alias"]?.string { lines.append("  \(alias)") }
        }
        for rule in module["rules"]?.array ?? [] { self.rule(rule, 1, "rule", &lines) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func rule(_ rule: Value, _ depth: Int, _ word: String, _ lines: inout [String]) {
        let indent = String(repeating: " ", count: depth)
        lines.append(indent + word)
        if rule["default"]?.bool == true { lines.append(indent + " default") }
        lines.append(indent + " head")
        append(["type": "ref", "value": rule["head"]?["ref"] ?? .null], depth + 2, &lines)
        if let arguments = rule["head"]?["args"]?.array {
            lines.append(indent + "  args")
            for argument in arguments { append(argument, depth + 3, &lines) }
        }
        for key in ["key", "value"] { if let term = rule["head"]?[key] { append(term, depth + 2, &lines) } }
        body(rule["body"] ?? .null, depth + 1, &lines)
        if let other = rule["else"] { self.rule(other, depth + 1, "else", &lines) }
    }

    private static func body(_ body: Value, _ depth: Int, _ lines: inout [String]) {
        let indent = String(repeating: " ", count: depth)
        lines.append(indent + "body")
        for statement in body.array ?? [] {
            let negated = statement["negated"]?.bool == true ? " negated" : ""
            lines.append("\(indent) expr index=\(statement["index"]?.integer ?? 0)\(negated)")
            let terms = statement["terms"] ?? .null
            if let list = terms.array {
                for term in list { append(term, depth + 2, &lines) }
            } else if let symbols = terms["symbols"]?.array {
                lines.append(indent + "  some")
                for symbol in symbols { append(symbol, depth + 3, &lines) }
            } else if let inner = terms["body"] {
                if terms["domain"] != nil {
                    lines.append(indent + "  every")
                    for key in ["key", "value", "domain"] {
                        if let term = terms[key], !term.isNull { append(term, depth + 3, &lines) }
                    }
                }
                self.body(inner, depth + 3, &lines)
            } else {
                append(terms, depth + 2, &lines)
            }
            for modifier in statement["with"]?.array ?? [] {
                lines.append(indent + "  with")
                for key in ["target", "value"] { append(modifier[key] ?? .null, depth + 3, &lines) }
            }
        }
    }

    private static func append(_ term: Value, _ depth: Int, _ lines: inout [String]) {
        let indent = String(repeating: " ", count: depth)
        let type = term["type"]?.string ?? "term"
        let value = term["value"] ?? .null
        switch type {
        case "var", "number", "boolean", "string":
            lines.append(indent + (type == "var" ? value.string ?? "" : JSONWriter.string(value)))
        case "null": lines.append(indent + "null")
        case "ref" where isOperator(value):
            lines.append(indent + (value.array ?? []).compactMap { $0["value"]?.string }.joined(separator: "."))
        case "ref", "call", "array", "set", "templatestring":
            lines.append(indent + type)
            for inner in value.array ?? value["parts"]?.array ?? [] { append(inner, depth + 1, &lines) }
        case "object":
            lines.append(indent + type)
            for pair in value.array ?? [] { for inner in pair.array ?? [] { append(inner, depth + 1, &lines) } }
        default:
            lines.append(indent + type)
            for key in ["term", "key", "value"] { if let inner = value[key] { append(inner, depth + 1, &lines) } }
            if let inner = value["body"] { body(inner, depth + 1, &lines) }
        }
    }

    /// A reference without brackets reads best in one line when it is a function's name.
    private static func isOperator(_ value: Value) -> Bool {
        guard let parts = value.array, let head = parts.first?["value"]?.string else { return false }
        return parts.count == 1 && head != "data" && head != "input"
    }
}
