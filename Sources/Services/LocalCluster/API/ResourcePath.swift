import Kubernetes

/// What a URL of the API names: a collection, an object, or a part of one.
struct ResourcePath: Sendable {
    var type: ResourceType
    /// Nil for objects of the whole cluster, and for all namespaces at once.
    var namespace: String?
    var name: String?
    var subresource: String?

    init(type: ResourceType, namespace: String?, name: String?, subresource: String?) {
        self.type = type
        self.namespace = namespace
        self.name = name
        self.subresource = subresource
    }

    /// From the components of `/api/v1/…` or `/apis/GROUP/VERSION/…`; nil when nothing is served there.
    init?(_ path: [String], in registry: TypeRegistry) {
        var rest = path[...]
        let group: String
        switch rest.popFirst() {
        case "api": group = ""
        case "apis":
            guard let name = rest.popFirst() else { return nil }
            group = name
        default: return nil
        }
        guard let version = rest.popFirst() else { return nil }
        // `namespaces/NAME/PLURAL` is a collection within; `namespaces/NAME/status` is a part of the namespace itself.
        if rest.first == "namespaces", rest.count >= 3, let plural = rest.dropFirst(2).first,
            let type = registry.type(group: group, version: version, plural: plural), type.isNamespaced
        {
            namespace = rest.dropFirst().first
            self.type = type
            rest = rest.dropFirst(3)
        } else {
            guard let plural = rest.popFirst(),
                let type = registry.type(group: group, version: version, plural: plural)
            else { return nil }
            self.type = type
            // An object of a namespace cannot be named without it.
            if type.isNamespaced, !rest.isEmpty { return nil }
        }
        name = rest.popFirst()
        subresource = rest.popFirst()
        guard rest.isEmpty else { return nil }
        if let subresource, type.subresource(subresource) == nil { return nil }
    }
}
