import Documents
import Kubernetes

/// What names a resource while it is customised.
struct ResourceID: Hashable {
    var group: String
    var version: String
    var kind: String
    var namespace: String
    var name: String

    init(group: String = "", version: String = "", kind: String = "", namespace: String = "", name: String = "") {
        self.group = group
        self.version = version
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    init(_ value: Value) {
        let kind = ObjectKind(apiVersion: value["apiVersion"]?.string ?? "", kind: value["kind"]?.string ?? "")
        let metadata = value["metadata"]
        self.init(
            group: kind.group, version: kind.version, kind: kind.kind,
            namespace: metadata?["namespace"]?.string ?? "", name: metadata?["name"]?.string ?? "")
    }

    /// Kinds that nobody knows count as namespaced.
    var isClusterScoped: Bool {
        ObjectScope(builtIn: ObjectKind(group: group, version: version, kind: kind)) == .cluster
    }

    /// No namespace means `default`; an object of the whole cluster has none of its own.
    var effectiveNamespace: String { isClusterScoped ? "" : namespace.isEmpty ? "default" : namespace }

    func isSameKindAndName(as other: ResourceID) -> Bool {
        name == other.name && kind == other.kind && group == other.group && version == other.version
    }

    func isSame(as other: ResourceID) -> Bool {
        isSameKindAndName(as: other) && effectiveNamespace == other.effectiveNamespace
    }

    /// Equal for those that are the same.
    var identity: ResourceID {
        var identity = self
        identity.namespace = effectiveNamespace
        return identity
    }
}

extension ResourceID: CustomStringConvertible {
    var description: String {
        let api = group.isEmpty ? version : "\(group)/\(version)"
        return "\(api.isEmpty ? "" : api + " ")\(kind)/\(name)" + (namespace.isEmpty ? "" : " in \(namespace)")
    }
}

/// A group, version and kind where an empty part matches everything.
struct KindPattern: Hashable {
    var group = ""
    var version = ""
    var kind = ""

    func matches(_ id: ResourceID) -> Bool {
        (group.isEmpty || group == id.group) && (version.isEmpty || version == id.version)
            && (kind.isEmpty || kind == id.kind)
    }

    func covers(_ other: KindPattern) -> Bool {
        (group.isEmpty || group == other.group) && (version.isEmpty || version == other.version)
            && (kind.isEmpty || kind == other.kind)
    }
}
