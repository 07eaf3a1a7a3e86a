import CEL
import Documents
import WaybillCore

/// A template's rules as expressions: `source` of the engine `K8sNativeValidation`.
struct NativeValidation: Sendable {
    struct Rule: Sendable {
        let expression: CELProgram
        let message: String
        let messageExpression: CELProgram?
    }

    let failsClosed: Bool
    let conditions: [CELProgram]
    /// The template's own, after those that every template has.
    let variables: [(name: String, program: CELProgram)]
    let rules: [Rule]

    /// What the API server does not do either: more expressions, longer ones.
    private static let expressionsMax = 200
    static let messageBytesMax = 5 * 1024
    private static let standardVariables = [
        (
            "anyObject",
            "has(request.operation) && request.operation == \"DELETE\" && object == null ? oldObject : object"
        ),
        (
            "params",
            "!has(params.spec) ? null : !has(params.spec.parameters) ? null : params.spec.parameters"
        ),
    ]

    init(_ source: Value, file: String) throws(WaybillError) {
        var reader = NativeReader(file: file)
        for member in source.object ?? Object() {
            let known = [
                "failurePolicy", "matchConditions", "variables", "validations", "generateVAP", "reinvocationPolicy",
            ]
            guard known.contains(member.key) else {
                throw reader.failure("unknown key \(Redaction.excerpt(member.key))")
            }
        }
        switch source["failurePolicy"]?.string {
        case nil, "Fail": failsClosed = true
        case "Ignore": failsClosed = false
        case let other?: throw reader.failure("unknown failurePolicy \(Redaction.excerpt(other))")
        }
        let lists = ["matchConditions", "variables", "validations"]
        var entries: [String: [Value]] = [:]
        for name in lists { entries[name] = try reader.list(source, name) }
        guard entries.values.reduce(0, { $0 + $1.count }) <= Self.expressionsMax else {
            throw reader.failure("more than \(Self.expressionsMax) expressions")
        }
        var variables: [(name: String, program: CELProgram)] = []
        for (name, text) in Self.standardVariables {
            variables.append((name, try reader.program(text, "variables.\(name)")))
            reader.declare(name)
        }
        for (index, entry) in (entries["variables"] ?? []).enumerated() {
            let place = "variables[\(index)]"
            guard let name = entry["name"]?.string, !name.isEmpty else {
                throw reader.failure("\(place): “name” is missing")
            }
            guard !variables.contains(where: { $0.name == name }) else {
                throw reader.failure("\(place): there is a variable \(Redaction.excerpt(name)) already")
            }
            variables.append((name, try reader.program(entry["expression"]?.string, "\(place).expression")))
            reader.declare(name)
        }
        self.variables = variables
        var conditions: [CELProgram] = []
        for (index, entry) in (entries["matchConditions"] ?? []).enumerated() {
            conditions.append(
                try reader.program(entry["expression"]?.string, "matchConditions[\(index)].expression", .bool))
        }
        self.conditions = conditions
        var rules: [Rule] = []
        for (index, entry) in (entries["validations"] ?? []).enumerated() {
            let place = "validations[\(index)]"
            var message: CELProgram?
            for name in ["message", "messageExpression"] {
                if let value = entry[name], !value.isNull, value.string == nil {
                    throw reader.failure("\(place): “\(name)” is not a text")
                }
            }
            if let text = entry["messageExpression"]?.string, !text.isEmpty {
                message = try reader.program(text, "\(place).messageExpression", .string)
            }
            rules.append(
                Rule(
                    expression: try reader.program(entry["expression"]?.string, "\(place).expression", .bool),
                    message: entry["message"]?.string ?? "", messageExpression: message))
        }
        guard !rules.isEmpty else { throw reader.failure("“validations” is missing") }
        self.rules = rules
    }
}

/// Reads expressions and checks them against the names that they may use.
private struct NativeReader {
    let file: String
    private var variables: [String: CELType] = [:]

    init(file: String) { self.file = file }

    mutating func declare(_ variable: String) { variables[variable] = .any }

    func failure(_ message: String) -> WaybillError {
        WaybillError(.invalidInput, "\(ConstraintEngine.native.rawValue): \(message)", subject: file)
    }

    func list(_ source: Value, _ name: String) throws(WaybillError) -> [Value] {
        guard let value = source[name], !value.isNull else { return [] }
        guard let list = value.array else { throw failure("“\(name)” is not a list") }
        return list
    }

    func program(
        _ text: String?, _ place: String, _ wanted: CELType = .any
    ) throws(WaybillError) -> CELProgram {
        guard let text, !text.allSatisfy(\.isWhitespace) else { throw failure("\(place) is missing") }
        let names: [String: CELType] = [
            "object": .any, "oldObject": .any, "request": .any, "params": .any, "namespaceObject": .any,
            "variables": .object("variables", variables),
        ]
        do throws(CELError) {
            let program = try CELProgram(text, variables: names)
            guard wanted == .any || program.type == .any || program.type == wanted else {
                throw CELError("must evaluate to \(wanted), found \(program.type)")
            }
            return program
        } catch {
            throw failure("\(place): \(error.message)")
        }
    }
}
