/// An expression that has been read and checked.
public struct CELProgram: Sendable {
    public let text: String
    /// What it gives, as far as that is known.
    public let type: CELType
    private let expression: CELExpression

    /// Throws with the place in the text.
    public init(_ text: String, variables: [String: CELType]) throws(CELError) {
        self.text = text
        expression = try CELParser.parse(text)
        var checker = CELChecker(variables)
        type = try checker.type(of: expression)
    }

    /// The value with these variables. Every name that was declared must be there.
    public func evaluate(_ variables: [String: CELValue]) throws(CELError) -> CELValue {
        try CELMachine(variables).value(of: expression)
    }

    /// The expression names the variable.
    public func mentions(_ name: String) -> Bool {
        var lexer = CELLexer(text)
        return ((try? lexer.tokens()) ?? []).contains { $0.kind == .identifier(name) }
    }
}
