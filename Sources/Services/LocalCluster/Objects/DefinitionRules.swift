import CEL
import Documents
import Kubernetes
import KubernetesAPI

/// What makes a definition of custom resources unfit.
enum DefinitionRules {
    typealias Cause = FieldError

    static func check(_ object: Value) -> [Cause] {
        var causes: [Cause] = []
        let spec = object["spec"] ?? [:]
        let group = spec["group"]?.string ?? ""
        let plural = spec[path: "names", "plural"]?.string ?? ""
        if object.name != "\(plural).\(group)" {
            causes.append(
                .invalid("metadata.name", .string(object.name), "must be spec.names.plural+\".\"+spec.group"))
        }
        if group.isEmpty {
            causes.append(.required("spec.group"))
        } else {
            let problems = NameRules.subdomainProblems(group)
            causes += problems.map { .invalid("spec.group", .string(group), $0) }
            if problems.isEmpty, !group.contains(".") {
                causes.append(.invalid("spec.group", .string(group), "should be a domain with at least one dot"))
            }
        }
        let scope = spec["scope"]?.string ?? ""
        if scope.isEmpty {
            causes.append(.required("spec.scope"))
        } else if !["Cluster", "Namespaced"].contains(scope) {
            causes.append(.unsupported("spec.scope", .string(scope), ["Cluster", "Namespaced"]))
        }
        let versions = spec["versions"]?.array ?? []
        var names: Set<String> = []
        for (index, version) in versions.enumerated() {
            causes += self.version(version, index, single: versions.count == 1)
            if !names.insert(version.named).inserted {
                causes.append(
                    .invalid(
                        "spec.versions[\(index)].name", .string(version.named), "must contain unique version names"))
            }
        }
        let storing = versions.filter { $0["storage"]?.bool == true }
        if storing.count != 1 {
            causes.append(
                .invalid(
                    "spec.versions", .array(versions.map(DefinitionNames.version)),
                    "must have exactly one version marked as storage version"))
        }
        causes += self.names(spec["names"] ?? [:])
        let stored = object[path: "status", "storedVersions"]?.array ?? []
        for (index, name) in stored.enumerated() where !versions.contains(where: { $0["name"] == name }) {
            let text = name.string ?? ""
            causes.append(
                .invalid(
                    "status.storedVersions[\(index)]", name,
                    "missing from spec.versions; \(text) was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in \(text) and removes \(text) from status.storedVersions"
                ))
        }
        if let last = storing.last?["name"], storing.count > 1, !stored.contains(last) {
            causes.append(
                .invalid(
                    "status.storedVersions", .array(stored), "must have the storage version \(last.string ?? "")"))
        }
        if group.hasSuffix(".k8s.io") || group == "k8s.io" || group.hasSuffix(".kubernetes.io") {
            if object[path: "metadata", "annotations", "api-approved.kubernetes.io"]?.string?.isEmpty ?? true {
                causes.append(
                    .required(
                        "metadata.annotations[api-approved.kubernetes.io]",
                        "protected groups must have approval annotation \"api-approved.kubernetes.io\", see https://github.com/kubernetes/enhancements/pull/1111"
                    ))
            }
        }
        return causes
    }

    private static func names(_ names: Value) -> [Cause] {
        var causes: [Cause] = []
        for key in ["plural", "singular", "kind", "listKind"] {
            let text = FieldRules.text(names[key])
            let field = "spec.names.\(key)"
            if text.isEmpty {
                if key == "plural" || key == "kind" { causes.append(.required(field)) }
                continue
            }
            let isCased = key == "kind" || key == "listKind"
            let problems = NameRules.oldLabelProblems(isCased ? text.lowercased() : text)
            guard !problems.isEmpty else { continue }
            let detail = problems.joined(separator: ",")
            causes.append(
                .invalid(
                    field, .string(text),
                    isCased ? "may have mixed case, but should otherwise match: \(detail)" : detail))
        }
        for (index, name) in (names["shortNames"]?.array ?? []).compactMap(\.string).enumerated() {
            let problems = NameRules.oldLabelProblems(name)
            guard !problems.isEmpty else { continue }
            causes.append(
                .invalid("spec.names.shortNames[\(index)]", .string(name), problems.joined(separator: ",")))
        }
        if let kind = names["kind"]?.string, !kind.isEmpty, names["listKind"]?.string == kind {
            causes.append(.invalid("spec.names.listKind", .string(kind), "kind and listKind may not be the same"))
        }
        for (index, name) in (names["categories"]?.array ?? []).compactMap(\.string).enumerated() {
            let problems = NameRules.oldLabelProblems(name)
            guard !problems.isEmpty else { continue }
            causes.append(
                .invalid("spec.names.categories[\(index)]", .string(name), problems.joined(separator: ",")))
        }
        return causes
    }

    private static func version(_ version: Value, _ index: Int, single: Bool) -> [Cause] {
        var causes: [Cause] = []
        let name = version.named
        let problems = NameRules.oldLabelProblems(name)
        if !problems.isEmpty {
            causes.append(
                .invalid("spec.versions[\(index)].name", .string(name), problems.joined(separator: ",")))
        }
        guard let schema = version["schema"]?["openAPIV3Schema"], !schema.isNull else {
            return causes + [.required("spec.versions[\(index)].schema.openAPIV3Schema")]
        }
        // The schema of an only version is told of where it stood in the older form.
        let path = single ? "spec.validation.openAPIV3Schema" : "spec.versions[\(index)].schema.openAPIV3Schema"
        var found: [Cause] = []
        if schema["type"]?.string != "object" {
            if schema["type"]?.string?.isEmpty ?? true {
                found.append(.required("\(path).type", "must not be empty at the root"))
            } else {
                found.append(.invalid("\(path).type", schema["type"] ?? "", "must be object at the root"))
            }
        }
        walk(schema, path, &found, depth: 0)
        var later: [Cause] = []
        types(schema, path, isRoot: true, &later, depth: 0)
        return causes + found + later
    }

    private static func walk(_ schema: Value, _ path: String, _ causes: inout [Cause], depth: Int) {
        guard depth < 64 else { return }
        causes += SchemaShapeRules.before(schema, path)
        if schema["type"] == "array", schema["items"] == nil {
            causes.append(.required("\(path).items", "must be specified"))
        }
        for (index, rule) in (schema["x-kubernetes-validations"]?.array ?? []).enumerated() {
            causes += DefinitionNames.ruleProblems(rule, schema, "\(path).x-kubernetes-validations[\(index)]")
        }
        for property in (schema["properties"]?.object ?? Object()).sorted() {
            walk(property.value, "\(path).properties[\(property.key)]", &causes, depth: depth + 1)
        }
        if let items = schema["items"] { walk(items, "\(path).items", &causes, depth: depth + 1) }
        if let additional = schema["additionalProperties"], additional.object != nil {
            walk(additional, "\(path).additionalProperties", &causes, depth: depth + 1)
        }
        causes += SchemaShapeRules.after(schema, path)
    }

    /// Every part of a structural schema says its type.
    private static func types(_ schema: Value, _ path: String, isRoot: Bool, _ causes: inout [Cause], depth: Int) {
        guard depth < 64 else { return }
        let isFree =
            schema["x-kubernetes-int-or-string"]?.bool == true
            || schema["x-kubernetes-preserve-unknown-fields"]?.bool == true
        if !isRoot, schema["type"]?.string?.isEmpty ?? true, !isFree {
            causes.append(
                .required(
                    "\(path).type",
                    "must not be empty for specified \(path.hasSuffix(".items") ? "array items" : "object fields")"))
        }
        if isRoot || schema["x-kubernetes-embedded-resource"]?.bool == true,
            let metadata = schema[path: "properties", "metadata"]
        {
            let place = "\(path).properties[metadata]"
            let named = Set(metadata["properties"]?.object?.keys ?? [])
            if metadata["type"] != "object" {
                causes.append(.invalid("\(place).type", metadata["type"] ?? "", "must be object"))
            }
            if !named.isSubset(of: ["name", "generateName"]) || metadata["additionalProperties"] != nil {
                causes.append(
                    .forbidden(
                        place,
                        "must not specify anything other than name and generateName, but metadata is implicitly specified"
                    ))
            }
        }
        for property in (schema["properties"]?.object ?? Object()).sorted() {
            types(property.value, "\(path).properties[\(property.key)]", isRoot: false, &causes, depth: depth + 1)
        }
        if let items = schema["items"] { types(items, "\(path).items", isRoot: false, &causes, depth: depth + 1) }
        if let additional = schema["additionalProperties"], additional.object != nil {
            types(additional, "\(path).additionalProperties", isRoot: false, &causes, depth: depth + 1)
        }
    }
}

/// Parts of definitions under the names of their Go fields.
enum DefinitionNames {
    private static let schemaFields: [(name: String, key: String, empty: Value)] = [
        ("ID", "id", ""), ("Schema", "$schema", ""), ("Ref", "$ref", .null), ("Description", "description", ""),
        ("Type", "type", ""), ("Nullable", "nullable", false), ("Format", "format", ""), ("Title", "title", ""),
        ("Default", "default", .null), ("Maximum", "maximum", .null), ("ExclusiveMaximum", "exclusiveMaximum", false),
        ("Minimum", "minimum", .null), ("ExclusiveMinimum", "exclusiveMinimum", false),
        ("MaxLength", "maxLength", .null),
        ("MinLength", "minLength", .null), ("Pattern", "pattern", ""), ("MaxItems", "maxItems", .null),
        ("MinItems", "minItems", .null), ("UniqueItems", "uniqueItems", false), ("MultipleOf", "multipleOf", .null),
        ("Enum", "enum", .null), ("MaxProperties", "maxProperties", .null), ("MinProperties", "minProperties", .null),
        ("Required", "required", .null), ("Items", "items", .null), ("AllOf", "allOf", .null),
        ("OneOf", "oneOf", .null),
        ("AnyOf", "anyOf", .null), ("Not", "not", .null), ("Properties", "properties", .null),
        ("AdditionalProperties", "additionalProperties", .null), ("PatternProperties", "patternProperties", .null),
        ("Dependencies", "dependencies", .null), ("AdditionalItems", "additionalItems", .null),
        ("Definitions", "definitions", .null), ("ExternalDocs", "externalDocs", .null), ("Example", "example", .null),
        ("XPreserveUnknownFields", "x-kubernetes-preserve-unknown-fields", .null),
        ("XEmbeddedResource", "x-kubernetes-embedded-resource", false),
        ("XIntOrString", "x-kubernetes-int-or-string", false), ("XListMapKeys", "x-kubernetes-list-map-keys", .null),
        ("XListType", "x-kubernetes-list-type", .null), ("XMapType", "x-kubernetes-map-type", .null),
        ("XValidations", "x-kubernetes-validations", .null),
    ]

    private static func schema(_ schema: Value, depth: Int = 0) -> Value {
        guard depth < 16 else { return .null }
        var result = Object()
        for field in schemaFields {
            let value = schema[field.key] ?? field.empty
            switch field.key {
            case "properties":
                result[field.name] =
                    value.object.map { properties in
                        .object(Object(properties.map { ($0.key, self.schema($0.value, depth: depth + 1)) }))
                    } ?? .null
            case "items":
                result[field.name] =
                    schema["items"].map {
                        ["Schema": self.schema($0, depth: depth + 1), "JSONSchemas": .null]
                    } ?? .null
            default: result[field.name] = value
            }
        }
        return .object(result)
    }

    static func version(_ version: Value) -> Value {
        let found = version["schema"]?["openAPIV3Schema"]
        return [
            "Name": version["name"] ?? "", "Served": version["served"] ?? false, "Storage": version["storage"] ?? false,
            "Deprecated": version["deprecated"] ?? false, "DeprecationWarning": version["deprecationWarning"] ?? .null,
            "Schema": found.map { ["OpenAPIV3Schema": schema($0)] } ?? .null,
            "Subresources": version["subresources"] ?? .null,
            "AdditionalPrinterColumns": version["additionalPrinterColumns"] ?? .null,
            "SelectableFields": version["selectableFields"] ?? .null,
        ]
    }

    static func ruleProblems(_ rule: Value, _ schema: Value, _ path: String) -> [FieldError] {
        let text = rule["rule"]?.string ?? ""
        if text.isEmpty { return [.required("\(path).rule", "rule is not specified")] }
        guard let error = SchemaRuleCheck.problem(text, schema) else { return [] }
        let shown: Value = [
            "Rule": .string(text), "Message": rule["message"] ?? "",
            "MessageExpression": rule["messageExpression"] ?? "",
            "Reason": rule["reason"] ?? .null, "FieldPath": rule["fieldPath"] ?? "",
            "OptionalOldSelf": rule["optionalOldSelf"] ?? .null,
        ]
        return [.invalid("\(path).rule", shown, "compilation failed: \(error.report(in: text))")]
    }
}
