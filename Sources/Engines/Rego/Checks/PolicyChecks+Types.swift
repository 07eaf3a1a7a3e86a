/// Types of rules, each after those that it asks for.
extension PolicyChecks {
    func types() -> [RegoError] {
        let environment = TypeEnvironment()
        do {
            if let schema = options.inputSchema {
                environment.replace([], in: "input", try SchemaTypes.type(RegoValue(schema)))
            }
        } catch {
            return [RegoError(.type, error.message)]
        }
        var errors: [RegoError] = []
        for index in order() {
            let entry = checked[index]
            for rule in entry.rules { errors += types(of: rule, entry.variables, environment) }
        }
        return errors
    }

    private func types(
        of rule: PlainRule, _ variables: PlainVariables, _ outer: TypeEnvironment
    ) -> [RegoError] {
        TypeChecker.$names.withValue(variables) {
            let (annotated, problems) = annotatedEnvironment(rule, outer)
            let (inner, found) = TypeChecker.check(rule.body, annotated)
            let path = rule.path.map { RegoValue.string($0) }
            guard problems.isEmpty, found.isEmpty else {
                // Whoever asks for a rule that is wrong is not wrong for that.
                outer.insert(path, in: "data", .anything)
                return problems + found
            }
            var type: RegoType?
            if rule.rule.head.parameters != nil {
                let inputs = rule.parameters.map { parameter -> RegoType in
                    var missing: Set<Int> = []
                    parameter.collect(&missing)
                    for number in missing where inner.variable(number) == nil { inner.set(number, .anything) }
                    return inner.type(parameter) ?? .anything
                }
                type = .function(inputs, result: rule.value.flatMap { inner.type($0) } ?? .anything, rest: nil)
            } else if let element = rule.element {
                type = inner.type(element).map { .set($0) }
            } else {
                type = rule.value.flatMap { inner.type($0) }
            }
            if rule.rule.head.parameters == nil {
                for key in rule.keys.reversed() {
                    guard let value = type, let keyType = inner.type(key) else {
                        type = nil
                        break
                    }
                    type = .object([], keyType, value)
                }
            }
            outer.insert(path, in: "data", type ?? .anything)
            return []
        }
    }

    /// Rules after the rules that they refer to; rules in a circle in any order.
    private func order() -> [Int] {
        var byPath: [[String]: [Int]] = [:]
        for (index, entry) in checked.enumerated() {
            if let path = entry.rules.first?.path { byPath[path, default: []].append(index) }
        }
        var children: [[String]: Set<[String]>] = [:]
        for path in byPath.keys {
            for count in 0...path.count { children[Array(path.prefix(count)), default: []].insert(path) }
        }
        var result: [Int] = []
        var isVisited = Array(repeating: false, count: checked.count)
        var stack: [(index: Int, isDone: Bool)] = checked.indices.reversed().map { ($0, false) }
        while let (index, isDone) = stack.popLast() {
            if isDone {
                result.append(index)
                continue
            }
            guard !isVisited[index] else { continue }
            isVisited[index] = true
            stack.append((index, true))
            for path in references(of: checked[index]) {
                var needed = children[path] ?? []
                for count in 0..<path.count where byPath[Array(path.prefix(count))] != nil {
                    needed.insert(Array(path.prefix(count)))
                }
                for other in needed.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                    for index in byPath[other] ?? [] where !isVisited[index] { stack.append((index, false)) }
                }
            }
        }
        return result
    }

    private func references(of entry: Checked) -> [[String]] {
        var found: Set<[String]> = []
        func visit(_ expression: PlainExpression) {
            for term in expression.terms + expression.modifiers.map(\.value) {
                term.visit { part in
                    switch part.kind {
                    case .reference, .document: if let path = part.dataPath { found.insert(path) }
                    default: break
                    }
                }
            }
            if case .call(.function(let path), _) = expression.kind { found.insert(path) }
            for closure in expression.closures { for inner in closure.body.expressions { visit(inner) } }
        }
        for rule in entry.rules { for expression in rule.body.expressions { visit(expression) } }
        return found.sorted { $0.lexicographicallyPrecedes($1) }
    }

    // MARK: Annotations

    /// The types that `schemas` annotations say, from the outermost to the rule's own.
    private func annotatedEnvironment(
        _ rule: PlainRule, _ outer: TypeEnvironment
    ) -> (TypeEnvironment, [RegoError]) {
        let annotations = schemaAnnotations(rule)
        guard !annotations.isEmpty else { return (outer, []) }
        let inner = TypeEnvironment(outer)
        var errors: [RegoError] = []
        for annotation in annotations {
            do throws(JSONSchema.Failure) {
                guard let type = try type(annotation) else { continue }
                let names = annotation.path
                guard let root = names.first, root == "input" || root == "data" else {
                    throw JSONSchema.Failure(message: "invalid document reference")
                }
                let keys = names.dropFirst().map { RegoValue.string($0) }
                let whole = PlainTerm(.document(root), at: .none)
                let known = inner.type(whole)
                if keys.isEmpty || known == nil {
                    inner.replace(Array(keys), in: root, type)
                } else if let known {
                    inner.replace([], in: root, SchemaTypes.overriding(known, keys[...], type))
                }
            } catch {
                errors.append(RegoError(.type, error.message, at: rule.location))
            }
        }
        return (inner, errors)
    }

    private func type(_ annotation: SchemaAnnotation) throws(JSONSchema.Failure) -> RegoType? {
        guard let name = annotation.schema else { return try annotation.definition.map(SchemaTypes.type) }
        guard !options.schemas.isEmpty else { return nil }
        guard let found = options.schemas[name.dropFirst().joined(separator: ".")] else {
            throw JSONSchema.Failure(message: "undefined schema: \(name.joined(separator: "."))")
        }
        return try SchemaTypes.type(RegoValue(found))
    }

    /// From the widest to the rule's own.
    private func schemaAnnotations(_ rule: PlainRule) -> [SchemaAnnotation] {
        annotations.all(for: rule.rule, in: rule.module).flatMap(\.schemas)
    }
}

/// Types that JSON Schemas describe.
enum SchemaTypes {
    static func type(_ schema: RegoValue) throws(JSONSchema.Failure) -> RegoType {
        let compiled = try JSONSchema(schema)
        return type(compiled, depth: 0)
    }

    private static func type(_ schema: JSONSchema, depth: Int) -> RegoType {
        // A schema that leads back to itself is taken as far as anybody looks.
        guard depth < 12, case .rules(let rules) = schema.kind else { return .anything }
        if rules.reference != nil { return schema.target.map { type($0, depth: depth + 1) } ?? .anything }
        if !rules.anyOf.isEmpty {
            return rules.anyOf.reduce(nil) { RegoType.either($0, type($1, depth: depth + 1)) } ?? .anything
        }
        if !rules.allOf.isEmpty {
            let parts = rules.allOf.map { type($0, depth: depth + 1) } + [own(rules, depth)]
            return parts.reduce(.anything, merged)
        }
        return own(rules, depth)
    }

    private static func merged(_ one: RegoType, _ other: RegoType) -> RegoType {
        switch (one, other) {
        case (.any([]), _): return other
        case (_, .any([])): return one
        case (.object(let left, let key, let value), .object(let right, _, _)):
            let rest = left.filter { member in !right.contains { $0.key == member.key } }
            let members = rest + right
            return members.isEmpty
                ? .anyObject
                : .object(
                    members, left.isEmpty && right.isEmpty ? key : nil, left.isEmpty && right.isEmpty ? value : nil)
        default: return one
        }
    }

    private static func own(_ rules: JSONSchema.Rules, _ depth: Int) -> RegoType {
        func isType(_ name: String) -> Bool { rules.types.contains(name) }
        if isType("boolean") { return .boolean }
        if isType("string") { return .string }
        if isType("integer") || isType("number") { return .number }
        if isType("object") || rules.types.isEmpty && !rules.properties.isEmpty {
            guard !rules.properties.isEmpty else { return .anyObject }
            return .object(
                rules.properties.map { .init(key: .string($0.name), type: type($0.schema, depth: depth + 1)) }, nil, nil
            )
        }
        if isType("array") || rules.types.isEmpty && (rules.items != nil || rules.itemList != nil) {
            if let items = rules.items { return .array([], type(items, depth: depth + 1)) }
            if let list = rules.itemList { return .array(list.map { type($0, depth: depth + 1) }, nil) }
            return .array([], .anything)
        }
        return .anything
    }

    /// The type with another one at a path.
    static func overriding(_ type: RegoType, _ path: ArraySlice<RegoValue>, _ other: RegoType) -> RegoType {
        guard let key = path.first else { return other }
        guard case .object(var members, let keyType, let valueType) = type else {
            return .object(
                [.init(key: key, type: overriding(.anything, path.dropFirst(), other))], .anything, .anything)
        }
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index].type = overriding(members[index].type, path.dropFirst(), other)
        } else {
            members.append(.init(key: key, type: overriding(.anything, path.dropFirst(), other)))
        }
        return .object(members, keyType, valueType)
    }
}
