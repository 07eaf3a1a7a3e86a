/// Goes through statements and terms, and collects what tools ask for.
struct SyntaxWalker {
    /// Names in the order of the source, each once, functions' names left out.
    private(set) var variables: [String] = []
    /// Outside of comprehensions.
    private(set) var hasOpenKeys = false
    /// References and variables with their keys, innermost last.
    private(set) var references: [Found] = []
    private var seen: Set<String> = []
    private var comprehensions = 0

    /// A head with constant keys as far as they go.
    struct Found {
        var head: String
        var keys: [RegoValue]
        var isCall: Bool
    }

    mutating func visit(_ literal: Literal) {
        switch literal.kind {
        case .term(let term): visit(term)
        case .unify(let left, let right), .assign(let left, let right):
            visit(left)
            visit(right)
        case .not(let inner): visit(inner)
        case .notBody(let body): for inner in body { visit(inner) }
        case .logical(_, let left, let right): for inner in left.body + right.body { visit(inner) }
        case .some(let names): for name in names { note(name) }
        case .someIn(let key, let value, let collection):
            hasOpenKeys = hasOpenKeys || comprehensions == 0
            if let key { visit(key) }
            visit(value)
            visit(collection)
        case .every(let key, let value, let domain, let body):
            visit(domain)
            comprehensions += 1
            if let key { note(key) }
            note(value)
            for inner in body { visit(inner) }
            comprehensions -= 1
        }
        for modifier in literal.modifiers {
            visit(modifier.target)
            visit(modifier.value)
        }
    }

    mutating func visit(_ term: Term) {
        switch term.kind {
        case .value: break
        case .variable(let name):
            note(term)
            references.append(Found(head: name, keys: [], isCall: false))
        case .reference(let head, let keys):
            if let name = head.variable {
                references.append(
                    Found(head: name, keys: keys.prefix { $0.value != nil }.compactMap(\.value), isCall: false))
                if name != "input", name != "data" { note(head) }
            } else {
                visit(head)
            }
            for key in keys {
                if key.variable != nil, comprehensions == 0 { hasOpenKeys = true }
                visit(key)
            }
        case .call(let callee, let arguments):
            if case .name(let name) = callee, let path = name.dottedPath {
                references.append(
                    Found(head: path[0], keys: path.dropFirst().map { .string($0) }, isCall: true))
                if path == ["walk"], comprehensions == 0 { hasOpenKeys = true }
            }
            for argument in arguments { visit(argument) }
        case .array(let terms), .set(let terms): for inner in terms { visit(inner) }
        case .object(let pairs):
            for pair in pairs {
                visit(pair.key)
                visit(pair.value)
            }
        case .arrayComprehension(let head, let body), .setComprehension(let head, let body):
            comprehensions += 1
            visit(head)
            for inner in body { visit(inner) }
            comprehensions -= 1
        case .objectComprehension(let pair, let body):
            comprehensions += 1
            visit(pair.key)
            visit(pair.value)
            for inner in body { visit(inner) }
            comprehensions -= 1
        case .template(let pieces):
            for case .expression(let literal) in pieces { visit(literal) }
        }
    }

    private mutating func note(_ term: Term) {
        guard comprehensions == 0, let name = term.variable, name != "_", name != "input", name != "data",
            seen.insert(name).inserted
        else { return }
        variables.append(name)
    }
}
