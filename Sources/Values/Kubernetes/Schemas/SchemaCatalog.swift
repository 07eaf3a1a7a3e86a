import Documents

/// The types of all built-in kinds.
public struct SchemaCatalog: Sendable {
    public let definitions: [String: SchemaDefinition]
    private let kinds: [ObjectKind: String]

    /// The built-in kinds of Kubernetes 1.36.
    public static let builtIn = SchemaCatalog(SchemaTable.all.flatMap(\.definitions))

    public init(_ definitions: [SchemaDefinition]) {
        self.definitions = Dictionary(definitions.map { ($0.name, $0) }) { first, _ in first }
        var kinds: [ObjectKind: String] = [:]
        for definition in definitions where definition.isKind {
            if let kind = Self.objectKind(of: definition) { kinds[kind] = definition.name }
        }
        self.kinds = kinds
    }

    /// The built-in types with further kinds beside them.
    public init(adding kinds: [ObjectKind: SchemaDefinition], using definitions: [SchemaDefinition]) {
        var all = Self.builtIn.definitions
        for definition in definitions + kinds.values { all[definition.name] = definition }
        self.definitions = all
        self.kinds = Self.builtIn.kinds.merging(kinds.mapValues(\.name)) { _, new in new }
    }

    /// The type of a kind; `.any` for kinds that the catalog does not hold.
    public func type(of kind: ObjectKind) -> SchemaType {
        kinds[kind].map { .reference($0, isAtomic: false) } ?? .any
    }

    public func definition(of kind: ObjectKind) -> SchemaDefinition? { kinds[kind].flatMap { definitions[$0] } }
    public func definition(named name: String) -> SchemaDefinition? { definitions[name] }

    /// The type as it is walked: what a reference points to.
    enum Shape {
        case scalar(SchemaType.Scalar)
        case any
        case list(SchemaType, SchemaType.ListKind)
        case map(SchemaType, isAtomic: Bool)
        case object(SchemaDefinition, isAtomic: Bool)
    }

    func shape(of type: SchemaType) -> Shape {
        switch type {
        case .scalar(let scalar): .scalar(scalar)
        case .any: .any
        case .list(let element, let kind): .list(element, kind)
        case .map(let element, let isAtomic): .map(element, isAtomic: isAtomic)
        case .reference(let name, let isAtomic):
            definitions[name].map { .object($0, isAtomic: isAtomic || $0.isAtomic) } ?? .any
        }
    }

    /// The kind that a definition of a group's package describes.
    static func objectKind(of definition: SchemaDefinition) -> ObjectKind? {
        let parts = definition.name.split(separator: ".")
        guard parts.count == 2, let (group, version) = groups[String(parts[0])] else { return nil }
        return ObjectKind(group: group, version: version, kind: String(parts[1]))
    }

    /// API groups by the alias of their package.
    private static let groups: [String: (String, String)] = [
        "core": ("", "v1"), "apps": ("apps", "v1"), "batch": ("batch", "v1"), "networking": ("networking.k8s.io", "v1"),
        "rbac": ("rbac.authorization.k8s.io", "v1"), "admissionregistration": ("admissionregistration.k8s.io", "v1"),
        "coordination": ("coordination.k8s.io", "v1"), "policy": ("policy", "v1"),
        "autoscaling1": ("autoscaling", "v1"),
        "autoscaling2": ("autoscaling", "v2"), "discovery": ("discovery.k8s.io", "v1"),
        "events": ("events.k8s.io", "v1"),
        "scheduling": ("scheduling.k8s.io", "v1"), "storage": ("storage.k8s.io", "v1"),
        "authentication": ("authentication.k8s.io", "v1"), "authorization": ("authorization.k8s.io", "v1"),
        "node": ("node.k8s.io", "v1"), "apiextensions": ("apiextensions.k8s.io", "v1"),
    ]
}
