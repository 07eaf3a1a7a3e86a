public import Documents
public import Kubernetes
public import WaybillCore

/// A Kubernetes cluster, seen as the few verbs that delivery needs.
public protocol Cluster: Sendable {
    /// The object, nil where it is not there.
    func get(_ key: ObjectKey) async throws(WaybillError) -> Resource?
    /// All objects of a kind; a nil namespace means all of them. `labels` is a selector as kubectl takes it.
    func list(_ kind: ObjectKind, namespace: String?, labels: String?) async throws(WaybillError) -> [Resource]
    /// Server-side apply. A conflict with another manager's fields throws `.conflict` unless `force`.
    /// Returns the object as stored (as it would be stored with `dryRun`).
    @discardableResult
    func apply(_ resource: Resource, fieldManager: String, force: Bool, dryRun: Bool) async throws(WaybillError)
        -> Resource
    @discardableResult
    func create(_ resource: Resource, dryRun: Bool) async throws(WaybillError) -> Resource
    /// A JSON merge patch (RFC 7386) of the object or of a subresource such as `status` or `scale`.
    @discardableResult
    func patch(_ key: ObjectKey, merge: Value, subresource: String?) async throws(WaybillError) -> Resource
    /// Deletes with background propagation; an object that is not there is no error.
    func delete(_ key: ObjectKey) async throws(WaybillError)
    /// Changes of a kind's objects, from now on. Ends with an error when the connection is lost: list again then.
    func watch(_ kind: ObjectKind, namespace: String?) -> AsyncThrowingStream<WatchEvent, any Error>
}

/// One change that a watch reports.
public struct WatchEvent: Sendable {
    public enum Kind: String, Sendable { case added = "ADDED", modified = "MODIFIED", deleted = "DELETED" }
    public var kind: Kind
    public var resource: Resource

    public init(kind: Kind, resource: Resource) {
        self.kind = kind
        self.resource = resource
    }
}
