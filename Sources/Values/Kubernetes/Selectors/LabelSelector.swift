public import Documents
public import WaybillCore

/// Which labels an object must carry.
public struct LabelSelector: Hashable, Sendable, CustomStringConvertible {
    public enum Requirement: Hashable, Sendable {
        case equals(String, String)
        case notEquals(String, String)
        case isIn(String, [String])
        case isNotIn(String, [String])
        case exists(String)
        case doesNotExist(String)
        case greaterThan(String, Int)
        case lessThan(String, Int)
    }

    public var requirements: [Requirement]

    /// Without requirements everything matches.
    public init(_ requirements: [Requirement] = []) { self.requirements = requirements }

    /// From `matchLabels` and `matchExpressions`. Throws `.invalidInput` for what cannot be read.
    public init(_ value: Value) throws(WaybillError) {
        guard let object = value.object else { throw Self.failure("expected an object, found \(value.typeName)") }
        for member in object where member.key != "matchLabels" && member.key != "matchExpressions" {
            throw Self.failure("unknown key \(Redaction.excerpt(member.key))")
        }
        requirements = []
        for member in object["matchLabels"]?.object ?? Object() {
            guard let text = member.value.string else {
                throw Self.failure("the value of \(member.key) is not a string")
            }
            requirements.append(.equals(member.key, text))
        }
        for expression in object["matchExpressions"]?.array ?? [] {
            requirements.append(try Self.requirement(expression))
        }
    }

    /// Reads kubectl's form: `app=cart,tier in (a, b),!legacy`.
    public init(parsing text: String) throws(WaybillError) {
        var parser = LabelSelectorParser(text)
        requirements = try parser.requirements()
    }

    public func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { requirement in
            switch requirement {
            case .equals(let key, let value): labels[key]?.hasSameBytes(as: value) ?? false
            case .notEquals(let key, let value): !(labels[key]?.hasSameBytes(as: value) ?? false)
            case .isIn(let key, let values): labels[key].map { has($0, in: values) } ?? false
            case .isNotIn(let key, let values): labels[key].map { !has($0, in: values) } ?? true
            case .exists(let key): labels[key] != nil
            case .doesNotExist(let key): labels[key] == nil
            case .greaterThan(let key, let bound): labels[key].flatMap { Int($0) }.map { $0 > bound } ?? false
            case .lessThan(let key, let bound): labels[key].flatMap { Int($0) }.map { $0 < bound } ?? false
            }
        }
    }

    public func matches(_ resource: Resource) -> Bool { matches(resource.labels) }

    /// In kubectl's form.
    public var description: String {
        requirements.map { requirement in
            switch requirement {
            case .equals(let key, let value): "\(key)=\(value)"
            case .notEquals(let key, let value): "\(key)!=\(value)"
            case .isIn(let key, let values): "\(key) in (\(values.joined(separator: ",")))"
            case .isNotIn(let key, let values): "\(key) notin (\(values.joined(separator: ",")))"
            case .exists(let key): key
            case .doesNotExist(let key): "!\(key)"
            case .greaterThan(let key, let bound): "\(key)>\(bound)"
            case .lessThan(let key, let bound): "\(key)<\(bound)"
            }
        }.joined(separator: ",")
    }

    private func has(_ value: String, in values: [String]) -> Bool { values.contains { $0.hasSameBytes(as: value) } }

    private static func requirement(_ value: Value) throws(WaybillError) -> Requirement {
        guard let key = value["key"]?.string, !key.isEmpty else { throw failure("an expression has no key") }
        let values = (value["values"]?.array ?? []).compactMap(\.string)
        switch value["operator"]?.string {
        case "In" where !values.isEmpty: return .isIn(key, values)
        case "NotIn" where !values.isEmpty: return .isNotIn(key, values)
        case "Exists" where values.isEmpty: return .exists(key)
        case "DoesNotExist" where values.isEmpty: return .doesNotExist(key)
        default:
            throw failure("the expression of \(Redaction.excerpt(key)) has an operator that does not fit its values")
        }
    }

    static func failure(_ message: String) -> WaybillError {
        WaybillError(.invalidInput, message, subject: "label selector")
    }
}
