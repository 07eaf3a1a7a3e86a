import Attestations
import Documents
import RegularExpressions
import WaybillCore

/// The part of CUE that admission policies use: fields with values, comparisons, alternatives and named constants. What
/// is beyond it is refused when the policy is read. Unlike in CUE a field that the policy names must be there.
struct SimpleMatch: Sendable {
    indirect enum Pattern: Sendable {
        case value(Value)
        case compare(Comparison, Value)
        case matches(RegularExpression, Bool)
        case type(String)
        case fields([(key: String, pattern: Pattern)])
        case all([Pattern])
        case any([Pattern])
    }

    enum Comparison: String, Sendable { case less = "<", atMost = "<=", more = ">", atLeast = ">=", not = "!=" }

    let pattern: Pattern

    init(parsing text: String) throws(WaybillError) {
        var parser = try SimpleMatchParser(text)
        pattern = try parser.document()
    }

    /// What does not fit; nil where everything does.
    func objection(to value: Value) -> String? { Self.objection(pattern, value, "") }

    private static func objection(_ pattern: Pattern, _ value: Value, _ path: String) -> String? {
        let name = path.isEmpty ? "the document" : path
        switch pattern {
        case .value(let expected):
            return value == expected ? nil : "\(name) is not \(JSONWriter.string(expected))"
        case .compare(let comparison, let bound):
            return holds(comparison, value, bound)
                ? nil : "\(name) is not \(comparison.rawValue)\(JSONWriter.string(bound))"
        case .matches(let expression, let wanted):
            guard let text = value.string, expression.matches(text) == wanted else {
                return "\(name) does not match \(Redaction.excerpt(expression.pattern))"
            }
            return nil
        case .type(let type):
            let fits =
                switch type {
                case "string": value.string != nil
                case "bool": value.bool != nil
                case "int": value.integer != nil
                case "number", "float": value.number != nil
                default: true
                }
            return fits ? nil : "\(name) is no \(type)"
        case .fields(let fields):
            guard value.object != nil else { return "\(name) is no object" }
            for field in fields {
                let place = path.isEmpty ? field.key : "\(path).\(field.key)"
                guard let member = value[field.key] else { return "\(place) is missing" }
                if let found = objection(field.pattern, member, place) { return found }
            }
            return nil
        case .all(let patterns): return patterns.lazy.compactMap { objection($0, value, path) }.first
        case .any(let patterns):
            guard let first = patterns.first else { return nil }
            return patterns.contains { objection($0, value, path) == nil } ? nil : objection(first, value, path)
        }
    }

    private static func holds(_ comparison: Comparison, _ value: Value, _ bound: Value) -> Bool {
        if comparison == .not { return value != bound }
        let isLess: Bool
        let isEqual: Bool
        if let left = value.number?.double, let right = bound.number?.double {
            (isLess, isEqual) = (left < right, left == right)
        } else if let left = value.string, let right = bound.string {
            // Times of different zones compare as times, not as texts.
            if let left = Timestamp(left), let right = Timestamp(right) {
                (isLess, isEqual) = (left < right, left == right)
            } else {
                (isLess, isEqual) = (left.precedesByBytes(right), left.hasSameBytes(as: right))
            }
        } else {
            return false
        }
        switch comparison {
        case .less: return isLess
        case .atMost: return isLess || isEqual
        case .more: return !isLess && !isEqual
        case .atLeast: return !isLess
        case .not: return !isEqual
        }
    }
}
