extension Evaluation {
    /// What `solutions` calls for each.
    typealias Solution = (Code.At<Code.Branch>, Frame) throws(RegoError) -> Bool

    /// Calls `body` with the frame of each solution of the clause, and of its alternatives when it has none.
    /// False when no more solutions are wanted.
    func solutions(
        of clause: Code.At<Code.Clause>, arguments: CallArguments, _ body: Solution
    ) throws(RegoError) {
        let slotCount = clause.pointee.slotCount
        let frame = slots.push(slotCount)
        defer { slots.pop(slotCount) }
        tracker?.enter(frame, slotCount)
        let parameters = clause.pointee.parameters
        for index in 0..<min(parameters.count, arguments.values.count) {
            guard match(arguments.values[index], parameters[index], frame) else { return }
            tracker?.bind(parameters[index], frame, arguments.place(index))
        }
        guard let branches = clause.pointee.branches.baseAddress else { return }
        for index in 0..<clause.pointee.branches.count {
            let branch = branches + index
            var found = false
            try enter(branch.pointee.site)
            defer { leave() }
            if let observer { observer.enter(self.site(branch.pointee.site)) }
            _ = try run(branch.pointee.body, frame) { () throws(RegoError) in
                found = true
                if let observer { observer.exit(self.site(branch.pointee.site)) }
                return try body(branch, frame)
            }
            observer?.leave()
            if found { return }
        }
    }

    /// The clauses of a group that can hold.
    @inline(__always)
    func eachClause(
        of group: Code.At<Code.Group>, arguments: CallArguments,
        _ body: (Code.At<Code.Clause>) throws(RegoError) -> Bool
    ) throws(RegoError) {
        guard let clauses = group.pointee.clauses.baseAddress else { return }
        if let index = group.pointee.index, !situation.hasReplacements {
            let rules = index.pointee.rules(input: situation.input, arguments: arguments.values)
            if let merged = rules.merged {
                for rule in merged { guard try body(clauses + rule) else { return } }
            } else {
                for rule in rules.first { guard try body(clauses + rule) else { return } }
            }
        } else {
            for rule in 0..<group.pointee.clauses.count { guard try body(clauses + rule) else { return } }
        }
    }

    /// The one value of a complete document or a function's call.
    func completeValue(_ group: Code.At<Code.Group>, arguments: CallArguments) throws(RegoError) -> RegoValue? {
        var result: RegoValue?
        try eachClause(of: group, arguments: arguments) { (clause) throws(RegoError) in
            try solutions(of: clause, arguments: arguments) { (branch, frame) throws(RegoError) in
                guard case .value(let expression) = branch.pointee.yield else { return false }
                let found = value(expression, frame)
                if let result, result != found {
                    let isFunction = if case .function = group.pointee.kind { true } else { false }
                    throw RegoError(
                        .conflict,
                        isFunction
                            ? "functions must not produce multiple outputs for same inputs"
                            : "complete rules must not produce multiple outputs", at: location(clause.pointee.site))
                }
                if result == nil, let tracker {
                    let place = tracker.place(of: expression, frame)
                    if let mark = arguments.mark {
                        tracker.yield(place: place, since: mark)
                    } else {
                        tracker.yield(place: place)
                    }
                }
                result = found
                return !branch.pointee.hasConstantResult
            }
            return result == nil || !group.pointee.isOneConstant
        }
        if result == nil, let fallback = group.pointee.fallback {
            try solutions(of: fallback, arguments: arguments) { (branch, frame) throws(RegoError) in
                result = value(branch.pointee.yield.expression, frame)
                return false
            }
        }
        return result
    }

    /// The result of a call; nil when it is undefined.
    func result(of call: Code.At<Code.Call>, _ frame: Frame, _ site: Int) throws(RegoError) -> RegoValue? {
        let callee = call.pointee.callee
        if case .builtin(let index) = callee, !situation.hasReplacements {
            return try result(ofBuiltin: index, call.pointee.arguments.map { value($0, frame) }, site)
        }
        let count = call.pointee.arguments.count
        let arguments = slots.push(count)
        defer { slots.pop(count) }
        for index in 0..<count { arguments[index] = place(call.pointee.arguments[index], frame) }
        let places = tracker.map { tracker in call.pointee.arguments.map { tracker.place(of: $0, frame) } }
        return try result(of: callee, UnsafeBufferPointer(start: arguments, count: count), places, site)
    }

    /// Where the result of the call that just ended comes from.
    func yielded(_ tracker: PlaceTracker, _ call: Code.At<Code.Call>, _ frame: Frame) -> Place? {
        guard case .builtin(let index) = call.pointee.callee, !situation.hasReplacements else { return tracker.yielded }
        let name = program.builtins[index].name
        guard name == "object.get" || name == "array.concat" else { return nil }
        let arguments = call.pointee.arguments.map { argument in
            (value: value(argument, frame), place: tracker.place(of: argument, frame))
        }
        return tracker.place(ofResultOf: name, arguments)
    }

    private func result(
        of callee: Call.Callee, _ arguments: UnsafeBufferPointer<At>, _ places: [Place?]?, _ site: Int
    ) throws(RegoError) -> RegoValue? {
        if situation.hasReplacements, let replaced = situation.replaced[callee] {
            switch replaced {
            case .value(let value): return value
            case .callee(let other):
                // Inside a replacement nothing is replaced, so that it can call what it stands for.
                let outer = situation
                situation = Situation(outer, .init(hidden: outer.hidden, replaced: [:]))
                defer { situation = outer }
                return try result(of: other, arguments, places, site)
            }
        }
        switch callee {
        case .function(let number):
            guard let groups = program.groups.baseAddress else { return nil }
            try enter(site)
            defer { leave() }
            let mark = tracker?.mark
            let result = try completeValue(
                groups + number, arguments: CallArguments(values: arguments, places: places, mark: mark))
            if result != nil { tracker?.keepYielded() }
            return result
        case .builtin(let index): return try result(ofBuiltin: index, arguments.map(\.pointee), site)
        }
    }

    func result(ofBuiltin index: Int, _ arguments: [RegoValue], _ site: Int) throws(RegoError) -> RegoValue? {
        if let observer, program.builtins[index].name == "trace" {
            observer.note(arguments.first?.display ?? "", self.site(site))
        }
        let result: RegoValue?
        do throws(BuiltinFailure) {
            result = try program.builtins[index].body(arguments, host)
        } catch {
            let builtin = program.builtins[index]
            guard error.isFatal || host.surroundings.hasStrictErrors else { return nil }
            let code: RegoError.Code =
                error.kind == .type ? .evaluationType : error.kind == .conflict ? .conflict : .builtin
            throw RegoError(code, "\(builtin.name): \(error.message)", at: location(site))
        }
        if let result { try charge(result, site) }
        return result
    }

    /// A builtin that needs no list of arguments; others and failures go the long way.
    func intrinsic(
        _ intrinsic: Code.Intrinsic, _ call: Code.At<Code.Call>, _ frame: Frame, _ site: Int
    ) throws(RegoError) -> RegoValue? {
        let arguments = call.pointee.arguments
        if situation.hasReplacements { return try result(of: call, frame, site) }
        let first = place(arguments[0], frame)
        let quick =
            if case .count = intrinsic { Self.count(first) } else {
                Self.quick(intrinsic, first, place(arguments[1], frame))
            }
        if let quick { return quick }
        return try result(of: call, frame, site)
    }

    private static func count(_ value: At) -> RegoValue? {
        switch value.pointee {
        case .array(let elements): .int(elements.count)
        case .set(let set): .int(set.count)
        case .object(let object): .int(object.count)
        default: nil
        }
    }

    private static func quick(_ intrinsic: Code.Intrinsic, _ first: At, _ second: At) -> RegoValue? {
        switch intrinsic {
        case .notEqual: return .bool(first.pointee != second.pointee)
        case .less: return .bool(RegoValue.compare(first.pointee, second.pointee) < 0)
        case .lessOrEqual: return .bool(RegoValue.compare(first.pointee, second.pointee) <= 0)
        case .greater: return .bool(RegoValue.compare(first.pointee, second.pointee) > 0)
        case .greaterOrEqual: return .bool(RegoValue.compare(first.pointee, second.pointee) >= 0)
        case .member:
            switch second.pointee {
            case .array(let elements): return .bool(elements.contains(first.pointee))
            case .set(let set): return .bool(set.contains(first.pointee))
            case .object(let object): return .bool(object.values.contains(first.pointee))
            default: return .bool(false)
            }
        case .plus, .minus:
            guard case .number(let one) = first.pointee, case .number(let other) = second.pointee, let left = one.int,
                let right = other.int
            else { return nil }
            let (sum, overflow) =
                if case .plus = intrinsic { left.addingReportingOverflow(right) } else {
                    left.subtractingReportingOverflow(right)
                }
            return overflow ? nil : .int(sum)
        case .startsWith:
            guard case .string(let text) = first.pointee, case .string(let part) = second.pointee else { return nil }
            return .bool(StringBuiltins.starts(text, with: part))
        case .count: return nil
        }
    }

    /// The values of a call, with where they come from when that is asked.
    struct CallArguments {
        var values = UnsafeBufferPointer<At>(start: nil, count: 0)
        var places: [Place?]?
        /// What had been read when a function was called.
        var mark: Int?

        func place(_ index: Int) -> Place? {
            guard let places, places.indices.contains(index) else { return nil }
            return places[index]
        }
    }
}
