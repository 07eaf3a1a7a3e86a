import Documents
import RegularExpressions
import WaybillCore

/// What the keywords of a schema ask for.
extension JSONSchema {
    struct KeywordReader {
        let object: RegoObject
        let base: String
        let depth: Int
        let parent: Reader

        func wrong(_ name: String, _ type: String) -> Failure {
            Failure(message: "Invalid type. Expected: \(type), given: \(name)")
        }

        func schema(_ name: String) throws(Failure) -> JSONSchema? {
            guard let value = object[name] else { return nil }
            guard value.object != nil || value.bool != nil else { throw wrong(name, "valid schema") }
            return try parent.child(value, base: base, depth: depth)
        }

        func schemas(_ name: String) throws(Failure) -> [JSONSchema] {
            guard let value = object[name] else { return [] }
            guard let list = value.array else { throw wrong(name, "array") }
            guard !list.isEmpty else { throw Failure(message: "\(name) must not be empty") }
            var result: [JSONSchema] = []
            for item in list { result.append(try parent.child(item, base: base, depth: depth)) }
            return result
        }

        func named(_ name: String) throws(Failure) -> [(name: String, schema: JSONSchema)] {
            guard let value = object[name] else { return [] }
            guard let members = value.object else { throw wrong(name, "object") }
            var result: [(name: String, schema: JSONSchema)] = []
            for member in members {
                result.append((member.key.memberName, try parent.child(member.value, base: base, depth: depth)))
            }
            return result
        }

        func count(_ name: String) throws(Failure) -> Int? {
            guard let value = object[name] else { return nil }
            guard let count = value.number?.int else { throw wrong(name, "integer") }
            guard count >= 0 else { throw Failure(message: "\(name) must be greater than or equal to 0") }
            return count
        }

        func number(_ name: String) throws(Failure) -> RegoNumber? {
            guard let value = object[name] else { return nil }
            guard let number = value.number else { throw wrong(name, "number") }
            return number
        }

        func strings(_ value: RegoValue, _ name: String) throws(Failure) -> [String] {
            guard let list = value.array else { throw wrong(name, "array") }
            var result: [String] = []
            for item in list {
                guard let text = item.string else { throw wrong(name, "string") }
                guard !result.contains(where: { $0.hasSameBytes(as: text) }) else {
                    throw Failure(message: "\(name) items must be unique")
                }
                result.append(text)
            }
            return result
        }

        func expression(_ pattern: String) throws(Failure) -> RegularExpression {
            do {
                return try RegularExpression(pattern)
            } catch {
                let complaint = RegexBuiltins.complaint(error.message)
                throw Failure(message: "Invalid regex pattern '\(pattern)': error parsing regexp: \(complaint)")
            }
        }

        mutating func fill(_ rules: inout Rules) throws(Failure) {
            try types(&rules)
            try combinations(&rules)
            try objects(&rules)
            try arrays(&rules)
            try values(&rules)
        }

        private func types(_ rules: inout Rules) throws(Failure) {
            if let value = object["type"] {
                let names: [String]
                if let text = value.string {
                    names = [text]
                } else if value.array != nil {
                    names = try strings(value, "type")
                } else {
                    throw wrong("type", "string or array of strings")
                }
                for name in names where !JSONSchema.typeNames.contains(name) {
                    let valid = "[\(JSONSchema.typeNames.joined(separator: " "))]"
                    throw Failure(
                        message:
                            "has a primitive type that is NOT VALID -- given: /\(name)/ Expected valid values are:\(valid)"
                    )
                }
                rules.types = names
            }
            rules.constant = object["const"]
            if let value = object["enum"] {
                guard let list = value.array else { throw wrong("enum", "array") }
                guard !list.isEmpty else { throw Failure(message: "enum must have at least one item") }
                rules.enumeration = list
            }
        }

        private func combinations(_ rules: inout Rules) throws(Failure) {
            for name in ["definitions", "$defs"] { _ = try named(name) }
            rules.allOf = try schemas("allOf")
            rules.anyOf = try schemas("anyOf")
            rules.oneOf = try schemas("oneOf")
            rules.not = try schema("not")
            rules.condition = try schema("if")
            rules.then = try schema("then")
            rules.otherwise = try schema("else")
        }

        private func objects(_ rules: inout Rules) throws(Failure) {
            rules.properties = try named("properties")
            for (pattern, schema) in try named("patternProperties") {
                rules.patternProperties.append((pattern, try expression(pattern), schema))
            }
            rules.additionalProperties = try schema("additionalProperties")
            if let value = object["required"] { rules.required = try strings(value, "required") }
            rules.propertyNames = try schema("propertyNames")
            rules.minProperties = try count("minProperties")
            rules.maxProperties = try count("maxProperties")
            if let value = object["dependencies"] {
                guard let members = value.object else { throw wrong("dependencies", "object") }
                for member in members {
                    if member.value.array != nil {
                        rules.dependencies.append(
                            (member.key.memberName, try strings(member.value, "dependencies"), nil))
                    } else {
                        let schema = try parent.child(member.value, base: base, depth: depth)
                        rules.dependencies.append((member.key.memberName, [], schema))
                    }
                }
            }
        }

        private func arrays(_ rules: inout Rules) throws(Failure) {
            if let list = object["items"]?.array {
                var items: [JSONSchema] = []
                for item in list { items.append(try parent.child(item, base: base, depth: depth)) }
                rules.itemList = items
            } else {
                rules.items = try schema("items")
            }
            rules.additionalItems = try schema("additionalItems")
            rules.contains = try schema("contains")
            rules.minItems = try count("minItems")
            rules.maxItems = try count("maxItems")
            if let value = object["uniqueItems"] {
                guard let flag = value.bool else { throw wrong("uniqueItems", "boolean") }
                rules.areItemsUnique = flag
            }
        }

        private func values(_ rules: inout Rules) throws(Failure) {
            rules.minLength = try count("minLength")
            rules.maxLength = try count("maxLength")
            if let value = object["pattern"] {
                guard let text = value.string else { throw wrong("pattern", "string") }
                rules.pattern = (text, try expression(text))
            }
            if let value = object["format"] {
                guard let text = value.string else { throw wrong("format", "string") }
                rules.format = text
            }
            rules.multipleOf = try number("multipleOf")
            if let divisor = rules.multipleOf, divisor.isZero || divisor.isNegative {
                throw Failure(message: "multipleOf must be strictly greater than 0")
            }
            rules.minimum = try number("minimum")
            rules.maximum = try number("maximum")
            // Draft 4 says by a flag that the bound itself is left out.
            if let flag = object["exclusiveMinimum"]?.bool {
                if flag { (rules.exclusiveMinimum, rules.minimum) = (rules.minimum, nil) }
            } else {
                rules.exclusiveMinimum = try number("exclusiveMinimum")
            }
            if let flag = object["exclusiveMaximum"]?.bool {
                if flag { (rules.exclusiveMaximum, rules.maximum) = (rules.maximum, nil) }
            } else {
                rules.exclusiveMaximum = try number("exclusiveMaximum")
            }
        }
    }
}
