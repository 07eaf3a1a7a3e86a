public import Documents
import RegularExpressions

extension StructuralSchema {
    private static let depthMax = 64

    /// What is wrong with the object. `old` is what stood there before, for rules that compare.
    public func errors(in object: Value, old: Value? = nil) -> [FieldError] {
        var errors: [FieldError] = []
        validate(object, root, "", &errors, depth: 0)
        guard !rules.isEmpty else { return errors }
        let blocking = ["FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany", "FieldValueTypeInvalid"]
        if errors.contains(where: { blocking.contains($0.reason) }) {
            errors.append(
                .init(
                    reason: "FieldValueInvalid",
                    message:
                        "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
                    field: "<nil>"))
            return errors
        }
        return errors + ruleErrors(in: object, old: old)
    }

    private func validate(
        _ value: Value, _ schema: Value, _ path: String, _ errors: inout [FieldError], depth: Int
    ) {
        guard depth < Self.depthMax else { return }
        if value.isNull, schema["nullable"]?.bool == true || schema["type"] == nil { return }
        let name = path
        if let expected = Self.typeMismatch(value, schema) {
            let found = Self.typeName(value)
            errors.append(
                .typeInvalid(name, .string(found), "\(name) in body must be of type \(expected): \"\(found)\""))
            return
        }
        if let choices = schema["enum"]?.array, !choices.contains(value) {
            errors.append(
                .unsupported(name, value, choices.map { $0.string ?? JSONWriter.string($0) }))
        }
        switch value {
        case .string(let text): checkText(text, schema, name, &errors)
        case .number: checkNumber(value, schema, name, &errors)
        case .array(let list): checkList(list, schema, name, &errors, depth)
        case .object(let object): checkObject(object, schema, path, &errors, depth)
        default: break
        }
        checkJunctors(value, schema, name, &errors, depth)
    }

    private static func typeName(_ value: Value) -> String {
        switch value {
        case .number(let number): number.integer != nil ? "integer" : "number"
        default: value.typeName
        }
    }

    /// The expected type; nil where the value has it.
    private static func typeMismatch(_ value: Value, _ schema: Value) -> String? {
        if isIntOrString(schema) {
            return value.string != nil || value.integer != nil ? nil : "integer,string"
        }
        guard let type = schema["type"]?.string else { return nil }
        let fits =
            switch type {
            case "object": value.object != nil
            case "array": value.array != nil
            case "string": value.string != nil
            case "boolean": value.bool != nil
            case "integer": value.integer != nil
            case "number": value.number != nil
            case "null": value.isNull
            default: true
            }
        return fits ? nil : type
    }

    private func checkText(_ text: String, _ schema: Value, _ name: String, _ errors: inout [FieldError]) {
        let length = text.unicodeScalars.count
        if let max = schema["maxLength"]?.integer, length > max {
            errors.append(.tooLong(name, bytesMax: max))
        } else if let min = schema["minLength"]?.integer, length < min {
            errors.append(.invalid(name, .string(text), "\(name) in body should be at least \(min) chars long"))
        } else if let pattern = schema["pattern"]?.string,
            let expression = try? RegularExpression(pattern), !expression.matches(text)
        {
            errors.append(.invalid(name, .string(text), "\(name) in body should match '\(pattern)'"))
        }
        if let format = schema["format"]?.string, !SchemaFormat.accepts(text, format) {
            errors.append(
                .typeInvalid(name, .string(text), "\(name) in body must be of type \(format): \"\(text)\""))
        }
    }

    private func checkNumber(_ value: Value, _ schema: Value, _ name: String, _ errors: inout [FieldError]) {
        guard let number = value.number?.double else { return }
        func text(_ key: String) -> String { schema[key]?.number?.text ?? "" }
        if let factor = schema["multipleOf"]?.number?.double, factor > 0 {
            let quotient = number / factor
            if abs(quotient - quotient.rounded()) > 1e-9 {
                errors.append(.invalid(name, value, "\(name) in body should be a multiple of \(text("multipleOf"))"))
            }
        }
        if let max = schema["maximum"]?.number?.double {
            if schema["exclusiveMaximum"]?.bool == true {
                if number >= max {
                    errors.append(.invalid(name, value, "\(name) in body should be less than \(text("maximum"))"))
                }
            } else if number > max {
                errors.append(
                    .invalid(name, value, "\(name) in body should be less than or equal to \(text("maximum"))"))
            }
        }
        if let min = schema["minimum"]?.number?.double {
            if schema["exclusiveMinimum"]?.bool == true {
                if number <= min {
                    errors.append(.invalid(name, value, "\(name) in body should be greater than \(text("minimum"))"))
                }
            } else if number < min {
                errors.append(
                    .invalid(name, value, "\(name) in body should be greater than or equal to \(text("minimum"))"))
            }
        }
        if schema["format"]?.string == "int32", let integer = value.integer, Int32(exactly: integer) == nil {
            errors.append(
                .typeInvalid(name, value, "\(name) in body must be of type int32: \"\(integer)\""))
        }
    }

    private func checkList(
        _ list: [Value], _ schema: Value, _ name: String, _ errors: inout [FieldError], _ depth: Int
    ) {
        if let min = schema["minItems"]?.integer, list.count < min {
            errors.append(
                .invalid(name, .integer(list.count), "\(name) in body should have at least \(min) items"))
        }
        if let max = schema["maxItems"]?.integer, list.count > max {
            errors.append(.tooMany(name, list.count, max: max))
        }
        if let items = schema["items"] {
            for (index, item) in list.enumerated() {
                validate(item, items, "\(name)[\(index)]", &errors, depth: depth + 1)
            }
        }
        var seen: Set<Value> = []
        switch schema["x-kubernetes-list-type"]?.string {
        case "set":
            for (index, item) in list.enumerated() where !seen.insert(item).inserted {
                errors.append(.duplicate("\(name)[\(index)]", item))
            }
        case "map":
            let keys = (schema["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string)
            for (index, item) in list.enumerated() {
                let key = Value.object(Object(keys.compactMap { key in item[key].map { (key, $0) } }))
                if !seen.insert(key).inserted { errors.append(.duplicate("\(name)[\(index)]", key)) }
            }
        default: break
        }
    }

    private func checkObject(
        _ object: Object, _ schema: Value, _ path: String, _ errors: inout [FieldError], _ depth: Int
    ) {
        if let min = schema["minProperties"]?.integer, object.count < min {
            errors.append(
                .invalid(path, .integer(object.count), "\(path) in body should have at least \(min) properties"))
        }
        if let max = schema["maxProperties"]?.integer, object.count > max {
            errors.append(.tooMany(path, object.count, max: max))
        }
        for key in (schema["required"]?.array ?? []).compactMap(\.string) where object[key] == nil {
            errors.append(.required(path.isEmpty ? key : "\(path).\(key)"))
        }
        if !path.isEmpty, schema["x-kubernetes-embedded-resource"]?.bool == true {
            for key in ["apiVersion", "kind"] where object[key]?.string?.isEmpty ?? true {
                errors.append(.required("\(path).\(key)", "must not be empty"))
            }
        }
        for member in object.sorted() {
            let place = path.isEmpty ? member.key : "\(path).\(member.key)"
            if path.isEmpty, member.key == "metadata" { continue }
            if let property = schema["properties"]?[member.key] {
                validate(member.value, property, place, &errors, depth: depth + 1)
            } else if let additional = schema["additionalProperties"], additional.object != nil {
                validate(member.value, additional, place, &errors, depth: depth + 1)
            }
        }
    }

    private func checkJunctors(
        _ value: Value, _ schema: Value, _ name: String, _ errors: inout [FieldError], _ depth: Int
    ) {
        func failures(_ part: Value) -> [FieldError] {
            var found: [FieldError] = []
            validate(value, part, name, &found, depth: depth + 1)
            return found
        }
        func failure(_ text: String) -> FieldError {
            .init(reason: "FieldValueInvalid", message: "Invalid value: \"\": \"\(name)\" \(text)", field: name)
        }
        for part in schema["allOf"]?.array ?? [] { errors += failures(part) }
        if let parts = schema["anyOf"]?.array, !parts.isEmpty {
            let all = parts.map(failures)
            if !all.contains(where: \.isEmpty) {
                errors += all.min { $0.count < $1.count } ?? []
                errors.append(failure("must validate at least one schema (anyOf)"))
            }
        }
        if let parts = schema["oneOf"]?.array, !parts.isEmpty {
            let all = parts.map(failures)
            switch all.count(where: \.isEmpty) {
            case 1: break
            case 0:
                errors += all.min { $0.count < $1.count } ?? []
                errors.append(failure("must validate one and only one schema (oneOf). Found none valid"))
            case let count:
                errors.append(
                    failure("must validate one and only one schema (oneOf). Found \(count) valid alternatives"))
            }
        }
        if let part = schema["not"], failures(part).isEmpty {
            errors.append(failure("must not validate the schema (not)"))
        }
    }
}
