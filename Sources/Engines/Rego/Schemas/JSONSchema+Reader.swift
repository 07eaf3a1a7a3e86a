import Documents
import WaybillCore

/// Reading of a whole document with its references.
extension JSONSchema {
    /// Reads schemas and remembers those that references need.
    final class Reader {
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
}
