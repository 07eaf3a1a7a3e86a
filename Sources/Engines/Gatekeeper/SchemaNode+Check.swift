import Documents
import RegularExpressions
import WaybillCore

extension SchemaNode {
    /// Appends what does not fit, in the document's order.
    func check(_ value: Value, _ path: String, _ problems: inout [String]) {
        if value.isNull, isNullable { return }
        guard fitsType(value) else {
            problems.append(
                "\(path): expected \(isIntOrString ? "integer or string" : type ?? ""), found \(value.typeName)")
            return
        }
        if let allowed, !allowed.contains(value) {
            problems.append("\(path): not one of \(allowed.map { JSONWriter.string($0) }.joined(separator: ", "))")
        }
        switch value {
        case .object(let object): check(object, path, &problems)
        case .array(let elements): check(elements, path, &problems)
        case .string(let text):
            if let pattern, !pattern.matches(text) { problems.append("\(path): does not match \(pattern.pattern)") }
            bounds.checkLength(text.unicodeScalars.count, path, &problems)
        case .number(let number): bounds.check(number.double, path, &problems)
        case .bool, .null: break
        }
        checkCombinations(value, path, &problems)
    }

    private func fitsType(_ value: Value) -> Bool {
        if isIntOrString { return value.string != nil || value.integer != nil }
        return switch type {
        case nil: true
        case "object": value.object != nil
        case "array": value.array != nil
        case "string": value.string != nil
        case "integer": value.integer != nil
        case "number": value.number != nil
        case "boolean": value.bool != nil
        default: value.isNull
        }
    }

    private func check(_ object: Object, _ path: String, _ problems: inout [String]) {
        for name in required where object[name] == nil { problems.append("\(path).\(name): missing") }
        bounds.checkCount(object.count, "properties", path, &problems)
        for member in object {
            if let schema = properties[member.key] {
                schema.check(member.value, "\(path).\(member.key)", &problems)
            } else if let additional {
                additional.check(member.value, "\(path).\(member.key)", &problems)
            } else if refusesAdditional {
                problems.append("\(path).\(member.key): unknown key")
            }
        }
    }

    private func check(_ elements: [Value], _ path: String, _ problems: inout [String]) {
        bounds.checkCount(elements.count, "items", path, &problems)
        if isUnique, Set(elements).count != elements.count { problems.append("\(path): an item is there twice") }
        guard let items else { return }
        for (index, element) in elements.enumerated() { items.check(element, "\(path)[\(index)]", &problems) }
    }

    private func checkCombinations(_ value: Value, _ path: String, _ problems: inout [String]) {
        func fits(_ schema: SchemaNode) -> Bool {
            var found: [String] = []
            schema.check(value, path, &found)
            return found.isEmpty
        }
        for schema in all { schema.check(value, path, &problems) }
        if !any.isEmpty, !any.contains(where: fits) { problems.append("\(path): fits none of anyOf") }
        if !one.isEmpty, one.filter(fits).count != 1 { problems.append("\(path): must fit exactly one of oneOf") }
        if let not, fits(not) { problems.append("\(path): fits what is excluded") }
    }
}

/// Least and most of numbers, lengths and counts.
struct SchemaBounds: Sendable {
    private let minimum: Double?
    private let maximum: Double?
    private let isMinimumExclusive: Bool
    private let isMaximumExclusive: Bool
    private let factor: Double?
    private let lengths: (min: Int?, max: Int?)
    private let items: (min: Int?, max: Int?)
    private let properties: (min: Int?, max: Int?)

    init(_ value: Value) {
        minimum = value["minimum"]?.number?.double
        maximum = value["maximum"]?.number?.double
        isMinimumExclusive = value["exclusiveMinimum"]?.bool ?? false
        isMaximumExclusive = value["exclusiveMaximum"]?.bool ?? false
        factor = value["multipleOf"]?.number?.double
        lengths = (value["minLength"]?.integer, value["maxLength"]?.integer)
        items = (value["minItems"]?.integer, value["maxItems"]?.integer)
        properties = (value["minProperties"]?.integer, value["maxProperties"]?.integer)
    }

    func check(_ number: Double, _ path: String, _ problems: inout [String]) {
        if let minimum, isMinimumExclusive ? number <= minimum : number < minimum {
            problems.append("\(path): less than \(Number(minimum).text)")
        }
        if let maximum, isMaximumExclusive ? number >= maximum : number > maximum {
            problems.append("\(path): more than \(Number(maximum).text)")
        }
        if let factor, factor > 0, (number / factor).rounded() * factor != number {
            problems.append("\(path): not a multiple of \(Number(factor).text)")
        }
    }

    func checkLength(_ length: Int, _ path: String, _ problems: inout [String]) {
        Self.check(length, lengths, "characters", path, &problems)
    }

    func checkCount(_ count: Int, _ what: String, _ path: String, _ problems: inout [String]) {
        Self.check(count, what == "items" ? items : properties, what, path, &problems)
    }

    private static func check(
        _ count: Int, _ range: (min: Int?, max: Int?), _ what: String, _ path: String, _ problems: inout [String]
    ) {
        if let min = range.min, count < min { problems.append("\(path): fewer than \(min) \(what)") }
        if let max = range.max, count > max { problems.append("\(path): more than \(max) \(what)") }
    }
}
