import Documents
import WaybillCore

extension BuildState {
    mutating func replace(_ rule: ReplacementRule) throws(WaybillError) {
        let value = try source(of: rule)
        for target in rule.targets {
            let fields = (target.fields.isEmpty ? ["metadata.name"] : target.fields).map(FieldPath.init)
            for index in list.items.indices where target.select.matches(list.items[index]) {
                let item = list.items[index]
                guard !target.reject.contains(where: { $0.matches(item) }) else { continue }
                for field in fields {
                    let count = try field.update(
                        &list.items[index].value, creating: target.options.creates ? Self.created(value) : Value?.none
                    ) { place throws(WaybillError) in
                        place = try Self.combined(place, value, target, isText: field.steps.contains(.key("labels")))
                    }
                    guard count > 0 else {
                        throw WaybillError(
                            .notFound, "\(item.id) has no field \(Redaction.excerpt(field.text))",
                            subject: target.place.description,
                            remedy: "correct the path, or say create: true")
                    }
                }
            }
        }
    }

    private func source(of rule: ReplacementRule) throws(WaybillError) -> Value {
        if let value = rule.value { return value }
        let pattern = rule.source
        let kind = KindPattern(group: pattern.group, version: pattern.version, kind: pattern.kind)
        let found = list.indices { id in
            kind.matches(id) && (pattern.name.isEmpty || id.name == pattern.name)
                && (pattern.namespace.isEmpty || id.effectiveNamespace == pattern.namespace)
        }
        guard found.count == 1 else {
            throw WaybillError(
                found.isEmpty ? .notFound : .conflict,
                "\(found.isEmpty ? "no resource" : "more than one resource") matches the source \(pattern)",
                subject: rule.place.description)
        }
        let item = list.items[found[0]]
        guard let value = FieldPath(rule.sourceField).first(in: item.value), !value.isNull else {
            throw WaybillError(
                .notFound, "\(item.id) has no field \(Redaction.excerpt(rule.sourceField))",
                subject: rule.place.description)
        }
        guard !rule.sourceOptions.delimiter.isEmpty else { return value }
        guard let text = FieldPath.text(value) else {
            throw WaybillError(
                .invalidInput, "a delimiter needs a scalar, found \(value.typeName)", subject: rule.place.description)
        }
        let parts = Self.split(text, rule.sourceOptions.delimiter)
        guard parts.indices.contains(rule.sourceOptions.index) else {
            throw WaybillError(
                .invalidInput,
                "index \(rule.sourceOptions.index) is not one of the \(parts.count) parts of \(Redaction.excerpt(text))",
                subject: rule.place.description)
        }
        return .string(parts[rule.sourceOptions.index])
    }

    /// What a place is before the value is put there.
    private static func created(_ value: Value) -> Value {
        switch value {
        case .object: .object(Object())
        case .array: .array([])
        default: .null
        }
    }

    private static func combined(
        _ place: Value, _ value: Value, _ target: ReplacementRule.Target, isText: Bool
    ) throws(WaybillError) -> Value {
        let options = target.options
        var value = value
        if !options.delimiter.isEmpty {
            guard let old = place.isNull ? "" : FieldPath.text(place), let new = FieldPath.text(value) else {
                throw WaybillError(.invalidInput, "a delimiter needs scalars", subject: target.place.description)
            }
            var parts = split(old, options.delimiter)
            if options.index < 0 {
                parts.insert(new, at: 0)
            } else if options.index >= parts.count {
                parts.append(new)
            } else {
                parts[options.index] = new
            }
            value = .string(parts.joined(separator: options.delimiter))
        }
        // The target's type stays: a number put into a text becomes a text.
        switch (place, FieldPath.text(value)) {
        case (.string, let text?): return .string(text)
        case (.number, let text?): return Number(literal: text).map(Value.number) ?? .string(text)
        // A place that was made takes the text as it would be read from a file: digits are a number. The reference does
        // so with labels as well, which no cluster takes.
        case (.null, let text?) where options.creates && isText: return .string(text)
        case (.null, let text?) where options.creates: return YAMLReader.plainValue(of: text, schema: .kustomize)
        default: return value
        }
    }

    private static func split(_ text: String, _ delimiter: String) -> [String] {
        var parts: [String] = []
        var part: [UInt8] = []
        let bytes = Array(text.utf8), mark = Array(delimiter.utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index...].starts(with: mark) {
                parts.append(String(decoding: part, as: UTF8.self))
                part = []
                index += mark.count
            } else {
                part.append(bytes[index])
                index += 1
            }
        }
        return parts + [String(decoding: part, as: UTF8.self)]
    }
}
