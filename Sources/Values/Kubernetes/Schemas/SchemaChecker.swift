public import Documents

/// Compares a document with its type: fields that the type does not have, values of the wrong type.
public struct SchemaChecker: Sendable {
    public enum Problem: Hashable, Sendable {
        /// The path as `spec.containers[0].imagee`.
        case unknownField(String)
        case wrongType(path: String, expected: SchemaType, found: Value)
    }

    private let catalog: SchemaCatalog

    public init(catalog: SchemaCatalog = .builtIn) { self.catalog = catalog }

    /// What is wrong with the document, in its own order. Null fits everywhere.
    public func problems(in value: Value, kind: ObjectKind) -> [Problem] {
        var problems: [Problem] = []
        check(value, catalog.type(of: kind), "", &problems)
        return problems
    }

    private func check(_ value: Value, _ type: SchemaType, _ path: String, _ problems: inout [Problem]) {
        if value.isNull { return }
        switch (catalog.shape(of: type), value) {
        case (.any, _): break
        case (.scalar(let scalar), _):
            if !Self.fits(value, scalar) { problems.append(.wrongType(path: path, expected: type, found: value)) }
        case (.list(let element, _), .array(let list)):
            for (index, item) in list.enumerated() { check(item, element, "\(path)[\(index)]", &problems) }
        case (.map(let element, _), .object(let object)):
            for member in object { check(member.value, element, join(path, member.key), &problems) }
        case (.object(let definition, _), .object(let object)):
            for member in object {
                if let field = definition.field(member.key) {
                    check(member.value, field.type, join(path, member.key), &problems)
                } else {
                    problems.append(.unknownField(join(path, member.key)))
                }
            }
        default: problems.append(.wrongType(path: path, expected: type, found: value))
        }
    }

    private func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    static func fits(_ value: Value, _ scalar: SchemaType.Scalar) -> Bool {
        switch scalar {
        case .string, .time, .microTime, .bytes: value.string != nil
        case .bool: value.bool != nil
        case .int32: value.integer.map { Int32(exactly: $0) != nil } ?? false
        case .int64: value.integer != nil
        case .number, .double: value.number != nil
        case .quantity: value.number != nil || value.string.flatMap { Quantity($0) } != nil
        case .intOrString: value.string != nil || value.integer != nil
        }
    }

    /// The document without the fields that its type does not have, and without nulls, empty lists and empty maps,
    /// as a typed server stores it.
    public func pruned(_ value: Value, kind: ObjectKind) -> Value {
        prune(value, catalog.type(of: kind)) ?? .object([:])
    }

    private func prune(_ value: Value, _ type: SchemaType) -> Value? {
        if value.isNull { return nil }
        switch (catalog.shape(of: type), value) {
        case (.list(let element, _), .array(let list)):
            return list.isEmpty ? Value?.none : .array(list.compactMap { prune($0, element) })
        case (.map(let element, _), .object(let object)):
            guard !object.isEmpty else { return nil }
            return .object(
                Object(object.compactMap { member in prune(member.value, element).map { (member.key, $0) } }))
        case (.object(let definition, _), .object(let object)):
            return .object(
                Object(
                    object.compactMap { member in
                        definition.field(member.key).flatMap { prune(member.value, $0.type) }.map { (member.key, $0) }
                    }))
        default: return value
        }
    }
}
