/// One evaluation of a compiled policy: its state, and how blocks run.
///
/// Statements that have at most one solution run in a loop; one with several calls what follows once for each. What
/// follows answers whether more solutions are wanted.
final class Evaluation {
    typealias Next = () throws(RegoError) -> Bool

    let tree: DocumentTree
    let groups: [RuleGroup]
    let builtins: Builtins
    let limits: EvaluationLimits
    let host: BuiltinHost
    var situation: Situation
    private var steps = 0
    private var depth = 0

    init(
        tree: DocumentTree, groups: [RuleGroup], builtins: Builtins, situation: Situation, limits: EvaluationLimits,
        surroundings: EvaluationSurroundings
    ) {
        self.tree = tree
        self.groups = groups
        self.builtins = builtins
        self.situation = situation
        self.limits = limits
        host = BuiltinHost(surroundings)
    }

    func count(_ location: Location) throws(RegoError) {
        steps += 1
        if steps > limits.stepsMax {
            throw RegoError(.cancelled, "more than \(limits.stepsMax) steps", at: location)
        }
        if steps & 0xFF == 0, let isOver = limits.isOver, isOver() {
            throw RegoError(.cancelled, "caller cancelled query execution", at: location)
        }
    }

    /// One level deeper.
    func nested<Result>(_ location: Location, _ body: () throws(RegoError) -> Result) throws(RegoError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depthMax else {
            throw RegoError(.cancelled, "evaluation nested deeper than \(limits.depthMax) levels", at: location)
        }
        return try body()
    }

    /// Calls `next` for each solution of the steps from `start`; false when no more are wanted.
    func run(_ block: Block, from start: Int = 0, _ frame: Frame, _ next: Next) throws(RegoError) -> Bool {
        let steps = block.steps
        var index = start
        while index < steps.count {
            let step = steps[index]
            index += 1
            try count(step.location)
            switch step.kind {
            case .match(let expression, let pattern):
                guard match(value(expression, frame), pattern, frame) else { return true }
            case .test(let expression):
                guard value(expression, frame).isTrue else { return true }
            case .fail: return true
            case .scan(let reference, let pattern):
                if let keys = reference.closedKeys {
                    guard let found = try lookup(reference, keys, frame, step.location) else { return true }
                    if let pattern {
                        guard match(found, pattern, frame) else { return true }
                    } else {
                        guard found.isTrue else { return true }
                    }
                } else {
                    let following = index
                    return try nested(step.location) { () throws(RegoError) in
                        try scan(reference, frame, step.location) { (found) throws(RegoError) in
                            if let pattern {
                                guard match(found, pattern, frame) else { return true }
                            } else {
                                guard found.isTrue else { return true }
                            }
                            return try run(block, from: following, frame, next)
                        }
                    }
                }
            case .call(let call):
                if case .builtin(let builtin) = call.callee, builtins[builtin].isRelation, situation.replaced.isEmpty {
                    let arguments = call.arguments.map { value($0, frame) }
                    let following = index
                    return try nested(step.location) { () throws(RegoError) in
                        try Walk.visit(arguments[0], evaluation: self, step.location) { (found) throws(RegoError) in
                            if let pattern = call.result {
                                guard match(found, pattern, frame) else { return true }
                            }
                            return try run(block, from: following, frame, next)
                        }
                    }
                }
                guard let result = try self.result(of: call, frame, step.location) else { return true }
                if let pattern = call.result {
                    guard match(result, pattern, frame) else { return true }
                } else {
                    guard result.isTrue else { return true }
                }
            case .comprehension(let comprehension, let slot):
                frame.slots[slot] = try value(comprehension, frame)
            case .template(let pieces, let slot):
                frame.slots[slot] = .string(try text(pieces, frame))
            case .not(let inner):
                guard try !hasSolution(inner, frame, step.location) else { return true }
            case .every(let every):
                guard try holds(every, frame, step.location) else { return true }
            case .with(let overrides, let inner):
                let following = index
                let outer = situation
                let changed = try self.situation(with: overrides, frame, step.location)
                situation = changed
                defer { situation = outer }
                return try nested(step.location) { () throws(RegoError) in
                    try run(inner, frame) { () throws(RegoError) in
                        situation = outer
                        defer { situation = changed }
                        return try run(block, from: following, frame, next)
                    }
                }
            }
        }
        return try next()
    }

    func hasSolution(_ block: Block, _ frame: Frame, _ location: Location) throws(RegoError) -> Bool {
        var found = false
        _ = try nested(location) { () throws(RegoError) in
            try run(block, frame) { () throws(RegoError) in
                found = true
                return false
            }
        }
        return found
    }

    private func holds(_ every: Every, _ frame: Frame, _ location: Location) throws(RegoError) -> Bool {
        func check(_ key: RegoValue, _ value: RegoValue) throws(RegoError) -> Bool {
            if let slot = every.key { frame.slots[slot] = key }
            if let slot = every.value { frame.slots[slot] = value }
            return try hasSolution(every.body, frame, location)
        }
        switch value(every.domain, frame) {
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                guard try check(.int(index), element) else { return false }
            }
        case .set(let set):
            for element in set { guard try check(element, element) else { return false } }
        case .object(let object):
            for member in object { guard try check(member.key, member.value) else { return false } }
        default: return false
        }
        return true
    }

    private func value(_ comprehension: Comprehension, _ frame: Frame) throws(RegoError) -> RegoValue {
        var elements: [RegoValue] = []
        var members: [RegoObject.Member] = []
        _ = try nested(comprehension.location) { () throws(RegoError) in
            try run(comprehension.body, frame) { () throws(RegoError) in
                let first = value(comprehension.head[0], frame)
                if comprehension.kind == .object {
                    members.append(.init(key: first, value: value(comprehension.head[1], frame)))
                } else {
                    elements.append(first)
                }
                return true
            }
        }
        switch comprehension.kind {
        case .array: return .array(elements)
        case .set: return .set(RegoSet(elements))
        case .object:
            members.sort { $0.key < $1.key }
            for (one, other) in zip(members, members.dropFirst()) where one.key == other.key && one.value != other.value
            {
                throw RegoError(.conflict, "object keys must be unique", at: comprehension.location)
            }
            return .object(RegoObject(members))
        }
    }

    private func text(_ pieces: [TemplatePiece], _ frame: Frame) throws(RegoError) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let part): text += part
            case .expression(let block, let expression, let location):
                var found: RegoValue?
                _ = try nested(location) { () throws(RegoError) in
                    try run(block, frame) { () throws(RegoError) in
                        let next = value(expression, frame)
                        if let found, found != next {
                            throw RegoError(
                                .conflict, "template-strings must not produce multiple outputs", at: location)
                        }
                        found = next
                        return true
                    }
                }
                text += found?.display ?? "<undefined>"
            }
        }
        return text
    }
}
