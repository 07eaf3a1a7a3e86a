public import Documents
import WaybillCore

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
                } else if !definition.allowsUnknown {
                    problems.append(.unknownField(join(path, member.key)))
                }
            }
        default: problems.append(.wrongType(path: path, expected: type, found: value))
        }
    }

    private func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    static func fits(_ value: Value, _ scalar: SchemaType.Scalar) -> Bool {
        switch scalar {
        case .string: value.string != nil
        case .time, .microTime: value.string.map { $0.utf8.count >= 20 && $0.utf8.dropFirst(10).first == 0x54 } ?? false
        case .bytes: value.string.flatMap { Base64.decode($0) } != nil
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
            return list.isEmpty ? Value?.none : .array(list.compactMap { prune($0, element) ?? empty(element, $0) })
        case (.map(let element, _), .object(let object)):
            guard !object.isEmpty else { return nil }
            return .object(
                Object(
                    object.compactMap { member in
                        (prune(member.value, element) ?? empty(element, member.value)).map { (member.key, $0) }
                    }))
        case (.object(let definition, _), .object(let object)):
            return .object(
                Object(
                    object.compactMap { member -> (String, Value)? in
                        guard let field = definition.field(member.key) else {
                            return definition.allowsUnknown ? (member.key, member.value) : nil
                        }
                        return prune(member.value, field.type).map { (member.key, $0) }
                    }))
        case (.scalar(.quantity), _):
            return Quantity.canonical(value.string ?? value.number?.text ?? "").map(Value.string) ?? value
        default: return value
        }
    }

    /// What a decoder makes of a null, an empty list or an empty map among elements: the empty value of their type.
    private func empty(_ type: SchemaType, _ value: Value) -> Value? {
        switch catalog.shape(of: type) {
        case .scalar(.string), .scalar(.bytes): ""
        case .scalar(.bool): false
        case .scalar(.int32), .scalar(.int64), .scalar(.number), .scalar(.double): 0
        case .scalar(.quantity), .scalar(.intOrString): value.isNull ? "0" : nil
        case .object: [:]
        case .list: value.isNull ? .null : []
        case .map: value.isNull ? .null : [:]
        default: nil
        }
    }

    /// The document as a typed server writes it: pruned, with the fields that it always writes.
    public func typed(_ value: Value, kind: ObjectKind) -> Value {
        let type = catalog.type(of: kind)
        return filled(prune(value, type) ?? .object([:]), type)
    }

    /// What the server's empty object of the kind looks like.
    public func skeleton(of kind: ObjectKind) -> Value { filled([:], catalog.type(of: kind)) }

    private func filled(_ value: Value, _ type: SchemaType) -> Value {
        switch (catalog.shape(of: type), value) {
        case (.list(let element, _), .array(let list)): return .array(list.map { filled($0, element) })
        case (.map(let element, _), .object(let object)):
            return .object(Object(object.map { ($0.key, filled($0.value, element)) }))
        case (.object(let definition, _), .object(let object)):
            var result = object
            for field in definition.fields {
                if let present = result[field.name] {
                    result[field.name] = filled(present, field.type)
                } else if let zero = field.zero {
                    result[field.name] = filled(zero, field.type)
                }
            }
            return .object(result)
        default: return value
        }
    }
}
