import Documents
import RegularExpressions

/// Holds a document against a schema and tells every difference.
struct JSONSchemaValidator {
    struct Problem {
        var type: String
        var field: String
        var description: String

        var value: RegoValue {
            [
                "error": .string("\(field): \(description)"), "type": .string(type), "field": .string(field),
                "desc": .string(description),
            ]
        }
    }

    private(set) var problems: [Problem] = []
    private var steps = 0
    private var depth = 0

    /// Schemas that are asked, after which a document counts as not matching.
    static let stepsMax = 1_000_000
    static let depthMax = 500
    static let root = "(Root)"

    static func problems(_ document: RegoValue, _ schema: JSONSchema) -> [Problem] {
        var validator = JSONSchemaValidator()
        validator.check(document, schema, root)
        return validator.problems
    }

    private mutating func report(_ type: String, _ field: String, _ description: String) {
        problems.append(Problem(type: type, field: field, description: description))
    }

    private mutating func matches(_ value: RegoValue, _ schema: JSONSchema, _ field: String) -> Bool {
        let count = problems.count
        check(value, schema, field)
        defer { problems.removeLast(problems.count - count) }
        return problems.count == count
    }

    private func path(_ field: String, _ name: String) -> String {
        field == Self.root ? name : "\(field).\(name)"
    }

    private mutating func check(_ value: RegoValue, _ schema: JSONSchema, _ field: String) {
        steps += 1
        depth += 1
        defer { depth -= 1 }
        guard steps < Self.stepsMax, depth < Self.depthMax else {
            return report("internal", field, "the document and its schema are too large")
        }
        switch schema.kind {
        case .always(true): return
        case .always(false): report("false", field, "False always fails validation")
        case .rules(let rules):
            if rules.reference != nil {
                if let target = schema.target { check(value, target, field) }
                return
            }
            guard checkType(value, rules, field) else { return }
            checkCombinations(value, rules, field)
            checkValues(value, rules, field)
            switch value {
            case .array(let elements): check(elements, rules, field)
            case .object(let object): check(object, value, rules, field)
            case .string(let text): check(text, rules, field)
            case .number(let number): check(number, rules, field)
            default: break
            }
        }
    }

    private static func typeName(_ value: RegoValue) -> String {
        if let number = value.number { return number.isInteger ? "integer" : "number" }
        return value.typeName
    }

    private mutating func checkType(_ value: RegoValue, _ rules: JSONSchema.Rules, _ field: String) -> Bool {
        let given = Self.typeName(value)
        guard !rules.types.isEmpty, !rules.types.contains(given),
            !(given == "integer" && rules.types.contains("number"))
        else { return true }
        let expected = rules.types.count == 1 ? rules.types[0] : "[\(rules.types.joined(separator: ","))]"
        report("invalid_type", field, "Invalid type. Expected: \(expected), given: \(given)")
        return false
    }

    private mutating func checkCombinations(_ value: RegoValue, _ rules: JSONSchema.Rules, _ field: String) {
        if !rules.anyOf.isEmpty, !rules.anyOf.contains(where: { matches(value, $0, field) }) {
            report("number_any_of", field, "Must validate at least one schema (anyOf)")
            // The nearest schema's differences say what is wrong.
            if let first = rules.anyOf.first { check(value, first, field) }
        }
        if !rules.oneOf.isEmpty {
            let count = rules.oneOf.count { matches(value, $0, field) }
            if count != 1 {
                report("number_one_of", field, "Must validate one and only one schema (oneOf)")
                if count == 0, let first = rules.oneOf.first { check(value, first, field) }
            }
        }
        var failed = false
        for schema in rules.allOf where !matches(value, schema, field) {
            failed = true
            check(value, schema, field)
        }
        if failed { report("number_all_of", field, "Must validate all the schemas (allOf)") }
        if let not = rules.not, matches(value, not, field) {
            report("number_not", field, "Must not validate the schema (not)")
        }
        if let condition = rules.condition {
            if matches(value, condition, field) {
                if let then = rules.then, !matches(value, then, field) {
                    report("condition_then", field, "Must validate \"then\" as \"if\" was valid")
                    check(value, then, field)
                }
            } else if let otherwise = rules.otherwise, !matches(value, otherwise, field) {
                report("condition_else", field, "Must validate \"else\" as \"if\" was not valid")
                check(value, otherwise, field)
            }
        }
    }

    private mutating func checkValues(_ value: RegoValue, _ rules: JSONSchema.Rules, _ field: String) {
        if let constant = rules.constant, constant != value {
            report("const", field, "\(field) does not match: \(constant.json)")
        }
        if let allowed = rules.enumeration, !allowed.contains(value) {
            let list = allowed.map(\.json).joined(separator: ", ")
            report("enum", field, "\(field) must be one of the following: \(list)")
        }
    }

    private mutating func check(_ elements: [RegoValue], _ rules: JSONSchema.Rules, _ field: String) {
        if let items = rules.items {
            for (index, element) in elements.enumerated() { check(element, items, path(field, "\(index)")) }
        } else if let list = rules.itemList {
            for (index, element) in elements.enumerated() {
                if index < list.count {
                    check(element, list[index], path(field, "\(index)"))
                } else if let additional = rules.additionalItems {
                    if case .always(false) = additional.kind {
                        report("array_no_additional_items", field, "No additional items allowed on array")
                        break
                    }
                    check(element, additional, path(field, "\(index)"))
                }
            }
        }
        if let minimum = rules.minItems, elements.count < minimum {
            report("array_min_items", field, "Array must have at least \(minimum) items")
        }
        if let maximum = rules.maxItems, elements.count > maximum {
            report("array_max_items", field, "Array must have at most \(maximum) items")
        }
        if rules.areItemsUnique {
            var seen: [RegoValue: Int] = [:]
            for (index, element) in elements.enumerated() {
                if let other = seen[element] {
                    report("unique", field, "array items[\(other),\(index)] must be unique")
                } else {
                    seen[element] = index
                }
            }
        }
        if let contains = rules.contains,
            !elements.enumerated().contains(where: { matches($1, contains, path(field, "\($0)")) })
        {
            report("contains", field, "At least one of the items must match")
        }
    }

    private mutating func check(
        _ object: RegoObject, _ value: RegoValue, _ rules: JSONSchema.Rules, _ field: String
    ) {
        if let minimum = rules.minProperties, object.count < minimum {
            report("array_min_properties", field, "Must have at least \(minimum) properties")
        }
        if let maximum = rules.maxProperties, object.count > maximum {
            report("array_max_properties", field, "Must have at most \(maximum) properties")
        }
        for name in rules.required where object[name] == nil {
            report("required", field, "\(name) is required")
        }
        for member in object {
            let name = member.key.memberName
            if let names = rules.propertyNames, !matches(.string(name), names, field) {
                report("invalid_property_name", field, "Property name of \"\(name)\" does not match")
            }
            let matching = rules.patternProperties.filter { $0.expression.matches(name) }
            let isKnown = rules.properties.contains { $0.name.hasSameBytes(as: name) }
            for (_, _, schema) in matching { check(member.value, schema, path(field, name)) }
            guard !isKnown, matching.isEmpty, let additional = rules.additionalProperties else { continue }
            if case .always(false) = additional.kind {
                report("additional_property_not_allowed", field, "Additional property \(name) is not allowed")
            } else {
                check(member.value, additional, path(field, name))
            }
        }
        for (name, needed, schema) in rules.dependencies where object[name] != nil {
            for other in needed where object[other] == nil {
                report("missing_dependency", field, "Has a dependency on \(other)")
            }
            if let schema { check(value, schema, field) }
        }
        for (name, schema) in rules.properties {
            if let member = object[name] { check(member, schema, path(field, name)) }
        }
    }

    private mutating func check(_ text: String, _ rules: JSONSchema.Rules, _ field: String) {
        let length = text.unicodeScalars.count
        if let minimum = rules.minLength, length < minimum {
            report("string_gte", field, "String length must be greater than or equal to \(minimum)")
        }
        if let maximum = rules.maxLength, length > maximum {
            report("string_lte", field, "String length must be less than or equal to \(maximum)")
        }
        if let pattern = rules.pattern, !pattern.expression.matches(text) {
            report("pattern", field, "Does not match pattern '\(pattern.text)'")
        }
        if let format = rules.format, !JSONSchemaFormat.accepts(text, format) {
            report("format", field, "Does not match format '\(format)'")
        }
    }

    private mutating func check(_ number: RegoNumber, _ rules: JSONSchema.Rules, _ field: String) {
        if let divisor = rules.multipleOf, let quotient = number.divided(by: divisor), !quotient.isInteger {
            report("multiple_of", field, "Must be a multiple of \(divisor.text)")
        }
        func compare(_ bound: RegoNumber) -> Int { RegoNumber.compare(number, bound) }
        if let bound = rules.maximum, compare(bound) > 0 {
            report("number_lte", field, "Must be less than or equal to \(bound.text)")
        }
        if let bound = rules.exclusiveMaximum, compare(bound) >= 0 {
            report("number_lt", field, "Must be less than \(bound.text)")
        }
        if let bound = rules.minimum, compare(bound) < 0 {
            report("number_gte", field, "Must be greater than or equal to \(bound.text)")
        }
        if let bound = rules.exclusiveMinimum, compare(bound) <= 0 {
            report("number_gt", field, "Must be greater than \(bound.text)")
        }
    }
}

/// The formats that are checked; others are let through, as the specification wants it.
enum JSONSchemaFormat {
    static func accepts(_ text: String, _ format: String) -> Bool {
        switch format {
        case "date-time": isTime(text, "2006-01-02T15:04:05Z07:00")
        case "date": isTime(text, "2006-01-02")
        case "time": isTime(text, "15:04:05") || isTime(text, "15:04:05Z07:00")
        case "email": isMail(text)
        case "hostname": isHost(text)
        case "ipv4": isAddress(text, hasColons: false)
        case "ipv6": isAddress(text, hasColons: true)
        case "uri": WebAddress(text).map { !$0.scheme.isEmpty } ?? false
        case "uri-reference": WebAddress(text) != nil
        case "uuid": isIdentifier(text)
        case "regex": (try? RegularExpressionCheck.compiles(text)) ?? false
        case "json-pointer":
            text.isEmpty || text.hasPrefix("/") && !text.hasSuffix("~")
        default: true
        }
    }

    private static func isTime(_ text: String, _ layout: String) -> Bool {
        (try? TimeLayout.parse(text, layout: layout)) != nil
    }

    private static func isMail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && !$0.contains(" ") }
    }

    private static func isHost(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 255 else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.count < 64 && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { Lexer.isLetter($0) || Lexer.isDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isAddress(_ text: String, hasColons: Bool) -> Bool {
        text.utf8.contains(UInt8(ascii: ":")) == hasColons && Address(text) != nil
    }

    private static func isIdentifier(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.joined().utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    }
}
