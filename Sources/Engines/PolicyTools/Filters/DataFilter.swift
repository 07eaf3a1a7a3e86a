public import Documents
public import Rego
public import WaybillCore

/// What partial evaluation left over, as a condition on rows: `input.TABLE.COLUMN` are the columns.
public indirect enum DataFilter: Sendable, Equatable {
    public enum Comparison: String, Sendable {
        case equal = "eq"
        case notEqual = "ne"
        case less = "lt"
        case lessOrEqual = "lte"
        case greater = "gt"
        case greaterOrEqual = "gte"
        case startsWith = "startswith"
        case endsWith = "endswith"
        case contains
        case isIn = "in"
        case isNotIn = "nin"

        /// The same question with its sides exchanged.
        var mirrored: Comparison? {
            switch self {
            case .equal, .notEqual: self
            case .less: .greater
            case .lessOrEqual: .greaterOrEqual
            case .greater: .less
            case .greaterOrEqual: .lessOrEqual
            default: nil
            }
        }
    }

    public enum Operand: Sendable, Equatable {
        case value(RegoValue)
        case field(String)
    }

    case field(String, Comparison, Operand)
    case not(DataFilter)
    case all([DataFilter])
    case any([DataFilter])

    /// The rows of which the queries hold; nil where they never do. Throws `.unsupported` for what no filter can say.
    public static func from(_ result: PartialResult) throws(WaybillError) -> DataFilter? {
        guard !result.queries.isEmpty else { return nil }
        guard result.support.isEmpty else {
            throw failure("the rule needs rules of its own", "a default, a negation of several conditions, or every")
        }
        var ways: [DataFilter] = []
        for query in result.queries {
            var conditions: [DataFilter] = []
            for expression in query { conditions.append(try condition(expression)) }
            if conditions.isEmpty { return .all([]) }
            ways.append(conditions.count == 1 ? conditions[0] : .all(conditions))
        }
        return ways.count == 1 ? ways[0] : .any(ways)
    }

    private static func failure(_ message: String, _ detail: String) -> WaybillError {
        WaybillError(
            .unsupported, "no filter can be made: \(message)", subject: Redaction.excerpt(detail),
            remedy: "compare columns of input with values by ==, !=, <, <=, >, >=, in, startswith, endswith, contains")
    }

    private static let comparisons: [String: Comparison] = [
        "eq": .equal, "equal": .equal, "neq": .notEqual, "lt": .less, "lte": .lessOrEqual, "gt": .greater,
        "gte": .greaterOrEqual, "startswith": .startsWith, "endswith": .endsWith, "contains": .contains,
        "internal.member_2": .isIn,
    ]

    private static func condition(_ expression: ResidualExpression) throws(WaybillError) -> DataFilter {
        let plain: DataFilter
        switch expression.kind {
        case .term(let term):
            guard let field = field(term) else { throw failure("a term is no column", expression.text) }
            // A column that must not be false.
            plain = .field(field, .notEqual, .value(false))
        case .call(let name, let terms):
            guard let comparison = comparisons[name], terms.count == 2 else {
                throw failure("\(name) cannot be asked of a column", expression.text)
            }
            plain = try self.comparison(comparison, terms[0], terms[1], expression)
        case .every: throw failure("every cannot be asked of a column", expression.text)
        }
        return expression.isNegated ? .not(plain) : plain
    }

    private static func comparison(
        _ comparison: Comparison, _ one: ResidualTerm, _ other: ResidualTerm, _ expression: ResidualExpression
    ) throws(WaybillError) -> DataFilter {
        if let column = field(one) {
            if let another = field(other), comparison.mirrored != nil {
                return .field(column, comparison, .field(another))
            }
            guard case .value(let value) = other, allows(value, comparison) else {
                throw failure("a column is compared with what is no value", expression.text)
            }
            return .field(column, comparison, .value(value))
        }
        guard let column = field(other), let mirrored = comparison.mirrored, case .value(let value) = one,
            allows(value, mirrored)
        else { throw failure("no side is a column", expression.text) }
        return .field(column, mirrored, .value(value))
    }

    private static func allows(_ value: RegoValue, _ comparison: Comparison) -> Bool {
        switch (value, comparison) {
        case (.array(let elements), .isIn): !elements.isEmpty && elements.allSatisfy(isScalar)
        case (.set(let set), .isIn): !set.isEmpty && set.elements.allSatisfy(isScalar)
        case (.string, .startsWith), (.string, .endsWith), (.string, .contains): true
        case (_, .isIn), (_, .startsWith), (_, .endsWith), (_, .contains): false
        default: isScalar(value)
        }
    }

    private static func isScalar(_ value: RegoValue) -> Bool {
        switch value {
        case .null, .bool, .number, .string: true
        case .array, .set, .object: false
        }
    }

    /// `TABLE.COLUMN` for `input.TABLE.COLUMN`, `COLUMN` for `input.COLUMN`.
    private static func field(_ term: ResidualTerm) -> String? {
        guard case .reference("input", let keys) = term, (1...2).contains(keys.count) else { return nil }
        let names = keys.compactMap { key -> String? in
            if case .value(.string(let name)) = key, isName(name) { name } else { nil }
        }
        return names.count == keys.count ? names.joined(separator: ".") : nil
    }

    /// A name that needs no quotes in any dialect: whatever else is refused.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 128 && !(48...57).contains(text.utf8.first ?? 48)
            && text.utf8.allSatisfy { $0 == 0x5F || (48...57).contains($0) || (97...122).contains($0 | 0x20) }
    }

    /// The same with tables and columns under other names: `{"fruits": {"$self": "f", "name": "n"}}`.
    public func renamed(_ mappings: Value) throws(WaybillError) -> DataFilter {
        switch self {
        case .field(let name, let comparison, .field(let other)):
            return .field(try Self.renamed(name, mappings), comparison, .field(try Self.renamed(other, mappings)))
        case .field(let name, let comparison, let operand):
            return .field(try Self.renamed(name, mappings), comparison, operand)
        case .not(let inner): return .not(try inner.renamed(mappings))
        case .all(let parts): return .all(try Self.renamed(parts, mappings))
        case .any(let parts): return .any(try Self.renamed(parts, mappings))
        }
    }

    private static func renamed(_ parts: [DataFilter], _ mappings: Value) throws(WaybillError) -> [DataFilter] {
        var result: [DataFilter] = []
        for part in parts { result.append(try part.renamed(mappings)) }
        return result
    }

    private static func renamed(_ name: String, _ mappings: Value) throws(WaybillError) -> String {
        let parts = name.split(separator: ".").map(String.init)
        let table = mappings[parts[0]]
        let names =
            parts.count == 2
            ? [table?["$self"]?.string ?? parts[0], table?[parts[1]]?.string ?? parts[1]]
            : [table?.string ?? parts[0]]
        guard names.allSatisfy(isName) else {
            throw WaybillError(.invalidInput, "a mapped name is no plain name", subject: Redaction.excerpt("\(names)"))
        }
        return names.joined(separator: ".")
    }
}
