public import Documents
import Rego
public import WaybillCore

extension DataFilter {
    /// A database's way of writing conditions.
    public enum Dialect: String, Sendable, CaseIterable { case postgresql, mysql, sqlserver, sqlite }

    /// Kinds of condition trees: what their readers understand beside comparisons.
    public enum TreeKind: String, Sendable, CaseIterable { case all, minimal, prisma, linq }

    // MARK: SQL

    /// `WHERE fruits.name = E'apple'`; empty where every row is wanted.
    public func sql(_ dialect: Dialect) -> String {
        if case .all(let parts) = self, parts.isEmpty { return "" }
        return "WHERE " + condition(dialect)
    }

    private func condition(_ dialect: Dialect) -> String {
        switch self {
        case .all(let parts): return "(" + parts.map { $0.condition(dialect) }.joined(separator: " AND ") + ")"
        case .any(let parts): return "(" + parts.map { $0.condition(dialect) }.joined(separator: " OR ") + ")"
        case .not(let inner): return "NOT " + inner.condition(dialect)
        case .field(let name, let comparison, .field(let other)):
            return "\(name) \(Self.sign(comparison)) \(other)"
        case .field(let name, let comparison, .value(let value)):
            switch comparison {
            case .isIn, .isNotIn:
                let list = (value.array ?? value.set?.elements ?? []).map { Self.literal($0, dialect) }
                return "\(name) \(comparison == .isIn ? "IN" : "NOT IN") (\(list.joined(separator: ", ")))"
            case .startsWith, .endsWith, .contains:
                let text = Self.escapedPattern(value.string ?? "", dialect)
                let pattern = (comparison == .startsWith ? "" : "%") + text + (comparison == .endsWith ? "" : "%")
                let escape = text.contains("\\") && (dialect == .sqlite || dialect == .sqlserver) ? " ESCAPE '\\'" : ""
                return "\(name) LIKE \(Self.literal(.string(pattern), dialect))\(escape)"
            case .equal where value == .null: return "\(name) IS NULL"
            case .notEqual where value == .null: return "\(name) IS NOT NULL"
            default: return "\(name) \(Self.sign(comparison)) \(Self.literal(value, dialect))"
            }
        }
    }

    private static func sign(_ comparison: Comparison) -> String {
        switch comparison {
        case .equal: "="
        case .notEqual: "<>"
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        default: "="
        }
    }

    private static func escapedPattern(_ text: String, _ dialect: Dialect) -> String {
        let special: Set<Character> = dialect == .sqlserver ? ["%", "_", "[", "\\"] : ["%", "_", "\\"]
        return text.map { special.contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    private static func literal(_ value: RegoValue, _ dialect: Dialect) -> String {
        switch value {
        case .null: return "NULL"
        case .bool(let flag):
            switch dialect {
            case .postgresql, .mysql: return flag ? "TRUE" : "FALSE"
            case .sqlserver, .sqlite: return flag ? "1" : "0"
            }
        case .number(let number): return number.text
        case .string(let text):
            switch dialect {
            case .postgresql: return "E'" + doubled(text, "\\", "'") + "'"
            case .mysql: return "'" + doubled(text, "\\", "'") + "'"
            case .sqlserver: return "N'" + doubled(text, "'") + "'"
            case .sqlite: return "'" + doubled(text, "'") + "'"
            }
        case .array, .set, .object: return "NULL"
        }
    }

    private static func doubled(_ text: String, _ letters: Unicode.Scalar...) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if letters.contains(scalar) { result.append(scalar) }
            result.append(scalar)
        }
        return String(result)
    }

    // MARK: UCAST

    /// The condition as a tree; throws `.unsupported` for what the kind's readers do not know.
    public func tree(_ kind: TreeKind) throws(WaybillError) -> Value {
        switch self {
        case .all(let parts): return parts.isEmpty ? [:] : try compound("and", parts, kind)
        case .any(let parts): return try compound("or", parts, kind)
        case .not(let inner):
            guard kind == .all || kind == .prisma else { throw Self.unknown("not", kind) }
            return try compound("not", [inner], kind)
        case .field(let name, let comparison, let operand):
            if kind == .minimal || kind == .linq {
                switch comparison {
                case .startsWith, .endsWith, .contains, .isIn, .isNotIn: throw Self.unknown(comparison.rawValue, kind)
                default: break
                }
            }
            let value: Value =
                switch operand {
                case .value(let value): value.document
                case .field(let other): ["field": .string(other)]
                }
            if case .field = operand, kind != .all { throw Self.unknown("a comparison of two columns", kind) }
            return [
                "type": "field", "operator": .string(comparison.rawValue), "field": .string(name), "value": value,
            ]
        }
    }

    private func compound(_ name: String, _ parts: [DataFilter], _ kind: TreeKind) throws(WaybillError) -> Value {
        var trees: [Value] = []
        for part in parts { trees.append(try part.tree(kind)) }
        return ["type": "compound", "operator": .string(name), "value": .array(trees)]
    }

    private static func unknown(_ what: String, _ kind: TreeKind) -> WaybillError {
        WaybillError(
            .unsupported, "no filter can be made: \(what) is not known to it", subject: "ucast.\(kind.rawValue)")
    }
}
