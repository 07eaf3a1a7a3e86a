import Documents
public import Kubernetes

extension StructuralSchema {
    /// The schema as types of the catalog, for merging and ownership.
    public func catalog(for kind: ObjectKind) -> SchemaCatalog {
        var definitions: [SchemaDefinition] = []
        var count = 0
        func type(_ schema: Value, isRoot: Bool) -> SchemaType {
            if Self.isIntOrString(schema) { return .scalar(.intOrString) }
            let isAtomic = schema["x-kubernetes-map-type"]?.string == "atomic"
            switch schema["type"]?.string {
            case "string": return .scalar(.string)
            case "integer": return .scalar(.int64)
            case "number": return .scalar(.number)
            case "boolean": return .scalar(.bool)
            case "array":
                let keys = (schema["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string)
                let kind: SchemaType.ListKind =
                    switch schema["x-kubernetes-list-type"]?.string {
                    case "set": .set
                    case "map": .map(keys)
                    default: .atomic
                    }
                return .list(schema["items"].map { type($0, isRoot: false) } ?? .any, kind)
            case "object":
                if let additional = schema["additionalProperties"], schema["properties"] == nil {
                    return .map(additional.object == nil ? .any : type(additional, isRoot: false), isAtomic: isAtomic)
                }
                let properties = schema["properties"]?.object ?? Object()
                if properties.isEmpty, Self.isPreserving(schema), !isRoot, !Self.isEmbedded(schema) { return .any }
                let hasIdentity = isRoot || Self.isEmbedded(schema)
                var fields: [SchemaField] = properties.compactMap { property in
                    if hasIdentity, ["apiVersion", "kind", "metadata"].contains(property.key) { return nil }
                    var field = SchemaField(name: property.key, type: type(property.value, isRoot: false))
                    field.defaultText = property.value["default"]?.string
                    return field
                }
                if hasIdentity {
                    fields.append(SchemaField(name: "apiVersion", type: .scalar(.string)))
                    fields.append(SchemaField(name: "kind", type: .scalar(.string)))
                    fields.append(
                        SchemaField(name: "metadata", type: .reference("meta.ObjectMeta", isAtomic: false)))
                }
                count += 1
                let name = "custom.\(kind.kind)\(count)"
                definitions.append(
                    SchemaDefinition(
                        name: name, fullName: name, isAtomic: isAtomic, isKind: isRoot, fields: fields,
                        allowsUnknown: Self.isPreserving(schema)))
                return .reference(name, isAtomic: isAtomic)
            default: return .any
            }
        }
        guard case .reference(let name, _) = type(root["type"] == nil ? ["type": "object"] : root, isRoot: true),
            let definition = definitions.first(where: { $0.name == name })
        else { return .builtIn }
        return SchemaCatalog(adding: [kind: definition], using: definitions)
    }
}
