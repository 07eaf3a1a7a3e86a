/// The names that bodies declare, one frame a body.
struct DeclaredNames {
    enum Occurrence { case argument, seen, assigned, declared }

    final class Frame {
        var variables: [String: Int] = [:]
        var occurrences: [String: Occurrence] = [:]
        var counts: [String: Int] = [:]
        /// Names that the body declares somewhere: none of them means a document in it.
        var declaredSomewhere: Set<String> = []
    }

    private(set) var frames: [Frame] = [Frame()]

    var top: Frame { frames[frames.count - 1] }
    mutating func push() { frames.append(Frame()) }
    mutating func pop() { frames.removeLast() }

    func insert(_ name: String, _ variable: Int, _ occurrence: Occurrence) {
        top.variables[name] = variable
        top.occurrences[name] = occurrence
        top.counts[name] = 1
    }

    func variable(_ name: String) -> Int? {
        for frame in frames.reversed() { if let variable = frame.variables[name] { return variable } }
        return nil
    }

    func isDeclaredSomewhere(_ name: String) -> Bool {
        frames.contains { $0.declaredSomewhere.contains(name) || $0.occurrences[name] == .argument }
    }

    func see(_ name: String) {
        for frame in frames.reversed() where frame.counts[name] != nil {
            frame.counts[name, default: 0] += 1
            return
        }
        top.counts[name] = 1
    }

    func count(_ name: String) -> Int {
        for frame in frames.reversed() { if let count = frame.counts[name] { return count } }
        return 0
    }

    /// Why the name cannot be declared here; nil when it can.
    func conflict(_ name: String) -> String? {
        switch top.occurrences[name] {
        case .seen: "var \(name) referenced above"
        case .assigned: "var \(name) assigned above"
        case .declared: "var \(name) declared above"
        case .argument: "arg \(name) redeclared"
        case nil: nil
        }
    }
}

extension Literal {
    /// The names that the statement itself declares.
    var declaredNames: Set<String> {
        switch kind {
        case .some(let names): Set(names.compactMap(\.variable))
        case .someIn(let key, let value, _): (key?.patternNames ?? []).union(value.patternNames)
        case .assign(let left, _): left.patternNames
        default: []
        }
    }
}

extension Term {
    /// Variables that a pattern fills.
    var patternNames: Set<String> {
        switch kind {
        case .variable(let name): [name]
        case .array(let terms): terms.reduce(into: []) { $0.formUnion($1.patternNames) }
        case .object(let pairs): pairs.reduce(into: []) { $0.formUnion($1.value.patternNames) }
        default: []
        }
    }

    /// Every variable's name, outside closures and inside.
    func collectNames(_ names: inout Set<String>) {
        switch kind {
        case .value: break
        case .variable(let name): names.insert(name)
        case .reference(let head, let keys):
            head.collectNames(&names)
            for key in keys { key.collectNames(&names) }
        case .call(_, let arguments): for argument in arguments { argument.collectNames(&names) }
        case .array(let terms), .set(let terms): for term in terms { term.collectNames(&names) }
        case .object(let pairs):
            for pair in pairs {
                pair.key.collectNames(&names)
                pair.value.collectNames(&names)
            }
        case .arrayComprehension(let head, let body), .setComprehension(let head, let body):
            head.collectNames(&names)
            for literal in body { literal.collectNames(&names) }
        case .objectComprehension(let pair, let body):
            pair.key.collectNames(&names)
            pair.value.collectNames(&names)
            for literal in body { literal.collectNames(&names) }
        case .template(let pieces):
            for case .expression(let literal) in pieces { literal.collectNames(&names) }
        }
    }
}

extension Literal {
    func collectNames(_ names: inout Set<String>) {
        switch kind {
        case .term(let term): term.collectNames(&names)
        case .unify(let left, let right), .assign(let left, let right):
            left.collectNames(&names)
            right.collectNames(&names)
        case .not(let literal): literal.collectNames(&names)
        case .notBody(let body): for literal in body { literal.collectNames(&names) }
        case .logical(_, let left, let right):
            for literal in left.body + right.body { literal.collectNames(&names) }
        case .some: break
        case .someIn(let key, let value, let collection):
            key?.collectNames(&names)
            value.collectNames(&names)
            collection.collectNames(&names)
        case .every(_, _, let domain, let body):
            domain.collectNames(&names)
            for literal in body { literal.collectNames(&names) }
        }
        for modifier in modifiers {
            modifier.target.collectNames(&names)
            modifier.value.collectNames(&names)
        }
    }
}
