import Documents
import WaybillCore

/// A document seen through its type: the walks that field ownership is made of.
///
/// The rules are those of Kubernetes' structured merge: scalars, atomic lists and atomic maps are leaves; elements of
/// keyed lists are fields of their own; a container that is empty counts as a leaf.
struct TypedDocument {
    var catalog: SchemaCatalog
    var type: SchemaType

    /// The field's type in a definition or a map.
    func fieldType(_ name: String, in shape: SchemaCatalog.Shape) -> SchemaType? {
        switch shape {
        case .object(let definition, _): definition.field(name)?.type
        case .map(let element, _): element
        default: .any
        }
    }

    /// The elements of a list with the path element of each; nil for an atomic list. An element without a key of its
    /// own gets its index.
    func elements(of list: [Value], element: SchemaType, kind: SchemaType.ListKind) -> [(PathElement, Value)]? {
        switch kind {
        case .atomic: return nil
        case .set: return list.map { (.value($0), $0) }
        case .map(let keys):
            let definition: SchemaDefinition? =
                if case .object(let definition, _) = catalog.shape(of: element) { definition } else { nil }
            return list.enumerated().map { index, value in
                var key = Object()
                for name in keys {
                    if let field = value[name], !field.isNull {
                        key[name] = field
                    } else if let text = definition?.field(name)?.defaultText {
                        key[name] = .string(text)
                    }
                }
                return (key.isEmpty ? .index(index) : .key(key), value)
            }
        }
    }
}

extension TypedDocument {
    /// The fields that a document sets.
    func fields(of value: Value) -> FieldSet { fields(of: value, type) }

    private func fields(of value: Value, _ type: SchemaType) -> FieldSet {
        var set = FieldSet()
        switch (catalog.shape(of: type), value) {
        case (let shape, .object(let object)) where !shape.isAtomic:
            for member in object {
                let element = PathElement.field(member.key)
                let memberType = fieldType(member.key, in: shape) ?? .any
                let child = fields(of: member.value, memberType)
                if member.value.isNull || member.value.object?.isEmpty == true || isLeaf(member.value, memberType)
                    || !isDeclared(member.key, in: shape)
                {
                    set.insert([element])
                }
                set.insert(child, beneath: element)
            }
        case (.list(let element, let kind), .array(let list)):
            for (path, value) in elements(of: list, element: element, kind: kind) ?? [] {
                set.insert([path])
                set.insert(fields(of: value, element), beneath: path)
            }
        default: break
        }
        return set
    }

    /// The type names the field; members of maps and of unknown types are named by the document alone.
    private func isDeclared(_ name: String, in shape: SchemaCatalog.Shape) -> Bool {
        if case .object(let definition, _) = shape { definition.field(name) != nil } else { false }
    }

    /// Owned as a whole: scalars, atomic containers, everything whose type is unknown but an object.
    func isLeaf(_ value: Value, _ type: SchemaType) -> Bool {
        switch (catalog.shape(of: type), value) {
        case (.any, .object): false
        case (let shape, .object): shape.isAtomic
        case (.list(_, .atomic), .array), (.any, .array): true
        case (.list, .array): false
        default: true
        }
    }
}

extension SchemaCatalog.Shape {
    var isAtomic: Bool {
        switch self {
        case .map(_, let isAtomic), .object(_, let isAtomic): isAtomic
        case .any, .list: false
        case .scalar: true
        }
    }
}
