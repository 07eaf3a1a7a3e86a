import Documents
import RegularExpressions
import WaybillCore

/// A JSON Schema of drafts 4, 6 and 7, compiled. References lead within the document; nothing is fetched.
final class JSONSchema {
    struct Failure: Error {
        var message: String
    }

    indirect enum Kind {
        case always(Bool)
        case rules(Rules)
    }

    struct Rules {
        var reference: String?
        var types: [String] = []
        var constant: RegoValue?
        var enumeration: [RegoValue]?
        var allOf: [JSONSchema] = []
        var anyOf: [JSONSchema] = []
        var oneOf: [JSONSchema] = []
        var not: JSONSchema?
        var condition: JSONSchema?
        var then: JSONSchema?
        var otherwise: JSONSchema?
        // Objects
        var properties: [(name: String, schema: JSONSchema)] = []
        var patternProperties: [(pattern: String, expression: RegularExpression, schema: JSONSchema)] = []
        var additionalProperties: JSONSchema?
        var required: [String] = []
        var propertyNames: JSONSchema?
        var minProperties: Int?
        var maxProperties: Int?
        var dependencies: [(name: String, needed: [String], schema: JSONSchema?)] = []
        // Arrays
        var items: JSONSchema?
        var itemList: [JSONSchema]?
        var additionalItems: JSONSchema?
        var contains: JSONSchema?
        var minItems: Int?
        var maxItems: Int?
        var areItemsUnique = false
        // Texts and numbers
        var minLength: Int?
        var maxLength: Int?
        var pattern: (text: String, expression: RegularExpression)?
        var format: String?
        var multipleOf: RegoNumber?
        var minimum: RegoNumber?
        var maximum: RegoNumber?
        var exclusiveMinimum: RegoNumber?
        var exclusiveMaximum: RegoNumber?
    }

    private(set) var kind: Kind = .always(true)
    /// What a reference leads to, set when all is read.
    fileprivate(set) var target: JSONSchema?

    static let typeNames = ["array", "boolean", "integer", "number", "null", "object", "string"]
    /// Schemas within schemas, so deep.
    static let depthMax = 200

    private init() {}

    /// Compiles the whole document.
    convenience init(_ document: RegoValue) throws(Failure) {
        let reader = Reader(document)
        self.init()
        try reader.read(document, into: self, base: "", depth: 0)
        try reader.resolve()
    }

    /// Reads schemas and remembers those that references need.
    private final class Reader {
        let document: RegoValue
        var waiting: [(schema: JSONSchema, reference: String, base: String)] = []
        var byPointer: [String: JSONSchema] = [:]
        var identifiers: [String: RegoValue] = [:]

        init(_ document: RegoValue) {
            self.document = document
            collect(document, base: "", depth: 0)
        }

        private func collect(_ value: RegoValue, base: String, depth: Int) {
            guard depth < JSONSchema.depthMax else { return }
            if let object = value.object {
                var base = base
                if let identifier = (object["$id"] ?? object["id"])?.string {
                    base = Self.joined(identifier, base)
                    identifiers[base] = value
                }
                for member in object { collect(member.value, base: base, depth: depth + 1) }
            }
            for element in value.array ?? [] { collect(element, base: base, depth: depth + 1) }
        }

        /// A reference seen from the place where it stands.
        static func joined(_ reference: String, _ base: String) -> String {
            if reference.hasPrefix("#") { return base.prefix { $0 != "#" } + reference }
            if reference.utf8.contains(UInt8(ascii: ":")) { return reference }
            let folder = base.prefix { $0 != "#" }
            guard let slash = folder.lastIndex(of: "/") else { return reference }
            return folder[...slash] + reference
        }

        func resolve() throws(Failure) {
            while let (schema, reference, base) = waiting.popLast() {
                schema.target = try find(Self.joined(reference, base))
            }
        }

        private func find(_ address: String) throws(Failure) -> JSONSchema {
            if let known = byPointer[address] { return known }
            let file = String(address.prefix { $0 != "#" })
            let pointer = String(address.dropFirst(file.count).dropFirst())
            var value: RegoValue
            if let whole = identifiers[address] {
                value = whole
            } else if file.isEmpty {
                value = try Self.follow(pointer, in: document)
            } else if let part = identifiers[file] ?? identifiers[file + "#"] {
                value = try Self.follow(pointer, in: part)
            } else if file.hasPrefix("http://json-schema.org/draft-") {
                value = true
            } else {
                throw Failure(message: "remote reference loading disabled: \(file)")
            }
            if !pointer.isEmpty, !pointer.hasPrefix("/"), let named = identifiers[file + "#" + pointer] {
                value = named
            }
            let schema = JSONSchema()
            byPointer[address] = schema
            try read(value, into: schema, base: file, depth: 0)
            return schema
        }

        private static func follow(_ pointer: String, in value: RegoValue) throws(Failure) -> RegoValue {
            var value = value
            guard !pointer.isEmpty else { return value }
            for part in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
                let name = part.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
                    .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
                let decoded = WebAddress.decoded(Array(name.utf8)[...], isHost: false) ?? name
                guard let next = value.object?[.string(decoded)] ?? value[Int(decoded).map { .int($0) } ?? .null] else {
                    throw Failure(message: "Object has no key '\(decoded)'")
                }
                value = next
            }
            return value
        }

        func read(_ value: RegoValue, into schema: JSONSchema, base: String, depth: Int) throws(Failure) {
            guard depth < JSONSchema.depthMax else { throw Failure(message: "the schema is nested too deep") }
            if let flag = value.bool {
                schema.kind = .always(flag)
                return
            }
            guard let object = value.object else {
                throw Failure(message: "schema is invalid: expected object or boolean, given: \(value.typeName)")
            }
            var base = base
            if let identifier = (object["$id"] ?? object["id"])?.string { base = Self.joined(identifier, base) }
            var rules = Rules()
            var reader = KeywordReader(object: object, base: base, depth: depth, parent: self)
            if let reference = object["$ref"] {
                guard let text = reference.string else { throw reader.wrong("$ref", "string") }
                rules.reference = text
                waiting.append((schema, text, base))
            } else {
                try reader.fill(&rules)
            }
            schema.kind = .rules(rules)
        }

        func child(_ value: RegoValue, base: String, depth: Int) throws(Failure) -> JSONSchema {
            let schema = JSONSchema()
            try read(value, into: schema, base: base, depth: depth + 1)
            return schema
        }
    }

    private struct KeywordReader {
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
                throw Failure(message: "Invalid regex pattern '\(pattern)': error parsing regexp: \(error.message)")
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
