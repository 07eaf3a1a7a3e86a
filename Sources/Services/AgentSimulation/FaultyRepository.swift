public import GitRepositories
public import WaybillCore

/// A repository whose calls may fail.
public struct FaultyRepository: GitRepository {
    let inner: any GitRepository
    let faults: Faults

    public init(_ inner: any GitRepository, _ faults: Faults) {
        self.inner = inner
        self.faults = faults
    }

    public func resolve(_ revision: String) async throws(WaybillError) -> ObjectID? {
        try await faults.call("repository") { () async throws(WaybillError) in try await inner.resolve(revision) }
    }

    public func references() async throws(WaybillError) -> [String: ObjectID] {
        try await faults.call("repository") { () async throws(WaybillError) in try await inner.references() }
    }

    public func object(_ id: ObjectID) async throws(WaybillError) -> (type: String, bytes: [UInt8])? {
        try await faults.call("repository") { () async throws(WaybillError) in try await inner.object(id) }
    }

    public func commits(from base: ObjectID?, to head: ObjectID) async throws(WaybillError) -> [ObjectID] {
        try await faults.call("repository") { () async throws(WaybillError) in
            try await inner.commits(from: base, to: head)
        }
    }

    public func isAncestor(_ ancestor: ObjectID, of descendant: ObjectID) async throws(WaybillError) -> Bool {
        try await faults.call("repository") { () async throws(WaybillError) in
            try await inner.isAncestor(ancestor, of: descendant)
        }
    }

    public func files(at revision: ObjectID, under folder: String) async throws(WaybillError) -> [GitFile] {
        try await faults.call("repository") { () async throws(WaybillError) in
            try await inner.files(at: revision, under: folder)
        }
    }

    public func read(_ path: String, at revision: ObjectID) async throws(WaybillError) -> [UInt8]? {
        try await faults.call("repository") { () async throws(WaybillError) in try await inner.read(path, at: revision)
        }
    }

    public func changedPaths(from base: ObjectID, to head: ObjectID) async throws(WaybillError) -> [String] {
        try await faults.call("repository") { () async throws(WaybillError) in
            try await inner.changedPaths(from: base, to: head)
        }
    }
}
