import Documents
import Kubernetes

/// What makes an object unfit to be stored.
enum Validation {
    static func check(_ object: Value, _ type: ResourceType) throws(APIError) {
        let causes = metadata(object, type) + requiredFields(object, type) + specific(object, type)
        guard causes.isEmpty else { throw .invalid(type.kind, object[path: "metadata", "name"]?.string ?? "", causes) }
    }

    static func checkUpdate(_ object: Value, old: Value, _ type: ResourceType, subresource: String?) throws(APIError) {
        guard subresource == nil else { return }
        let causes =
            immutable(object, old, type) + metadata(object, type) + requiredFields(object, type)
            + specific(object, type)
        guard causes.isEmpty else { throw .invalid(type.kind, object[path: "metadata", "name"]?.string ?? "", causes) }
    }

    private static func metadata(_ object: Value, _ type: ResourceType) -> [APIError.Cause] {
        var causes: [APIError.Cause] = []
        let name = object[path: "metadata", "name"]?.string ?? ""
        let field = "metadata.name"
        switch type.qualifiedName {
        case "namespaces":
            if !NameRules.isLabel(name) { causes.append(.invalid(field, .string(name), NameRules.labelDetail)) }
        case "services":
            if !NameRules.isLabel(name) { causes.append(.invalid(field, .string(name), NameRules.labelDetail)) }
        case let resource where resource.hasSuffix("rbac.authorization.k8s.io"):
            if name.contains("/") || name.contains("%") || name == "." || name == ".." {
                causes.append(.invalid(field, .string(name), "may not contain '/'"))
            }
        default:
            if !NameRules.isSubdomain(name) { causes.append(.invalid(field, .string(name), NameRules.subdomainDetail)) }
        }
        causes += labels(object[path: "metadata", "labels"], "metadata.labels")
        for (index, owner) in (object[path: "metadata", "ownerReferences"]?.array ?? []).enumerated() {
            for key in ["apiVersion", "kind", "name", "uid"] where owner[key]?.string?.isEmpty ?? true {
                causes.append(.required("metadata.ownerReferences[\(index)].\(key)", "must not be empty"))
            }
        }
        return causes
    }

    static func labels(_ labels: Value?, _ field: String) -> [APIError.Cause] {
        (labels?.object ?? Object()).flatMap { label -> [APIError.Cause] in
            var causes: [APIError.Cause] = []
            if !NameRules.isLabelKey(label.key) {
                causes.append(.invalid(field, .string(label.key), NameRules.labelKeyDetail))
            }
            if let value = label.value.string, !NameRules.isLabelValue(value) {
                causes.append(.invalid(field, .string(value), NameRules.labelValueDetail))
            }
            return causes
        }
    }

    /// Fields that the type requires, wherever the object around them is there.
    private static func requiredFields(_ object: Value, _ type: ResourceType) -> [APIError.Cause] {
        var causes: [APIError.Cause] = []
        func walk(_ value: Value, _ shape: SchemaType, _ path: String) {
            switch (shape, value) {
            case (.list(let element, _), .array(let list)):
                for (index, item) in list.enumerated() { walk(item, element, "\(path)[\(index)]") }
            case (.map(let element, _), .object(let object)):
                for member in object { walk(member.value, element, "\(path)[\(member.key)]") }
            case (.reference(let name, _), .object(let object)):
                guard let definition = SchemaCatalog.builtIn.definition(named: name) else { return }
                for field in definition.fields {
                    let place = path.isEmpty ? field.name : "\(path).\(field.name)"
                    if let member = object[field.name] {
                        walk(member, field.type, place)
                    } else if field.isRequired, !isOptionalInPractice(name, field.name) {
                        causes.append(.required(place))
                    }
                }
            default: break
            }
        }
        var asked = object
        asked["status"] = nil
        asked["metadata"] = nil
        walk(asked, SchemaCatalog.builtIn.type(of: type.kind), "")
        return causes
    }

    /// The published types call these required because Go writes them always; an empty value is accepted.
    private static func isOptionalInPractice(_ definition: String, _ field: String) -> Bool {
        switch (definition, field) {
        case ("core.PodTemplateSpec", _), ("rbac.ClusterRole", "rules"), ("rbac.Role", "rules"), ("core.Event", _),
            ("discovery.Endpoint", _), ("core.TopologySpreadConstraint", _), ("core.KeyToPath", _):
            true
        default: false
        }
    }

    private static func immutable(_ object: Value, _ old: Value, _ type: ResourceType) -> [APIError.Cause] {
        func fixed(_ path: String...) -> [APIError.Cause] {
            let pointer = Pointer(path)
            guard object[pointer] != old[pointer] else { return [] }
            return [.invalid(path.joined(separator: "."), object[pointer] ?? .null, "field is immutable")]
        }
        switch type.qualifiedName {
        case "deployments.apps", "replicasets.apps": return fixed("spec", "selector")
        case "statefulsets.apps", "daemonsets.apps": return fixed("spec", "selector")
        case "jobs.batch": return fixed("spec", "selector") + fixed("spec", "template")
        case "configmaps", "secrets":
            var causes = type.plural == "secrets" ? fixed("type") : []
            if old["immutable"]?.bool == true {
                for key in ["data", "binaryData"] where object[key] != old[key] {
                    causes.append(.forbidden(key, "field is immutable when `immutable` is set"))
                }
                if object["immutable"]?.bool != true {
                    causes.append(.forbidden("immutable", "field is immutable when `immutable` is set"))
                }
            }
            return causes
        case "services":
            let wasExternal = old[path: "spec", "type"]?.string == "ExternalName"
            let isExternal = object[path: "spec", "type"]?.string == "ExternalName"
            return wasExternal || isExternal ? [] : fixed("spec", "clusterIP")
        case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io":
            guard object["roleRef"] != old["roleRef"] else { return [] }
            return [.invalid("roleRef", object["roleRef"] ?? .null, "cannot change roleRef")]
        case "pods": return podChange(object, old)
        default: return []
        }
    }

    /// Of a pod that exists only images, deadlines and tolerations change.
    private static func podChange(_ object: Value, _ old: Value) -> [APIError.Cause] {
        func frozen(_ pod: Value) -> Value {
            var spec = pod["spec"] ?? .null
            for list in ["containers", "initContainers"] { spec.each([list]) { $0["image"] = nil } }
            for key in ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"] { spec[key] = nil }
            return spec
        }
        guard frozen(object) != frozen(old) else { return [] }
        return [
            .forbidden(
                "spec",
                "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
            )
        ]
    }
}
