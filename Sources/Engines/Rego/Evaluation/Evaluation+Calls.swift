extension Evaluation {
    /// Calls `body` with the frame of each solution of the clause, and of its alternatives when it has none.
    func solutions(
        of clause: Clause, arguments: [RegoValue], _ body: (Clause, Frame) throws(RegoError) -> Bool
    ) throws(RegoError) {
        let frame = Frame(slotCount: clause.slotCount)
        for (argument, pattern) in zip(arguments, clause.parameters) {
            guard match(argument, pattern, frame) else { return }
        }
        for branch in [clause] + clause.alternatives {
            var found = false
            _ = try nested(branch.location) { () throws(RegoError) in
                try run(branch.body, frame) { () throws(RegoError) in
                    found = true
                    return try body(branch, frame)
                }
            }
            if found { return }
        }
    }

    /// The one value of a complete document or a function's call.
    func completeValue(_ group: RuleGroup, arguments: [RegoValue], _ location: Location) throws(RegoError) -> RegoValue?
    {
        var result: RegoValue?
        for clause in group.clauses {
            try solutions(of: clause, arguments: arguments) { (branch, frame) throws(RegoError) in
                guard case .value(let expression) = branch.yield else { return false }
                let found = value(expression, frame)
                if let result, result != found {
                    let isFunction = if case .function = group.kind { true } else { false }
                    throw RegoError(
                        .conflict,
                        isFunction
                            ? "functions must not produce multiple outputs for same inputs"
                            : "complete rules must not produce multiple outputs", at: clause.location)
                }
                result = found
                return !branch.hasConstantResult
            }
        }
        if result == nil, let fallback = group.fallback {
            try solutions(of: fallback, arguments: arguments) { (branch, frame) throws(RegoError) in
                if case .value(let expression) = branch.yield { result = value(expression, frame) }
                return false
            }
        }
        return result
    }

    /// The result of a call; nil when it is undefined.
    func result(of call: Call, _ frame: Frame, _ location: Location) throws(RegoError) -> RegoValue? {
        try result(of: call.callee, call.arguments.map { value($0, frame) }, location)
    }

    private func result(
        of callee: Call.Callee, _ arguments: [RegoValue], _ location: Location
    ) throws(RegoError) -> RegoValue? {
        if !situation.replaced.isEmpty, let replaced = situation.replaced[callee] {
            switch replaced {
            case .value(let value): return value
            case .callee(let other):
                // Inside a replacement nothing is replaced, so that it can call what it stands for.
                let outer = situation
                situation = Situation(input: outer.input, data: outer.data, hidden: outer.hidden)
                defer { situation = outer }
                return try result(of: other, arguments, location)
            }
        }
        switch callee {
        case .function(let group):
            return try nested(location) { () throws(RegoError) in
                try completeValue(groups[group], arguments: arguments, location)
            }
        case .builtin(let index):
            let builtin = builtins[index]
            do throws(BuiltinFailure) {
                return try builtin.body(arguments, host)
            } catch {
                guard error.isFatal || host.surroundings.hasStrictErrors else { return nil }
                let code: RegoError.Code =
                    error.kind == .type ? .evaluationType : error.kind == .conflict ? .conflict : .builtin
                throw RegoError(code, "\(builtin.name): \(error.message)", at: location)
            }
        }
    }
}

/// `walk`: every path into a document with the value there.
enum Walk {
    static func visit(
        _ document: RegoValue, path: [RegoValue] = [], evaluation: Evaluation, _ location: Location,
        _ body: (RegoValue) throws(RegoError) -> Bool
    ) throws(RegoError) -> Bool {
        try evaluation.count(location)
        guard try body(.array([.array(path), document])) else { return false }
        switch document {
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                guard try visit(element, path: path + [.int(index)], evaluation: evaluation, location, body) else {
                    return false
                }
            }
        case .set(let set):
            for element in set {
                guard try visit(element, path: path + [element], evaluation: evaluation, location, body) else {
                    return false
                }
            }
        case .object(let object):
            for member in object {
                guard try visit(member.value, path: path + [member.key], evaluation: evaluation, location, body) else {
                    return false
                }
            }
        default: break
        }
        return true
    }
}
