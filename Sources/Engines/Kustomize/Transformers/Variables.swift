import Documents
import WaybillCore

/// `vars`: `$(NAME)` in known fields stands for a field of a resource.
extension BuildState {
    /// Ties variables to their resources while those still have the names that the rules use.
    mutating func bind(_ rules: [VariableRule]) throws(WaybillError) {
        for rule in rules {
            let target = rule.target
            let found = list.indices { id in
                target.namespace.isEmpty && !target.isClusterScoped
                    ? id.isSameKindAndName(as: target) : id.isSame(as: target)
            }
            guard found.count <= 1 else {
                throw WaybillError(
                    .conflict, "vars: \(rule.name) could mean \(found.count) resources", subject: rule.place.description
                )
            }
            if let index = found.first { list.items[index].variables.append(rule.name) }
        }
        try add(rules)
    }

    mutating func replaceVariables() throws(WaybillError) {
        guard !variables.isEmpty else { return }
        var values: [String: Value] = [:]
        for rule in variables {
            guard let item = list.items.first(where: { $0.variables.contains(rule.name) }) else {
                throw WaybillError(
                    .notFound, "vars: \(rule.name) is about \(rule.target), which is not there",
                    subject: rule.place.description)
            }
            guard let value = FieldPath(rule.field).first(in: item.value) else {
                throw WaybillError(
                    .notFound, "vars: \(item.id) has no field \(Redaction.excerpt(rule.field))",
                    subject: rule.place.description)
            }
            values[rule.name] = value
        }
        for index in list.items.indices {
            let id = list.items[index].id
            for spec in configuration.variables where spec.kind.matches(id) {
                try spec.update(&list.items[index].value) { field throws(WaybillError) in Self.expand(&field, values) }
            }
        }
    }

    private static func expand(_ field: inout Value, _ values: [String: Value]) {
        switch field {
        case .string(let text): field = expanded(text, values)
        case .array(let elements):
            field = .array(elements.map { element in element.string.map { expanded($0, values) } ?? element })
        case .object(let object):
            field = .object(
                Object(object.map { (key: $0.key, value: $0.value.string.map { expanded($0, values) } ?? $0.value) }))
        default: break
        }
    }

    /// `$$` is a dollar sign; a name that is not known, or stands for more than
    /// one value, stays as it is written. A text that is nothing but one
    /// variable takes its type.
    private static func expanded(_ text: String, _ values: [String: Value]) -> Value {
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        let dollar = UInt8(ascii: "$")
        var index = 0
        while index < bytes.count {
            guard bytes[index] == dollar, index + 1 < bytes.count else {
                output.append(bytes[index])
                index += 1
                continue
            }
            let close = bytes[index...].firstIndex(of: UInt8(ascii: ")"))
            if bytes[index + 1] == dollar {
                output.append(dollar)
                index += 2
            } else if bytes[index + 1] == UInt8(ascii: "("), let close {
                let name = String(decoding: bytes[(index + 2)..<close], as: UTF8.self)
                if let value = values[name], let written = FieldPath.text(value) {
                    if index == 0, close == bytes.count - 1, value.string == nil { return value }
                    output += written.utf8
                } else {
                    output += bytes[index...close]
                }
                index = close + 1
            } else {
                output.append(dollar)
                index += 1
            }
        }
        return .string(String(decoding: output, as: UTF8.self))
    }
}
