public import Documents

/// What is left of a query when all that is known has been decided.
public struct PartialResult: Sendable, Equatable {
    /// A rule that the queries refer to, below `data.partial`.
    public struct SupportRule: Sendable, Equatable {
        /// Behind `data`.
        public var path: [String]
        public var parameters: [ResidualTerm]?
        public var isDefault: Bool
        public var isElement: Bool
        public var value: ResidualTerm
        public var body: [ResidualExpression]
    }

    /// The query holds where one of these holds. Empty: never. One that is empty: always.
    public var queries: [[ResidualExpression]]
    public var support: [SupportRule]

    /// As `/v1/compile` answers.
    public var document: Documents.Value {
        var result = Object()
        if !queries.isEmpty {
            result["queries"] = .array(queries.map { .array($0.enumerated().map { $1.document(index: $0) }) })
        }
        if !support.isEmpty { result["support"] = .array(modules.map(Self.module)) }
        return .object(result)
    }

    /// Rules by package, in order.
    private var modules: [(package: [String], rules: [SupportRule])] {
        var result: [(package: [String], rules: [SupportRule])] = []
        for rule in support {
            let package = Array(rule.path.dropLast())
            if let index = result.firstIndex(where: { $0.package == package }) {
                result[index].rules.append(rule)
            } else {
                result.append((package, [rule]))
            }
        }
        return result
    }

    private static func module(_ package: [String], _ rules: [SupportRule]) -> Documents.Value {
        let path = [ResidualTerm.variable("data")] + package.map { .value(.string($0)) }
        return [
            "package": ["path": .array(path.map(\.document))],
            "rules": .array(rules.map(document)),
        ]
    }

    private static func document(_ rule: SupportRule) -> Documents.Value {
        let name = rule.path.last ?? ""
        var head = Object()
        head["name"] = .string(name)
        head["ref"] = .array([ResidualTerm.variable(name).document])
        if let parameters = rule.parameters { head["args"] = .array(parameters.map(\.document)) }
        head[rule.isElement ? "key" : "value"] = rule.value.document
        var members = Object()
        if rule.isDefault { members["default"] = true }
        members["head"] = .object(head)
        let body = rule.body.isEmpty ? [ResidualExpression(kind: .term(.value(true)))] : rule.body
        members["body"] = .array(body.enumerated().map { $1.document(index: $0) })
        return .object(members)
    }

    /// Support as modules in Rego's syntax.
    public var supportTexts: [String] {
        modules.map { package, rules in
            let texts = rules.map { rule -> String in
                let name = rule.path.last ?? ""
                let parameters = rule.parameters.map { "(\($0.map(\.text).joined(separator: ", ")))" } ?? ""
                if rule.isDefault { return "default \(name)\(parameters) := \(rule.value.text)" }
                let head =
                    rule.isElement
                    ? "\(name) contains \(rule.value.text)" : "\(name)\(parameters) := \(rule.value.text)"
                return rule.body.isEmpty
                    ? head : "\(head) if {\n\(rule.body.map { "\t\($0.text)\n" }.joined())}"
            }
            return "package \(package.joined(separator: "."))\n\n" + texts.joined(separator: "\n\n") + "\n"
        }
    }
}
