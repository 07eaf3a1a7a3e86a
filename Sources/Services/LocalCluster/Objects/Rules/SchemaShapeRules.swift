import Documents
import KubernetesAPI

/// What a definition's schema may not say at one of its places.
enum SchemaShapeRules {
    typealias Cause = FieldError

    private static let kinds = ["array", "boolean", "integer", "number", "object", "string"]

    /// What is told before the places beneath.
    static func before(_ schema: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        for key in ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"] {
            guard let value = schema[key], value != "", value.object?.isEmpty != true else { continue }
            causes.append(.forbidden("\(path).\(key)", "\(key) is not supported"))
        }
        let kind = FieldRules.text(schema["type"])
        if kind == "null" {
            causes.append(
                .forbidden("\(path).type", "type cannot be set to null, use nullable as an alternative"))
        } else if !kind.isEmpty, !kinds.contains(kind) {
            causes.append(.unsupported("\(path).type", .string(kind), kinds))
        }
        if schema["uniqueItems"]?.bool == true {
            causes.append(
                .forbidden(
                    "\(path).uniqueItems",
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
        }
        if let additional = schema["additionalProperties"], additional != false,
            schema["properties"]?.object?.isEmpty == false
        {
            causes.append(
                .forbidden(
                    "\(path).additionalProperties", "additionalProperties and properties are mutual exclusive"))
        }
        return causes
    }

    /// What is told after them.
    static func after(_ schema: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        if schema["x-kubernetes-preserve-unknown-fields"]?.bool == false {
            causes.append(
                .invalid("\(path).x-kubernetes-preserve-unknown-fields", false, "must be true or undefined"))
        }
        causes += needs("object", for: "x-kubernetes-map-type", ["atomic", "granular"], schema, path)
        let isList = schema["type"] == "array"
        let isSet = isList && schema["x-kubernetes-list-type"] == "set"
        causes += needs(
            "array", for: "x-kubernetes-list-type", ["atomic", "set", "map"], schema, path,
            between: isSet ? setItems(schema["items"] ?? [:], "\(path).items") : [])
        return causes + keys(schema, path)
    }

    /// A word about maps or lists stands at a map or a list.
    private static func needs(
        _ kind: String, for key: String, _ supported: [String], _ schema: Value, _ path: String, between: [Cause] = []
    ) -> [Cause] {
        guard let word = schema[key]?.string else { return [] }
        var causes: [Cause] = between
        let given = FieldRules.text(schema["type"])
        let detail = "must be \(kind) if \(key) is specified"
        if given.isEmpty {
            causes.append(.required("\(path).type", detail))
        } else if given != kind {
            causes.append(.invalid("\(path).type", .string(given), detail))
        }
        if !supported.contains(word) { causes.append(.unsupported("\(path).\(key)", .string(word), supported)) }
        return causes
    }

    /// Members of a set are compared whole.
    private static func setItems(_ items: Value, _ path: String) -> [Cause] {
        let detail = "must be atomic as item of a list with x-kubernetes-list-type=set"
        switch items["type"]?.string {
        case "array":
            guard let kind = items["x-kubernetes-list-type"], kind != "atomic" else { return [] }
            return [.invalid("\(path).x-kubernetes-list-type", kind, detail)]
        case "object":
            guard items["x-kubernetes-map-type"] != "atomic" else { return [] }
            return [.invalid("\(path).x-kubernetes-map-type", items["x-kubernetes-map-type"] ?? .null, detail)]
        default: return []
        }
    }

    private static func keys(_ schema: Value, _ path: String) -> [Cause] {
        let (listType, list) = ("\(path).x-kubernetes-list-type", "\(path).x-kubernetes-list-map-keys")
        let keys = (schema["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string)
        var causes: [Cause] = []
        if !keys.isEmpty, schema["x-kubernetes-list-type"] != "map" {
            let detail = "must be map if x-kubernetes-list-map-keys is non-empty"
            causes.append(
                schema["x-kubernetes-list-type"].map { .invalid(listType, $0, detail) } ?? .required(listType, detail))
        }
        guard schema["x-kubernetes-list-type"] == "map" else { return causes }
        if keys.isEmpty { causes.append(.required(list, "must not be empty if x-kubernetes-list-type is map")) }
        guard let items = schema["items"] else {
            causes.append(.required("\(path).items", "must have a schema if x-kubernetes-list-type is map"))
            return causes
        }
        if items["type"] != "object" {
            causes.append(
                .invalid(
                    "\(path).items.type", items["type"] ?? "",
                    "must be object if parent array's x-kubernetes-list-type is map"))
        }
        let shown = Value.array(keys.map { .string($0) })
        for (index, key) in keys.enumerated() {
            if let property = items[path: "properties", key] {
                if property["type"] == "array" || property["type"] == "object" {
                    causes.append(
                        .invalid(
                            "\(path).items.properties[\(key)].type", items["type"] ?? "",
                            "must be a scalar type if parent array's x-kubernetes-list-type is map"))
                }
            } else {
                causes.append(.invalid(list, shown, "entries must all be names of item properties"))
            }
            if keys[..<index].contains(key) {
                causes.append(.invalid(list, shown, "must not contain duplicate entries"))
            }
        }
        return causes + needed(keys, items, path)
    }

    /// A key is always there: by its default or because it must be.
    private static func needed(_ keys: [String], _ items: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        if items["nullable"]?.bool == true {
            causes.append(
                .forbidden("\(path).items.nullable", "cannot be nullable when x-kubernetes-list-type is map"))
        }
        let required = items["required"]?.array ?? []
        for key in keys {
            guard let property = items[path: "properties", key], property["default"] == nil,
                !required.contains(.string(key))
            else { continue }
            causes.append(
                .required(
                    "\(path).items.properties[\(key)].default",
                    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
                ))
        }
        return causes
    }
}
