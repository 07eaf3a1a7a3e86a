/// The name of a kind of objects: `apps/v1 Deployment`.
public struct ObjectKind: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Empty for the core group.
    public var group: String
    public var version: String
    public var kind: String

    public init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    /// From an object's `apiVersion` and `kind`.
    public init(apiVersion: String, kind: String) {
        guard apiVersion.utf8.contains(UInt8(ascii: "/")) else {
            self.init(group: "", version: apiVersion, kind: kind)
            return
        }
        let parts = apiVersion.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1).map { String(Substring($0)) }
        self.init(group: parts.count == 2 ? parts[0] : "", version: parts.last ?? "", kind: kind)
    }

    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    public var description: String { "\(apiVersion) \(kind)" }
    public static func < (left: ObjectKind, right: ObjectKind) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}

/// The name of one object in a cluster.
public struct ObjectKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var kind: ObjectKind
    /// Empty for objects of the whole cluster.
    public var namespace: String
    public var name: String

    public init(kind: ObjectKind, namespace: String, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    public var description: String {
        "\(kind.kind)/\(name)" + (namespace.isEmpty ? "" : " in \(namespace)")
    }

    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        if left.kind != right.kind { return left.kind < right.kind }
        if left.namespace != right.namespace {
            return left.namespace.utf8.lexicographicallyPrecedes(right.namespace.utf8)
        }
        return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}
