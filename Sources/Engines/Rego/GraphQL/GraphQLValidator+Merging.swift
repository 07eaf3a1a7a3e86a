/// Fields that share a name in the answer.
extension GraphQLValidator {
    struct Answer {
        var parent: String
        var field: GraphQL.Field
    }

    func fields(_ selections: [GraphQL.Selection], of type: String) -> [(name: String, answers: [Answer])] {
        var order: [String] = []
        var found: [String: [Answer]] = [:]
        var seen: Set<String> = []
        func collect(_ selections: [GraphQL.Selection], _ type: String) {
            for selection in selections {
                switch selection {
                case .field(let field):
                    if found[field.alias] == nil { order.append(field.alias) }
                    found[field.alias, default: []].append(Answer(parent: type, field: field))
                case .inline(let condition, _, let inner): collect(inner, condition.isEmpty ? type : condition)
                case .spread(let name, _):
                    guard seen.insert(name).inserted, let fragment = fragments[name] else { continue }
                    collect(fragment.selections, fragment.condition)
                }
            }
        }
        collect(selections, type)
        return order.map { ($0, found[$0] ?? []) }
    }

    mutating func checkMerging(_ selections: [GraphQL.Selection], of type: String) {
        steps += 1
        guard steps < Self.stepsMax else { return }
        for (name, answers) in fields(selections, of: type) {
            for other in answers.dropFirst() where !canMerge(answers[0], other) {
                report("Fields \(RegoValue.string(name)) conflict. Use different aliases to fetch both.")
            }
            for answer in answers {
                guard let definition = schema.field(answer.field.name, of: answer.parent) else { continue }
                let together = answers.flatMap(\.field.selections)
                checkMerging(together, of: definition.type.name)
                break
            }
        }
    }

    func canMerge(_ one: Answer, _ other: Answer) -> Bool {
        let (left, right) = (
            schema.field(one.field.name, of: one.parent), schema.field(other.field.name, of: other.parent)
        )
        let mayBeBoth =
            one.parent == other.parent || schema.types[one.parent]?.kind != "OBJECT"
            || schema.types[other.parent]?.kind != "OBJECT"
        if mayBeBoth {
            guard one.field.name == other.field.name, Self.areSame(one.field.arguments, other.field.arguments) else {
                return false
            }
        }
        guard let left, let right else { return true }
        if schema.isLeaf(left.type.name) || schema.isLeaf(right.type.name) { return left.type == right.type }
        return true
    }

    static func areSame(_ one: [GraphQL.Argument], _ other: [GraphQL.Argument]) -> Bool {
        guard one.count == other.count else { return false }
        return one.allSatisfy { argument in
            other.contains { $0.name == argument.name && areSame($0.value, argument.value) }
        }
    }

    static func areSame(_ one: GraphQL.Value, _ other: GraphQL.Value) -> Bool {
        one.kind == other.kind && one.raw == other.raw && one.children.count == other.children.count
            && zip(one.children, other.children).allSatisfy { $0.name == $1.name && areSame($0.value, $1.value) }
    }
}
