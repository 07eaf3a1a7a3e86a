extension RuleIndex {
    /// Finds what rules ask of the same value, and sorts the rules by it.
    struct Builder {
        let arena: Arena
        let builtins: UnsafeBufferPointer<Builtin>

        /// Fewer rules than this are tried one after the other.
        static let rulesMin = 4
        /// Values looked at one behind the other.
        static let levelsMax = 4

        enum Place: Hashable {
            case input([RegoValue])
            case argument(Int)
        }

        enum Condition {
            /// One of these values.
            case equal([RegoValue])
            case prefix(String)
        }

        func index(of clauses: [Clause]) -> UnsafePointer<RuleIndex>? {
            guard clauses.count >= Self.rulesMin else { return nil }
            let conditions = clauses.map { self.conditions(of: $0) }
            guard case .next(let index) = choice(Array(clauses.indices), conditions, [], 0) else { return nil }
            return index
        }

        private func choice(
            _ rules: [Int], _ conditions: [[Place: Condition]], _ used: Set<Place>, _ level: Int
        ) -> Choice {
            guard rules.count >= Self.rulesMin, level < Self.levelsMax,
                let place = best(rules, conditions, used)
            else { return .rules(arena.list(rules)) }
            var equal: [RegoValue: [Int]] = [:]
            var prefixes: [String: [Int]] = [:]
            var others: [Int] = []
            for rule in rules {
                switch conditions[rule][place] {
                case .equal(let values): for value in Set(values) { equal[value, default: []].append(rule) }
                case .prefix(let text): prefixes[text, default: []].append(rule)
                case nil: others.append(rule)
                }
            }
            let below = used.union([place])
            func choices(_ groups: [[Int]]) -> UnsafeBufferPointer<Choice> {
                arena.list(groups.map { choice($0, conditions, below, level + 1) })
            }
            let keys = Array(equal.keys)
            let lengths = Dictionary(grouping: prefixes.keys) { $0.utf8.count }
            let probe: Probe =
                switch place {
                case .input(let path): .input(arena.list(path))
                case .argument(let index): .argument(index)
                }
            let index = RuleIndex(
                probe: probe, equal: KeyTable(keys, arena), choices: choices(keys.map { equal[$0] ?? [] }),
                prefixes: arena.list(
                    lengths.sorted { $0.key < $1.key }.map { length, texts in
                        Prefixes(
                            length: length, table: KeyTable(texts.map { .string($0) }, arena),
                            choices: choices(texts.map { prefixes[$0] ?? [] }))
                    }),
                others: choice(others, conditions, below, level + 1))
            return .next(arena.one(index))
        }

        /// The place that most rules ask about, if it tells any of them apart.
        private func best(_ rules: [Int], _ conditions: [[Place: Condition]], _ used: Set<Place>) -> Place? {
            var counts: [Place: Int] = [:]
            var order: [Place] = []
            for rule in rules {
                for place in conditions[rule].keys where !used.contains(place) {
                    if counts[place] == nil { order.append(place) }
                    counts[place, default: 0] += 1
                }
            }
            return order.filter { (counts[$0] ?? 0) >= 2 }.max { (counts[$0] ?? 0) < (counts[$1] ?? 0) }
        }

        // MARK: What a rule asks

        private func conditions(of clause: Clause) -> [Place: Condition] {
            var result: [Place: Condition] = [:]
            var places: [Int: Place] = [:]
            for (index, parameter) in clause.parameters.enumerated() {
                switch parameter {
                case .equal(.constant(let value)): result[.argument(index)] = .equal([value])
                case .bind(let slot): places[slot] = .argument(index)
                default: break
                }
            }
            // What stands behind `else` is tried when the body does not hold.
            guard clause.alternatives.isEmpty else { return result }
            func note(_ place: Place, _ condition: Condition) { if result[place] == nil { result[place] = condition } }
            for step in clause.body.steps {
                switch step.kind {
                case .scan(let reference, let pattern):
                    guard case .input = reference.head, let path = constants(reference.closedKeys) else { continue }
                    switch pattern {
                    case .equal(.constant(let value)): note(.input(path), .equal([value]))
                    case .bind(let slot): places[slot] = .input(path)
                    default: break
                    }
                case .match(.slot(let slot), .equal(.constant(let value))),
                    .match(.constant(let value), .equal(.slot(let slot))):
                    if let place = places[slot] { note(place, .equal([value])) }
                case .call(let call):
                    if let (slot, condition) = condition(of: call), let place = places[slot] { note(place, condition) }
                default: break
                }
            }
            return result
        }

        private func constants(_ keys: [Expression]?) -> [RegoValue]? {
            guard let keys else { return nil }
            var result: [RegoValue] = []
            for key in keys {
                guard case .constant(let value) = key else { return nil }
                result.append(value)
            }
            return result
        }

        /// What a call that must hold asks of one slot.
        private func condition(of call: Call) -> (Int, Condition)? {
            guard case .builtin(let number) = call.callee else { return nil }
            switch call.result {
            case nil, .equal(.constant(.bool(true))): break
            default: return nil
            }
            switch (builtins[number].name, call.arguments.count) {
            case ("internal.member_2", 2):
                guard case .slot(let slot) = call.arguments[0], case .constant(let values) = call.arguments[1] else {
                    return nil
                }
                return (values.elements ?? values.object?.values).map { (slot, .equal($0)) }
            case ("startswith", 2):
                guard case .slot(let slot) = call.arguments[0], case .constant(.string(let text)) = call.arguments[1]
                else { return nil }
                return (slot, .prefix(text))
            case ("glob.match", 3):
                guard case .constant(.string(let glob)) = call.arguments[0], case .slot(let slot) = call.arguments[2]
                else { return nil }
                let fixed = glob.unicodeScalars.prefix { !"*?[]{}\\!".unicodeScalars.contains($0) }
                return fixed.isEmpty ? nil : (slot, .prefix(String(String.UnicodeScalarView(fixed))))
            default: return nil
            }
        }
    }
}
