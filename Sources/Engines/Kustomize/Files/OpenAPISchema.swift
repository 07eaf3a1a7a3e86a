import Documents
import Kubernetes
import WaybillCore

/// The part of an OpenAPI document that merging needs: kinds, their fields, and the keys of lists.
struct OpenAPISchema {
    /// The deepest nesting of objects within one definition, and the most definitions of one document.
    private static let depthMax = 64
    private static let definitionsMax = 50_000

    private(set) var catalog = SchemaCatalog([])
    private var kinds: [ObjectKind: String] = [:]
    private var definitions: [SchemaDefinition] = []

    init(parsing bytes: [UInt8], file: String) throws(WaybillError) {
        let document: Value
        do { document = try YAMLReader.node(from: bytes, schema: .kustomize).value } catch { throw error.inFile(file) }
        guard let members = document["definitions"]?.object else {
            throw WaybillError(.invalidInput, "an OpenAPI document has “definitions”", subject: file)
        }
        for member in members {
            for kind in member.value["x-kubernetes-group-version-kind"]?.array ?? [] {
                let key = ObjectKind(
                    group: kind["group"]?.string ?? "", version: kind["version"]?.string ?? "",
                    kind: kind["kind"]?.string ?? "")
                kinds[key] = member.key
            }
            try define(member.key, member.value, depth: 0, file)
        }
        catalog = SchemaCatalog(definitions)
        definitions = []
    }

    func type(of kind: ObjectKind) -> SchemaType { kinds[kind].map { .reference($0, isAtomic: false) } ?? .any }

    private mutating func define(
        _ name: String, _ schema: Value, depth: Int, _ file: String
    ) throws(WaybillError) {
        guard depth < Self.depthMax, definitions.count < Self.definitionsMax else {
            throw WaybillError(.limitExceeded, "the schema is too large or too deep", subject: file)
        }
        var fields: [SchemaField] = []
        for property in schema["properties"]?.object ?? Object() {
            let type = try self.type(of: property.value, within: "\(name)/\(property.key)", depth: depth, file)
            var field = SchemaField(name: property.key, type: type)
            if property.value["x-kubernetes-patch-strategy"]?.string?.contains("merge") == true {
                let keys = property.value["x-kubernetes-list-map-keys"]?.array?.first?.string
                field.patchMergeKey = property.value["x-kubernetes-patch-merge-key"]?.string ?? keys ?? ""
            }
            fields.append(field)
        }
        definitions.append(
            SchemaDefinition(name: name, fullName: name, isAtomic: false, isKind: false, fields: fields))
    }

    private mutating func type(
        of schema: Value, within name: String, depth: Int, _ file: String
    ) throws(WaybillError) -> SchemaType {
        let reference = schema["$ref"]?.string ?? schema["allOf"]?.array?.first?["$ref"]?.string
        if let reference, let slash = reference.lastIndex(of: "/") {
            return .reference(String(reference[reference.index(after: slash)...]), isAtomic: false)
        }
        if let items = schema["items"] {
            let keys = (schema["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string)
            let element = try type(of: items, within: name + "/items", depth: depth + 1, file)
            return .list(element, keys.isEmpty ? .atomic : .map(keys))
        }
        if schema["properties"]?.object != nil {
            try define(name, schema, depth: depth + 1, file)
            return .reference(name, isAtomic: false)
        }
        if let values = schema["additionalProperties"], values.object != nil {
            return .map(try type(of: values, within: name + "/values", depth: depth + 1, file), isAtomic: false)
        }
        return .any
    }
}
