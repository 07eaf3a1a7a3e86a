/// Turns a plan into a program: everything that data and rules decide beforehand is decided here, once.
struct Linker {
    let arena: Arena
    let nodes: UnsafeBufferPointer<Code.Node>
    let data: UnsafePointer<RegoValue>
    let builtins: UnsafeBufferPointer<Builtin>
    private(set) var sites: [Program.Site] = []
    private var siteNumbers: [Program.Site: Int] = [:]
    /// Sites before this number belong to the program that a query is linked to.
    private let firstSite: Int
    /// Slots that decide about solutions, gathered from a block's end to its start.
    var deciding: Set<Int> = []
    /// Whether all that is read decides, as below a negation.
    private var decidesAll = false

    init(
        arena: Arena, nodes: UnsafeBufferPointer<Code.Node>, data: UnsafePointer<RegoValue>,
        builtins: UnsafeBufferPointer<Builtin>, firstSite: Int = 0
    ) {
        self.arena = arena
        self.nodes = nodes
        self.data = data
        self.builtins = builtins
        self.firstSite = firstSite
    }

    static func program(
        tree: DocumentTree, groups: [RuleGroup], data: RegoValue, builtins: Builtins, arena: Arena
    ) -> Program {
        let nodes = arena.list(
            tree.nodes.map { node in
                Code.Node(
                    group: node.group, names: arena.list(node.names.map { RegoValue.string($0) }),
                    children: arena.list(node.names.compactMap { node.children[$0] }))
            })
        let dataAt = arena.one(data)
        let builtinList = arena.list(builtins.all)
        var linker = Linker(arena: arena, nodes: nodes, data: dataAt, builtins: builtinList)
        let linked = groups.map { linker.group($0, node: tree.existingNode(at: $0.path) ?? DocumentTree.root) }
        return Program(
            nodes: nodes, groups: arena.list(linked), names: arena.list(groups.map(\.name)),
            sites: arena.list(linker.sites), data: dataAt, builtins: builtinList)
    }

    mutating func site(_ kind: Program.Site.Kind, _ location: Location, statement: Location? = nil) -> Int {
        let site = Program.Site(kind: kind, location: location, statement: statement ?? location)
        if let known = siteNumbers[site] { return known }
        let number = firstSite + sites.count
        siteNumbers[site] = number
        sites.append(site)
        return number
    }

    // MARK: Rules

    private mutating func group(_ group: RuleGroup, node: Int) -> Code.Group {
        let clauses = group.clauses.map { clause($0) }
        let site = site(.rule, group.clauses.first?.location ?? group.fallback?.location ?? .none)
        return Code.Group(
            kind: group.kind, node: node, clauses: arena.list(clauses),
            fallback: group.fallback.map { arena.one(clause($0)) }, isOneConstant: isOneConstant(group),
            index: RuleIndex.Builder(arena: arena, builtins: builtins).index(of: group.clauses), site: site)
    }

    private func isOneConstant(_ group: RuleGroup) -> Bool {
        var constant: RegoValue?
        for clause in group.clauses {
            for branch in [clause] + clause.alternatives {
                guard branch.keys.isEmpty, case .value(.constant(let value)) = branch.yield else { return false }
                if let constant, constant != value { return false }
                constant = value
            }
        }
        return constant != nil
    }

    private mutating func clause(_ clause: Clause) -> Code.Clause {
        let branches = ([clause] + clause.alternatives).map { branch -> Code.Branch in
            deciding = []
            return Code.Branch(
                body: block(branch.body), keys: arena.list(branch.keys.map { expression($0) }),
                yield: yield(branch.yield),
                site: site(.rule, branch.location), hasConstantResult: branch.hasConstantResult)
        }
        return Code.Clause(
            slotCount: ([clause] + clause.alternatives).map(\.slotCount).max() ?? 0,
            parameters: arena.list(clause.parameters.map { pattern($0) }), branches: arena.list(branches),
            site: site(.rule, clause.location))
    }

    private func yield(_ yield: Clause.Yield) -> Code.Yield {
        switch yield {
        case .value(let value): .value(expression(value))
        case .element(let element): .element(expression(element))
        }
    }

    // MARK: Statements

    /// Links from the end, because what is read later tells whether a value decides anything.
    mutating func block(_ block: Block) -> Code.Block {
        arena.list(Array(block.steps.reversed().map { step($0) }.reversed()))
    }

    private mutating func step(_ step: Step) -> Code.Step {
        let kind: Code.Step.Kind
        switch step.kind {
        case .match(let value, let pattern):
            if decides(pattern) { deciding.formUnion(value.slots) }
            kind = .match(expression(value), self.pattern(pattern))
        case .test(let value):
            deciding.formUnion(value.slots)
            kind = .test(expression(value))
        case .fail: kind = .fail
        case .scan(let reference, let pattern):
            let linked = arena.one(self.reference(reference, isCondition: decides(pattern)))
            let pattern = pattern.map { self.pattern($0) }
            kind = reference.closedKeys == nil ? .scan(linked, pattern) : .lookup(linked, pattern)
        case .call(let call):
            if decides(call.result) { for argument in call.arguments { deciding.formUnion(argument.slots) } }
            kind = self.call(call)
        case .comprehension(let comprehension, let slot):
            let outer = decidesAll
            if deciding.contains(slot) { decidesAll = true }
            let linked = Code.Comprehension(
                kind: comprehension.kind, head: arena.list(comprehension.head.map { expression($0) }),
                body: block(comprehension.body))
            decidesAll = outer
            kind = .comprehension(arena.one(linked), slot: slot)
        case .template(let pieces, let slot):
            kind = .template(arena.list(pieces.map { piece($0) }), slot: slot)
        case .not(let inner): kind = .not(deciding { $0.block(inner) })
        case .every(let every):
            deciding.formUnion(every.domain.slots)
            kind = .every(
                arena.one(
                    Code.Every(
                        domain: expression(every.domain), key: every.key, value: every.value,
                        body: deciding { $0.block(every.body) })))
        case .with(let overrides, let inner):
            let body = block(inner)
            kind = .with(arena.list(overrides.map { override($0) }), body)
        }
        return Code.Step(kind: kind, site: site(.expression, step.location, statement: step.statement))
    }

    private mutating func deciding(_ body: (inout Linker) -> Code.Block) -> Code.Block {
        let outer = decidesAll
        decidesAll = true
        defer { decidesAll = outer }
        return body(&self)
    }

    /// Whether something is asked of the value, now or later.
    private func decides(_ pattern: Pattern?) -> Bool {
        guard !decidesAll, let pattern else { return true }
        switch pattern {
        case .any: return false
        case .bind(let slot): return deciding.contains(slot)
        case .equal: return true
        case .array(let patterns): return patterns.contains { decides($0) }
        case .object(let members): return members.contains { decides($0.value) }
        }
    }

    private mutating func reference(_ reference: Reference, isCondition: Bool) -> Code.Reference {
        let head: Code.Reference.Head
        var (route, routed) = (Code.Reference.Route.none, 0)
        switch reference.head {
        case .input: head = .input
        case .value(let value):
            if isCondition { deciding.formUnion(value.slots) }
            head = .value(expression(value))
        case .data:
            head = .data
            (route, routed) = self.route(reference.keys)
        }
        if isCondition {
            for case .equal(let key) in reference.keys { deciding.formUnion(key.slots) }
        }
        return Code.Reference(
            head: head, keys: arena.list(reference.keys.map { pattern($0) }), route: route, routed: routed,
            isCondition: isCondition)
    }

    /// Follows constant keys to the first rule, or out of the tree into plain data.
    private func route(_ keys: [Pattern]) -> (Code.Reference.Route, Int) {
        var node = DocumentTree.root
        var base: UnsafePointer<RegoValue>? = data
        for (index, key) in keys.enumerated() {
            if nodes[node].group != nil { return (.document(node: node), index) }
            guard case .equal(.constant(let name)) = key else { return (.none, 0) }
            base = base.flatMap { place in withUnsafePointer(to: name) { Walk.member(place, $0) } }
            guard let child = nodes[node].child(name) else {
                // No rules from here on: constant keys lead on through data that never changes.
                var routed = index + 1
                while let at = base, routed < keys.count, case .equal(.constant(let next)) = keys[routed] {
                    base = withUnsafePointer(to: next) { Walk.member(at, $0) }
                    routed += 1
                }
                return (.base(base), routed)
            }
            node = child
        }
        return nodes[node].group == nil ? (.none, 0) : (.document(node: node), keys.count)
    }

    private func call(_ call: Call) -> Code.Step.Kind {
        let linked = arena.one(
            Code.Call(
                callee: call.callee, arguments: arena.list(call.arguments.map { expression($0) }),
                result: call.result.map { pattern($0) }))
        guard case .builtin(let index) = call.callee else { return .call(linked) }
        if builtins[index].isRelation { return .relation(linked) }
        if let intrinsic = Self.intrinsics[builtins[index].name], builtins[index].arity == call.arguments.count {
            return .intrinsic(intrinsic, linked)
        }
        return .call(linked)
    }

    private static let intrinsics: [String: Code.Intrinsic] = [
        "neq": .notEqual, "lt": .less, "lte": .lessOrEqual, "gt": .greater, "gte": .greaterOrEqual,
        "internal.member_2": .member, "plus": .plus, "minus": .minus, "count": .count, "startswith": .startsWith,
    ]

    private mutating func piece(_ piece: TemplatePiece) -> Code.Piece {
        switch piece {
        case .text(let text): .text(arena.one(text))
        case .expression(let inner, let value, let location):
            .expression(block(inner), expression(value), site: site(.expression, location))
        }
    }

    private func override(_ override: Override) -> Code.Override {
        let target: Code.Override.Target =
            switch override.target {
            case .input(let path): .input(arena.one(path))
            case .data(let path): .data(arena.one(path))
            case .callee(let callee): .callee(callee)
            }
        let replacement: Code.Override.Replacement =
            switch override.replacement {
            case .value(let value): .value(expression(value))
            case .callee(let callee): .callee(callee)
            }
        return Code.Override(target: target, replacement: replacement)
    }

    // MARK: Values

    func expression(_ expression: Expression) -> Code.Expression {
        switch expression {
        case .constant(let value): return .constant(arena.one(value))
        case .slot(let slot): return .slot(slot)
        case .array(let elements): return .array(arena.list(elements.map { self.expression($0) }))
        case .set(let elements): return .set(arena.list(elements.map { self.expression($0) }))
        case .object(let pairs):
            if let record = record(pairs) { return record }
            return .object(
                arena.list(pairs.map { Code.Pair(key: self.expression($0.key), value: self.expression($0.value)) }))
        }
    }

    private func record(_ pairs: [Expression.Pair]) -> Code.Expression? {
        var members: [(key: RegoValue, value: Expression)] = []
        for pair in pairs {
            guard case .constant(let key) = pair.key else { return nil }
            members.append((key, pair.value))
        }
        members.sort { $0.key < $1.key }
        for (one, other) in zip(members, members.dropFirst()) where one.key == other.key { return nil }
        return .record(
            arena.one(ObjectShape(ordered: members.map(\.key))), arena.list(members.map { expression($0.value) }))
    }

    func pattern(_ pattern: Pattern) -> Code.Pattern {
        switch pattern {
        case .any: .any
        case .bind(let slot): .bind(slot)
        case .equal(let value): .equal(expression(value))
        case .array(let patterns): .array(arena.list(patterns.map { self.pattern($0) }))
        case .object(let members):
            .object(arena.list(members.map { Code.Member(key: expression($0.key), value: self.pattern($0.value)) }))
        }
    }
}

extension Expression {
    /// Slots that the expression reads.
    var slots: Set<Int> {
        switch self {
        case .constant: []
        case .slot(let slot): [slot]
        case .array(let elements), .set(let elements): elements.reduce(into: []) { $0.formUnion($1.slots) }
        case .object(let pairs): pairs.reduce(into: []) { $0.formUnion($1.key.slots.union($1.value.slots)) }
        }
    }
}
