import Kubernetes

/// A kind of objects that the API serves, with its place in the URL and what can be done with it.
struct ResourceType: Hashable, Sendable {
    struct Subresource: Hashable, Sendable {
        var name: String
        var verbs: [String]
        /// The kind that the subresource reads and writes.
        var kind: ObjectKind
    }

    var kind: ObjectKind
    /// `deployments`.
    var plural: String
    var isNamespaced: Bool
    var shortNames: [String] = []
    var categories: [String] = []
    var verbs: [String] = ResourceType.allVerbs
    var subresources: [Subresource] = []
    var singularName: String?
    var listName: String?
    /// What a definition says about the kind; nil where it is built in.
    var custom: CustomType?

    static let allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]

    var group: String { kind.group }
    var singular: String { singularName ?? kind.kind.lowercased() }
    /// `deployments.apps`: how messages and the store name it.
    var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }
    var listKind: String { listName ?? kind.kind + "List" }
    var hasStatus: Bool { subresources.contains { $0.name == "status" } }
    /// Answers that are computed, not stored.
    var isVirtual: Bool { !verbs.contains("get") || plural == "componentstatuses" }

    func subresource(_ name: String) -> Subresource? { subresources.first { $0.name == name } }

    /// The types of the kind's fields.
    var catalog: SchemaCatalog { custom?.catalog ?? .builtIn }
    var checker: SchemaChecker { SchemaChecker(catalog: catalog) }
    var ownership: FieldOwnership { FieldOwnership(catalog: catalog, kind: kind) }
}
