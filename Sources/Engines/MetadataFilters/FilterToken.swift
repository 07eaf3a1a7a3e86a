/// A piece of a filter's text.
struct FilterToken: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case text, string, digit, hexadecimal, exponent, blank
        case dot, comma, openParenthesis, closeParenthesis, openBracket, closeBracket
        case exclamation, minus, plus
        case and, or, not
        case has, equals, notEquals, less, lessOrEquals, greater, greaterOrEquals
        /// Characters that are tokens but mean nothing here: braces, a lone backslash.
        case stray
        case end
    }

    var kind: Kind
    /// Characters before it.
    var offset: Int
    var text: String

    /// The function that a comparison is written as in the tree; nil for other tokens.
    var comparison: String? {
        switch kind {
        case .has: FilterFunction.has
        case .equals: FilterFunction.equals
        case .notEquals: FilterFunction.notEquals
        case .less: FilterFunction.less
        case .lessOrEquals: FilterFunction.lessOrEquals
        case .greater: FilterFunction.greater
        case .greaterOrEquals: FilterFunction.greaterOrEquals
        default: nil
        }
    }

    /// May begin unquoted text.
    var beginsText: Bool {
        switch kind {
        case .text, .exclamation, .digit, .exponent: true
        default: false
        }
    }

    /// May stand behind a whole number.
    var endsNumber: Bool {
        switch kind {
        case .blank, .end, .closeParenthesis, .closeBracket, .comma: true
        default: comparison != nil
        }
    }
}
