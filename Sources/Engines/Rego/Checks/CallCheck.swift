/// Calls of functions that do not exist, or with other numbers of arguments.
struct CallCheck {
    let arity: (PlainExpression.Operator) -> Int?

    func errors(in body: PlainBody) -> [RegoError] { body.expressions.flatMap(errors) }

    private func errors(_ expression: PlainExpression) -> [RegoError] {
        let inner = expression.closures.flatMap { errors(in: $0.body) }
        guard case .call(let operation, let arguments) = expression.kind else { return inner }
        return inner + (error(operation, arguments.count, expression).map { [$0] } ?? [])
    }

    private func error(
        _ operation: PlainExpression.Operator, _ given: Int, _ expression: PlainExpression
    ) -> RegoError? {
        func fail(_ message: String) -> RegoError { RegoError(.type, message, at: expression.location) }
        if operation == .equality { return given == 2 ? nil : fail("eq: arity mismatch") }
        guard let count = arity(operation) else { return fail("undefined function \(operation.written)") }
        if case .builtin("print") = operation { return nil }
        // One argument more than the function has is where its result goes.
        let isRight = given == count + 1 || given == count && !expression.hasAddedOutput
        guard !isRight else { return nil }
        guard case .function = operation else { return fail("\(operation.written): arity mismatch") }
        let shown = given - (expression.hasAddedOutput ? 1 : 0)
        return fail(
            "function \(operation.written) has arity \(count), got \(shown) argument\(shown == 1 ? "" : "s")")
    }
}
