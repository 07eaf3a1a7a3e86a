import Documents
import Kubernetes
import KubernetesAPI

/// OpenAPI documents made from the schema table: what kubectl needs to check, apply and explain.
enum OpenAPIDocument {
    /// The index of version 3: one document per group and version.
    static func index(_ registry: TypeRegistry) -> Value {
        var paths = Object()
        for (group, version) in versions(registry) {
            let path = group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)"
            // The mark changes with the definitions, so that clients do not keep an old document.
            let mark = "\(Discovery.version)-\(registry.mark(group))"
            paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(mark)")]
        }
        return ["paths": .object(paths)]
    }

    private static func versions(_ registry: TypeRegistry) -> [(String, String)] {
        var seen: [(String, String)] = []
        for type in registry.all where !seen.contains(where: { $0 == (type.group, type.kind.version) }) {
            seen.append((type.group, type.kind.version))
        }
        return seen
    }

    /// The version 3 document of a group and version; nil where there is none.
    static func version3(group: String, version: String, _ registry: TypeRegistry) -> Value? {
        let types = registry.all.filter { $0.group == group && $0.kind.version == version }
        guard !types.isEmpty else { return nil }
        var schemas = Object()
        collect(types, "#/components/schemas/", &schemas)
        var paths = Object()
        for type in types {
            for (path, operations) in OpenAPIPaths.paths(of: type) { paths[path] = operations }
        }
        return [
            "openapi": "3.0.0", "info": info, "paths": .object(paths), "components": ["schemas": .object(schemas)],
        ]
    }

    /// Everything in version 2's form.
    static func version2(_ registry: TypeRegistry) -> Value {
        var definitions = Object()
        collect(registry.all, "#/definitions/", &definitions)
        var paths = Object()
        for type in registry.all {
            for (path, operations) in OpenAPIPaths.paths(of: type) { paths[path] = operations }
        }
        return ["swagger": "2.0", "info": info, "paths": .object(paths), "definitions": .object(definitions)]
    }

    private static func collect(_ types: [ResourceType], _ prefix: String, _ schemas: inout Object) {
        for type in types {
            if let custom = type.custom {
                if let meta = SchemaCatalog.builtIn.definition(named: "meta.ObjectMeta") {
                    collect(meta, prefix, &schemas)
                }
                schemas[name(of: type)] = self.custom(custom, type, prefix)
            } else {
                collect(SchemaCatalog.builtIn.definition(of: type.kind), prefix, &schemas)
            }
        }
    }

    /// `com.example.v1.App`: the group from its end.
    private static func name(of type: ResourceType) -> String {
        (type.group.split(separator: ".").reversed().map(String.init) + [type.kind.version, type.kind.kind]).joined(
            separator: ".")
    }

    /// The schema of a definition with what every object has.
    private static func custom(_ custom: CustomType, _ type: ResourceType, _ prefix: String) -> Value {
        var schema = custom.schema.root
        schema["type"] = "object"
        for key in ["apiVersion", "kind"] { schema[Pointer(["properties", key])] = ["type": "string"] }
        let reference: Value = ["$ref": .string(prefix + "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")]
        schema[Pointer(["properties", "metadata"])] =
            prefix.hasPrefix("#/components") ? ["allOf": [reference]] : reference
        schema["x-kubernetes-group-version-kind"] = [
            [
                "group": .string(type.group), "kind": .string(type.kind.kind), "version": .string(type.kind.version),
            ]
        ]
        return schema
    }

    private static let info: Value = ["title": "Waybill local cluster", "version": .string("v\(Discovery.version)")]

    /// A definition with all that it refers to.
    private static func collect(_ definition: SchemaDefinition?, _ prefix: String, _ schemas: inout Object) {
        guard let definition, schemas[definition.fullName] == nil else { return }
        schemas[definition.fullName] = [:]
        var properties = Object()
        for field in definition.fields { properties[field.name] = property(field, prefix, &schemas) }
        var value: Value = ["type": "object", "properties": .object(properties)]
        let required = definition.fields.filter(\.isRequired).map { Value.string($0.name) }
        if !required.isEmpty { value["required"] = .array(required) }
        if definition.isAtomic { value["x-kubernetes-map-type"] = "atomic" }
        if definition.isKind,
            let kind = ResourceTable.all.first(where: {
                SchemaCatalog.builtIn.definition(of: $0.kind)?.name == definition.name
            })?.kind
        {
            value["x-kubernetes-group-version-kind"] = [
                ["group": .string(kind.group), "kind": .string(kind.kind), "version": .string(kind.version)]
            ]
        }
        schemas[definition.fullName] = value
    }

    private static func property(_ field: SchemaField, _ prefix: String, _ schemas: inout Object) -> Value {
        var value = schema(field.type, prefix, &schemas)
        if case .list(_, let kind) = field.type {
            switch kind {
            case .atomic: value["x-kubernetes-list-type"] = "atomic"
            case .set: value["x-kubernetes-list-type"] = "set"
            case .map(let keys):
                value["x-kubernetes-list-type"] = "map"
                value["x-kubernetes-list-map-keys"] = .array(keys.map(Value.string))
            }
        }
        if let text = field.defaultText { value["default"] = .string(text) }
        if let zero = field.zero, !zero.isNull { value["default"] = zero }
        var strategies: [String] = []
        if let key = field.patchMergeKey {
            strategies.append("merge")
            if !key.isEmpty { value["x-kubernetes-patch-merge-key"] = .string(key) }
        }
        if field.retainsKeys { strategies.append("retainKeys") }
        if !strategies.isEmpty { value["x-kubernetes-patch-strategy"] = .string(strategies.joined(separator: ",")) }
        return value
    }

    private static func schema(_ type: SchemaType, _ prefix: String, _ schemas: inout Object) -> Value {
        switch type {
        case .any: return ["type": "object"]
        case .scalar(let scalar): return self.scalar(scalar)
        case .list(let element, _): return ["type": "array", "items": schema(element, prefix, &schemas)]
        case .map(let element, let isAtomic):
            var value: Value = ["type": "object", "additionalProperties": schema(element, prefix, &schemas)]
            if isAtomic { value["x-kubernetes-map-type"] = "atomic" }
            return value
        case .reference(let name, _):
            guard let definition = SchemaCatalog.builtIn.definition(named: name) else { return ["type": "object"] }
            collect(definition, prefix, &schemas)
            let reference: Value = ["$ref": .string(prefix + definition.fullName)]
            return prefix.hasPrefix("#/components") ? ["allOf": [reference]] : reference
        }
    }

    private static func scalar(_ scalar: SchemaType.Scalar) -> Value {
        switch scalar {
        case .string, .quantity: ["type": "string"]
        case .bool: ["type": "boolean"]
        case .int32: ["type": "integer", "format": "int32"]
        case .int64: ["type": "integer", "format": "int64"]
        case .number, .double: ["type": "number", "format": "double"]
        case .intOrString: ["type": "string", "format": "int-or-string"]
        case .time, .microTime: ["type": "string", "format": "date-time"]
        case .bytes: ["type": "string", "format": "byte"]
        }
    }
}
