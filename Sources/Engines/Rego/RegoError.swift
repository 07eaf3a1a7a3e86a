/// A policy that cannot be read, compiled or evaluated, with the place. Codes are those that OPA gives.
public struct RegoError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        case parse = "rego_parse_error"
        case compile = "rego_compile_error"
        case type = "rego_type_error"
        case unsafeVariable = "rego_unsafe_var_error"
        case recursion = "rego_recursion_error"
        case evaluationType = "eval_type_error"
        case builtin = "eval_builtin_error"
        case conflict = "eval_conflict_error"
        case withMerge = "eval_with_merge_error"
        /// A limit was reached, or the caller's deadline passed.
        case cancelled = "eval_cancel_error"
        case `internal` = "eval_internal_error"
    }

    public var code: Code
    public var message: String
    public var file: String
    /// Counted from 1; a tab is one column. Zero where there is no place.
    public var row: Int
    public var column: Int

    public init(_ code: Code, _ message: String, file: String = "", row: Int = 0, column: Int = 0) {
        self.code = code
        self.message = message
        self.file = file
        self.row = row
        self.column = column
    }

    init(_ code: Code, _ message: String, at location: Location) {
        self.init(code, message, file: location.file, row: location.row, column: location.column)
    }

    /// For people: `policy.rego:3:6: rego_parse_error: unexpected …`
    public var text: String {
        let name = file.isEmpty ? "" : "\(file):"
        let place = row == 0 ? name : "\(name)\(row):\(column):"
        return (place.isEmpty ? "" : place + " ") + "\(code.rawValue): \(message)"
    }

    /// In the form that programs know from OPA, without the column.
    public var description: String {
        let place = file.isEmpty && row == 0 ? "" : "\(file):\(row): "
        return "\(place)\(code.rawValue): \(message)"
    }
}

/// Everything that is wrong with a set of modules, in the order of the source.
public struct RegoErrors: Error, Sendable, CustomStringConvertible {
    public var errors: [RegoError]

    public init(_ errors: [RegoError]) { self.errors = errors }
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// A place in a module, and the text that stands there.
struct Location: Sendable, Hashable {
    var file: String
    var row: Int
    var column: Int
    /// The text's bytes. For a term in parentheses they begin at the parenthesis; row and column do not.
    var start = 0
    var end = 0

    static let none = Location(file: "", row: 0, column: 0)
}

/// Which Rego a module is written in.
public enum RegoVersion: String, Sendable, Hashable {
    /// `if` and `contains` are optional and must be imported.
    case v0
    /// `if` before bodies, `contains` for sets; all keywords are known.
    case v1
}
