public import Documents
import WaybillCore

extension PolicyModule {
    /// The module as OPA's tools show it in JSON: package, imports, rules and annotations.
    public func tree(hasLocations: Bool = false, hasComments: Bool = false) -> Documents.Value {
        TreeWriter(hasLocations: hasLocations, hasComments: hasComments).module(module)
    }
}

/// Writes what was parsed as JSON, in the words that OPA's users know.
struct TreeWriter {
    var hasLocations: Bool
    var hasComments = false

    func module(_ module: Module) -> Documents.Value {
        var result: Object = [
            "package": placed(["path": .array(path(["data"] + module.package))], module.packageLocation)
        ]
        if !module.imports.isEmpty {
            result["imports"] = .array(
                module.imports.map { item in
                    var object: Object = ["path": ["type": "ref", "value": .array(path(item.path))]]
                    if let alias = item.alias { object["alias"] = .string(alias) }
                    return placed(object, item.location)
                })
        }
        if !module.annotations.isEmpty {
            result["annotations"] = .array(
                module.annotations.map { placed(self.annotation($0), $0.location) })
        }
        if !module.rules.isEmpty {
            result["rules"] = .array(module.rules.map { rule($0, module) })
        }
        if hasComments, !module.comments.isEmpty {
            result["comments"] = .array(
                module.comments.map { comment in
                    ["Location": location(comment.location), "Text": .string(Base64.encode(Array(comment.text.utf8)))]
                })
        }
        return .object(result)
    }

    func body(_ literals: [Literal]) -> Documents.Value {
        guard !literals.isEmpty else {
            return [["index": 0, "terms": ["type": "boolean", "value": true]]]
        }
        return .array(literals.enumerated().map { .object(literal($1, index: $0)) })
    }

    /// An annotation's fields; the references of its schemas are written out as references are.
    func annotation(_ annotation: Annotation) -> Object {
        var result = annotation.value.document.object ?? [:]
        guard !annotation.schemas.isEmpty else { return result }
        result["schemas"] = .array(
            annotation.schemas.map { schema in
                var object: Object = ["path": .array(path(schema.path))]
                if let name = schema.schema { object["schema"] = .array(path(name)) }
                if let definition = schema.definition { object["definition"] = definition.document }
                return .object(object)
            })
        return result
    }

    // MARK: Rules

    private func rule(_ rule: Rule, _ module: Module) -> Documents.Value {
        var object: Object = [:]
        let path = module.package.map { RegoValue.string($0) } + rule.groundPath
        let own = module.annotations.filter {
            $0.scope == "rule" && $0.row == rule.location.row || $0.scope == "document" && $0.path == path
        }
        if !own.isEmpty {
            object["annotations"] = .array(own.map { placed(self.annotation($0), $0.location) })
        }
        if rule.isDefault { object["default"] = true }
        object["head"] = head(rule.head, value: rule.head.value)
        object["body"] = body(rule.body)
        var rest: Object?
        for alternative in rule.alternatives.reversed() {
            var next: Object = [
                "head": head(rule.head, value: alternative.value), "body": body(alternative.body),
            ]
            if let rest { next["else"] = .object(rest) }
            rest = next
        }
        if let rest { object["else"] = .object(rest) }
        return placed(object, rule.location)
    }

    private func head(_ head: Rule.Head, value: Term?) -> Documents.Value {
        var object: Object = [:]
        if head.reference.count == 1, let name = head.reference[0].value?.string { object["name"] = .string(name) }
        if let parameters = head.parameters { object["args"] = .array(parameters.map(term)) }
        if let element = head.element {
            object["key"] = term(element)
        } else {
            object["value"] = value.map(term) ?? ["type": "boolean", "value": true]
        }
        if head.isAssigned { object["assign"] = true }
        object["ref"] = .array(
            head.reference.enumerated().map { index, key in
                index == 0 ? variable(key.value?.string ?? "", key.location) : term(key)
            })
        return placed(object, head.location)
    }

    // MARK: Statements

    private func literal(_ literal: Literal, index: Int) -> Object {
        var object: Object = ["index": .integer(index)]
        switch literal.kind {
        case .term(let single): object["terms"] = terms(single)
        case .unify(let left, let right): object["terms"] = .array([builtin("eq"), term(left), term(right)])
        case .assign(let left, let right): object["terms"] = .array([builtin("assign"), term(left), term(right)])
        case .not(let inner):
            object = self.literal(inner, index: index)
            object["negated"] = true
        case .notBody(let inner):
            object["negated"] = true
            object["terms"] = ["body": body(inner)]
        case .logical(let logic, let left, let right):
            object["terms"] = [
                "operator": .string(logic.rawValue), "lhs": body(left.body), "rhs": body(right.body),
            ]
        case .some(let names): object["terms"] = ["symbols": .array(names.map(term))]
        case .someIn(let key, let value, let collection):
            let name = key == nil ? "internal.member_2" : "internal.member_3"
            let call = [builtin(name)] + (key.map { [term($0)] } ?? []) + [term(value), term(collection)]
            object["terms"] = ["symbols": [["type": "call", "value": .array(call)]]]
        case .every(let key, let value, let domain, let inner):
            object["terms"] = [
                "key": key.map(term) ?? .null, "value": term(value), "domain": term(domain), "body": body(inner),
            ]
        }
        if !literal.modifiers.isEmpty {
            object["with"] = .array(
                literal.modifiers.map { ["target": term($0.target), "value": term($0.value)] })
        }
        if hasLocations { object["location"] = location(literal.location) }
        return object
    }

    /// A call as a statement is a list of its operator and arguments.
    private func terms(_ single: Term) -> Documents.Value {
        if case .call(let callee, let arguments) = single.kind {
            return .array([name(of: callee)] + arguments.map(term))
        }
        return term(single)
    }

    // MARK: Terms

    func term(_ term: Term) -> Documents.Value {
        switch term.kind {
        case .value(let value): return constant(value, term.location)
        case .variable(let name): return variable(name, term.location)
        case .reference(let head, let keys):
            return typed("ref", .array([self.term(head)] + keys.map(self.term)), term.location)
        case .call(let callee, let arguments):
            return typed("call", .array([name(of: callee)] + arguments.map(self.term)), term.location)
        case .array(let terms): return typed("array", .array(terms.map(self.term)), term.location)
        case .set(let terms): return typed("set", .array(terms.map(self.term)), term.location)
        case .object(let pairs):
            return typed(
                "object", .array(pairs.map { .array([self.term($0.key), self.term($0.value)]) }), term.location)
        case .arrayComprehension(let head, let inner):
            return typed("arraycomprehension", ["term": self.term(head), "body": body(inner)], term.location)
        case .setComprehension(let head, let inner):
            return typed("setcomprehension", ["term": self.term(head), "body": body(inner)], term.location)
        case .objectComprehension(let pair, let inner):
            return typed(
                "objectcomprehension",
                ["key": self.term(pair.key), "value": self.term(pair.value), "body": body(inner)], term.location)
        case .template(let pieces):
            let parts: [Documents.Value] = pieces.map { piece in
                switch piece {
                case .text(let text): ["type": "string", "value": .string(text)]
                case .expression(let literal): .object(self.literal(literal, index: 0))
                }
            }
            return typed(
                "templatestring", ["multi_line": .bool(term.isRaw), "parts": .array(parts)], term.location)
        }
    }

    private func constant(_ value: RegoValue, _ place: Location) -> Documents.Value {
        switch value {
        case .array(let elements): return typed("array", .array(elements.map { constant($0, place) }), place)
        case .set(let set): return typed("set", .array(set.elements.map { constant($0, place) }), place)
        case .object(let object):
            return typed(
                "object", .array(object.members.map { [constant($0.key, place), constant($0.value, place)] }), place)
        case .null: return typed("null", .object([:]), place)
        default: return typed(value.typeName, value.document, place)
        }
    }

    private func name(of callee: Term.Operator) -> Documents.Value {
        switch callee {
        case .builtin(let name): builtin(name)
        case .name(let term):
            if let path = term.dottedPath {
                typed("ref", .array(self.path(path)), term.location)
            } else {
                self.term(term)
            }
        }
    }

    private func builtin(_ name: String) -> Documents.Value {
        ["type": "ref", "value": .array(path(name.split(separator: ".").map(String.init)))]
    }

    private func path(_ names: [String]) -> [Documents.Value] {
        names.enumerated().map { ["type": $0 == 0 ? "var" : "string", "value": .string($1)] }
    }

    private func variable(_ name: String, _ place: Location) -> Documents.Value { typed("var", .string(name), place) }

    private func typed(_ type: String, _ value: Documents.Value, _ place: Location) -> Documents.Value {
        placed(["type": .string(type), "value": value], place)
    }

    private func placed(_ object: Object, _ place: Location) -> Documents.Value {
        guard hasLocations, place.row > 0 else { return .object(object) }
        var object = object
        object["location"] = location(place)
        return .object(object)
    }

    private func location(_ place: Location) -> Documents.Value {
        ["file": .string(place.file), "row": .integer(place.row), "col": .integer(place.column)]
    }
}
