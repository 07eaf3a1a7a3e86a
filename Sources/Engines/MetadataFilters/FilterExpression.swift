/// A filter as a tree, in the manner of the Common Expression Language: operators are calls of functions with odd names.
public struct FilterExpression: Hashable, Sendable {
    public enum Constant: Hashable, Sendable {
        case integer(Int64)
        case double(Double)
        case string(String)
    }

    public indirect enum Content: Hashable, Sendable {
        /// A filter without a word.
        case empty
        case constant(Constant)
        /// Unquoted text: a field's name or a value, as the place asks.
        case identifier(String)
        case select(FilterExpression, field: String)
        case call(String, target: FilterExpression?, arguments: [FilterExpression])
    }

    /// Numbered from 1 in the order in which the nodes were finished.
    public var id: Int
    /// Characters before the word or operator that made the node.
    public var offset: Int
    public var content: Content

    public init(id: Int, offset: Int, content: Content) {
        self.id = id
        self.offset = offset
        self.content = content
    }
}

/// The functions that operators stand for.
public enum FilterFunction {
    public static let and = "_&&_"
    public static let or = "_||_"
    public static let not = "!_"
    public static let sequence = "_sequence_"
    /// A word or call that stands alone: whatever has it anywhere.
    public static let global = "_global_"
    public static let index = "_[_]"
    public static let has = "_:_"
    public static let equals = "_==_"
    public static let notEquals = "_!=_"
    public static let less = "_<_"
    public static let lessOrEquals = "_<=_"
    public static let greater = "_>_"
    public static let greaterOrEquals = "_>=_"

    /// What needs no `_global_` around it.
    static let restrictions: Set<String> = [
        and, or, not, sequence, global, has, equals, notEquals, less, lessOrEquals, greater, greaterOrEquals,
    ]
}
