public import Documents
import Kubernetes

/// The schema of one version of a custom resource, as its definition states it.
public struct StructuralSchema: Sendable {
    public let root: Value
    /// Rules by the path of the schema that holds them, compiled once.
    let rules: [String: [SchemaRule]]

    /// `schema` is the value of `openAPIV3Schema`. Rules that cannot be compiled are left out: validation of the
    /// definition refuses them.
    public init(_ schema: Value) {
        root = schema
        var rules: [String: [SchemaRule]] = [:]
        SchemaRule.collect(schema, "", &rules)
        self.rules = rules
    }

    static func isPreserving(_ schema: Value) -> Bool {
        schema["x-kubernetes-preserve-unknown-fields"]?.bool == true
    }

    static func isEmbedded(_ schema: Value) -> Bool { schema["x-kubernetes-embedded-resource"]?.bool == true }

    static func isIntOrString(_ schema: Value) -> Bool { schema["x-kubernetes-int-or-string"]?.bool == true }

    // MARK: Pruning

    /// The object without the fields that the schema does not know, and their paths.
    public func pruned(_ object: Value) -> (object: Value, unknown: [String]) {
        var unknown: [String] = []
        let result = Self.prune(object, root, "", isRoot: true, &unknown)
        return (result, unknown)
    }

    private static func prune(
        _ value: Value, _ schema: Value, _ path: String, isRoot: Bool, _ unknown: inout [String]
    ) -> Value {
        switch value {
        case .array(let list):
            guard let items = schema["items"] else { return value }
            return .array(
                list.enumerated().map { prune($1, items, "\(path)[\($0)]", isRoot: false, &unknown) })
        case .object(let object):
            let keepsIdentity = isRoot || isEmbedded(schema)
            var result = Object()
            for member in object {
                let place = path.isEmpty ? member.key : "\(path).\(member.key)"
                if keepsIdentity, ["apiVersion", "kind", "metadata"].contains(member.key) {
                    result[member.key] = member.value
                } else if let property = schema["properties"]?[member.key] {
                    result[member.key] = prune(member.value, property, place, isRoot: false, &unknown)
                } else if let additional = schema["additionalProperties"], additional.bool != false {
                    result[member.key] =
                        additional.object == nil
                        ? member.value : prune(member.value, additional, place, isRoot: false, &unknown)
                } else if isPreserving(schema) {
                    result[member.key] = member.value
                } else {
                    unknown.append(place)
                }
            }
            return .object(result)
        default: return value
        }
    }

    // MARK: Defaults

    /// The object with the schema's defaults. A null that is not allowed goes, or gives way to the default.
    public func defaulted(_ object: Value) -> Value { Self.fill(object, root) }

    private static func fill(_ value: Value, _ schema: Value) -> Value {
        switch value {
        case .array(let list):
            guard let items = schema["items"] else { return value }
            return .array(list.map { fill($0, items) })
        case .object(var object):
            for property in schema["properties"]?.object ?? Object() {
                let present = object[property.key]
                let isAllowedNull = present?.isNull == true && property.value["nullable"]?.bool == true
                if let fallback = property.value["default"], present == nil || present?.isNull == true, !isAllowedNull {
                    object[property.key] = fallback
                } else if present?.isNull == true, !isAllowedNull, !isPreserving(property.value) {
                    object[property.key] = nil
                }
                if let present = object[property.key] { object[property.key] = fill(present, property.value) }
            }
            if let additional = schema["additionalProperties"], additional.object != nil {
                for member in object where schema["properties"]?[member.key] == nil {
                    object[member.key] = fill(member.value, additional)
                }
            }
            return .object(object)
        default: return value
        }
    }
}
