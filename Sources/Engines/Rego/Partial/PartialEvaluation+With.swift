/// Replaced documents and functions.
extension PartialEvaluation {
    /// What is replaced is known below; everything else is as it was.
    func with(
        _ overrides: [Override], _ block: Block, _ state: State, _ location: Location
    ) throws(RegoError) -> [State] {
        let outer = (evaluation.situation, unknowns)
        var change = Situation.Change(hidden: outer.0.hidden, replaced: outer.0.replaced)
        for override in overrides {
            switch (override.target, override.replacement) {
            case (.callee(let callee), .callee(let other)): change.replaced[callee] = .callee(other)
            case (.callee(let callee), .value(let expression)):
                guard let value = term(expression, state).known else { throw unsupported("with", location) }
                change.replaced[callee] = .value(value)
            case (.input(let path), .value(let expression)):
                let value = try replacement(expression, ["input"] + path, state, location)
                change.input = Evaluation.replacing(path[...], in: change.input ?? outer.0.input?.pointee, with: value)
            case (.data(let path), .value(let expression)):
                let value = try replacement(expression, ["data"] + path, state, location)
                change.data = Evaluation.replacing(path[...], in: change.data ?? outer.0.data.pointee, with: value)
                if let node = evaluation.program.node(at: path) { change.hidden.insert(node) }
            case (.input, .callee), (.data, .callee):
                throw RegoError(.type, "with keyword cannot replace a document by a function", at: location)
            }
        }
        evaluation.situation = Situation(outer.0, change)
        replacements += 1
        defer {
            (evaluation.situation, unknowns) = outer
            replacements -= 1
        }
        return try nested(location) { () throws(RegoError) in try run(block, [state]) }
    }

    /// The known value in place of a document, of which nothing is unknown from then on.
    func replacement(
        _ expression: Expression, _ path: [String], _ state: State, _ location: Location
    ) throws(RegoError) -> RegoValue {
        guard let value = term(expression, state).known else { throw unsupported("with", location) }
        guard !unknowns.contains(where: { path.starts(with: $0) && path.count > $0.count }) else {
            throw unsupported("with on a part of what", location)
        }
        unknowns.removeAll { $0.starts(with: path) }
        return value
    }
}
