public import CEL
public import Documents

/// One of `x-kubernetes-validations`.
struct SchemaRule: Sendable {
    var text: String
    var message: String
    var messageProgram: CELProgram?
    var reason: String
    var fieldPath: String
    var program: CELProgram
    /// The rule compares with what stood there before.
    var isTransition: Bool

    static func collect(_ schema: Value, _ path: String, _ rules: inout [String: [SchemaRule]]) {
        for rule in schema["x-kubernetes-validations"]?.array ?? [] {
            guard let text = rule["rule"]?.string, case .success(let program) = compile(text, schema) else { continue }
            let message = rule["messageExpression"]?.string.flatMap { text -> CELProgram? in
                guard case .success(let program) = compile(text, schema) else { return nil }
                return program
            }
            rules[path, default: []].append(
                SchemaRule(
                    text: text, message: rule["message"]?.string ?? "", messageProgram: message,
                    reason: rule["reason"]?.string ?? "FieldValueInvalid", fieldPath: rule["fieldPath"]?.string ?? "",
                    program: program, isTransition: program.mentions("oldSelf")))
        }
        for property in schema["properties"]?.object ?? Object() {
            collect(property.value, "\(path)/\(property.key)", &rules)
        }
        if let items = schema["items"] { collect(items, "\(path)/[]", &rules) }
        if let additional = schema["additionalProperties"], additional.object != nil {
            collect(additional, "\(path)/{}", &rules)
        }
    }

    static func compile(_ text: String, _ schema: Value) -> Result<CELProgram, CELError> {
        let type = type(of: schema)
        do throws(CELError) {
            return .success(try CELProgram(text, variables: ["self": type, "oldSelf": type]))
        } catch {
            return .failure(error)
        }
    }

    /// The schema as a type of the expression language.
    static func type(of schema: Value, depth: Int = 0) -> CELType {
        guard depth < 32, !StructuralSchema.isIntOrString(schema) else { return .any }
        switch schema["type"]?.string {
        case "string":
            switch schema["format"]?.string {
            case "date-time", "date": return .timestamp
            case "duration": return .duration
            case "byte": return .bytes
            default: return .string
            }
        case "integer": return .int
        case "number": return .double
        case "boolean": return .bool
        case "array": return .list(schema["items"].map { type(of: $0, depth: depth + 1) } ?? .any)
        case "object":
            if let additional = schema["additionalProperties"] {
                return .map(.string, additional.object == nil ? .any : type(of: additional, depth: depth + 1))
            }
            guard !StructuralSchema.isPreserving(schema), let properties = schema["properties"]?.object else {
                return schema["properties"] == nil && !StructuralSchema.isPreserving(schema)
                    ? .object("object", [:]) : .any
            }
            var members: [String: CELType] = [:]
            for property in properties { members[property.key] = type(of: property.value, depth: depth + 1) }
            if StructuralSchema.isEmbedded(schema) || depth == 0 && properties["spec"] != nil {
                members["apiVersion"] = .string
                members["kind"] = .string
                members["metadata"] = .any
            }
            return .object("object", members)
        default: return .any
        }
    }

    /// The value with the types that its schema names: times, durations, bytes.
    static func typed(_ value: Value, _ schema: Value, depth: Int = 0) -> CELValue {
        guard depth < 64 else { return CELValue(value) }
        switch value {
        case .string(let text):
            let conversion: String? =
                switch schema["format"]?.string {
                case "date-time", "date": "timestamp"
                case "duration": "duration"
                default: nil
                }
            guard let conversion, let program = try? CELProgram("\(conversion)(t)", variables: ["t": .string]),
                let result = try? program.evaluate(["t": .string(text)])
            else { return .string(text) }
            return result
        case .number(let number) where schema["type"]?.string == "number": return .double(number.double)
        case .array(let list):
            return .list(list.map { typed($0, schema["items"] ?? [:], depth: depth + 1) })
        case .object(let object):
            var map = CELMap()
            for member in object {
                let inner = schema["properties"]?[member.key] ?? schema["additionalProperties"] ?? [:]
                map[.string(member.key)] = typed(member.value, inner, depth: depth + 1)
            }
            return .map(map)
        default: return CELValue(value)
        }
    }
}

extension StructuralSchema {
    /// What the rules say. A rule that compares is skipped where there is nothing to compare with.
    func ruleErrors(in object: Value, old: Value?) -> [FieldError] {
        var errors: [FieldError] = []
        check(object, old, root, "", "", &errors)
        return errors
    }

    private func check(
        _ value: Value, _ old: Value?, _ schema: Value, _ place: String, _ path: String, _ errors: inout [FieldError]
    ) {
        if let rules = rules[place], !value.isNull {
            let this = SchemaRule.typed(value, schema)
            let before = old.map { SchemaRule.typed($0, schema) }
            for rule in rules where !rule.isTransition || before != nil {
                if let error = Self.failure(of: rule, value, this, before, path) { errors.append(error) }
            }
        }
        switch value {
        case .object(let object):
            for member in object.sorted() {
                let next = path.isEmpty ? member.key : "\(path).\(member.key)"
                if let property = schema["properties"]?[member.key] {
                    check(member.value, old?[member.key], property, "\(place)/\(member.key)", next, &errors)
                } else if let additional = schema["additionalProperties"], additional.object != nil {
                    check(
                        member.value, old?[member.key], additional, "\(place)/{}", "\(path)[\(member.key)]", &errors)
                }
            }
        case .array(let list):
            guard let items = schema["items"] else { return }
            let keys =
                schema["x-kubernetes-list-type"]?.string == "map"
                ? (schema["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string) : []
            for (index, item) in list.enumerated() {
                // Elements are told apart by their keys alone.
                let before =
                    keys.isEmpty ? nil : old?.array?.first { other in keys.allSatisfy { other[$0] == item[$0] } }
                check(item, before, items, "\(place)/[]", "\(path)[\(index)]", &errors)
            }
        default: break
        }
    }

    private static func failure(
        of rule: SchemaRule, _ value: Value, _ this: CELValue, _ before: CELValue?, _ path: String
    ) -> FieldError? {
        var variables = ["self": this]
        if let before { variables["oldSelf"] = before }
        var field = path
        if rule.fieldPath.hasPrefix(".") || rule.fieldPath.hasPrefix("[") {
            field = path.isEmpty ? String(rule.fieldPath.drop { $0 == "." }) : path + rule.fieldPath
        }
        do throws(CELError) {
            if case .bool(true) = try rule.program.evaluate(variables) { return nil }
        } catch {
            return .invalid(field, value.object == nil ? value : "object", "rule evaluation error: \(error.message)")
        }
        var message = rule.message
        if let program = rule.messageProgram, case .string(let text)? = try? program.evaluate(variables),
            !text.isEmpty, text.utf8.count <= 5120, !text.contains("\n")
        {
            message = text
        }
        if message.isEmpty { message = "failed rule: \(rule.text)" }
        let isContainer = value.object != nil || value.array != nil
        switch rule.reason {
        case "FieldValueForbidden": return .forbidden(field, message)
        case "FieldValueRequired": return .required(field, message)
        case "FieldValueDuplicate": return .duplicate(field, isContainer ? .string(message) : value)
        default: return isContainer ? .invalid(field, message) : .invalid(field, value, message)
        }
    }
}

/// Tells whether a rule of a schema can be compiled.
public enum SchemaRuleCheck {
    public static func problem(_ text: String, _ schema: Value) -> CELError? {
        if case .failure(let error) = SchemaRule.compile(text, schema) { error } else { nil }
    }
}
