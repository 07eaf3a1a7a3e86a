public import WaybillCore

/// A repository that is nothing but objects by name, wherever they come from: what is read through one such repository is
/// exactly what another one needs to answer the same questions.
///
/// Every object is held against its name. One that is missing is an error wherever the answer would depend on it: what
/// is not shown must not pass for what is not there.
public struct ObjectRepository: GitRepository {
    public typealias Source = @Sendable (ObjectID) async throws(WaybillError) -> (type: String, bytes: [UInt8])?

    /// Commits that one question may visit.
    static let commitsMax = 200_000
    /// Folders below one another.
    static let depthMax = 200

    private let name: String
    private let source: Source

    public init(name: String, source: @escaping Source) {
        self.name = name
        self.source = source
    }

    public func object(_ id: ObjectID) async throws(WaybillError) -> (type: String, bytes: [UInt8])? {
        guard let object = try await source(id) else { return nil }
        guard ObjectID(type: object.type, bytes: object.bytes, hexLength: id.hex.utf8.count) == id else {
            throw WaybillError(.corrupted, "the bytes are not those of the object", subject: "\(name): \(id)")
        }
        return object
    }

    public func resolve(_ revision: String) async throws(WaybillError) -> ObjectID? {
        guard let id = ObjectID(revision) else { return nil }
        return try await object(id)?.type == "commit" ? id : nil
    }

    public func references() async throws(WaybillError) -> [String: ObjectID] { [:] }

    // MARK: history

    public func commits(from base: ObjectID?, to head: ObjectID) async throws(WaybillError) -> [ObjectID] {
        let walk = try await HistoryWalk(from: base, to: head, limit: Self.commitsMax) { id throws(WaybillError) in
            try GitCommitLine(try await bytes(of: id, as: "commit"))
        }
        return walk.commits
    }

    public func isAncestor(_ ancestor: ObjectID, of descendant: ObjectID) async throws(WaybillError) -> Bool {
        guard ancestor != descendant else { return true }
        // What is reachable from the descendant beyond the ancestor's own history ends at the ancestor, if it is one.
        for id in try await commits(from: ancestor, to: descendant) {
            let line = try GitCommitLine(try await bytes(of: id, as: "commit"))
            if line.parents.contains(ancestor) { return true }
        }
        return false
    }

    // MARK: trees

    public func files(at revision: ObjectID, under folder: String) async throws(WaybillError) -> [GitFile] {
        let root = try CommitLinks(parsing: try await bytes(of: revision, as: "commit")).tree
        guard !folder.isEmpty else { return try await files(in: root, prefix: "", depth: 0) }
        let path = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        guard let entry = try await entry(at: path, in: root), entry.isFolder else { return [] }
        return try await files(in: entry.id, prefix: path + "/", depth: 0)
    }

    public func read(_ path: String, at revision: ObjectID) async throws(WaybillError) -> [UInt8]? {
        let root = try CommitLinks(parsing: try await bytes(of: revision, as: "commit")).tree
        guard let entry = try await entry(at: path, in: root), !entry.isFolder, entry.mode != "160000" else {
            return nil
        }
        return try await bytes(of: entry.id, as: "blob")
    }

    public func changedPaths(from base: ObjectID, to head: ObjectID) async throws(WaybillError) -> [String] {
        let before = Set(try await files(at: base, under: "")), after = Set(try await files(at: head, under: ""))
        return Set(before.symmetricDifference(after).map(\.path)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func entry(at path: String, in root: ObjectID) async throws(WaybillError) -> GitTreeEntry? {
        guard GitPath.isPlain(path) else {
            throw WaybillError(.invalidInput, "not a path in a repository: \(Redaction.excerpt(path))", subject: name)
        }
        var tree = root
        let parts = path.split(separator: "/")
        for (number, part) in parts.enumerated() {
            let found = try await entries(of: tree).first { $0.name.utf8.elementsEqual(part.utf8) }
            guard let found, number < parts.count - 1 else { return found }
            guard found.isFolder else { return nil }
            tree = found.id
        }
        return nil
    }

    private func files(in tree: ObjectID, prefix: String, depth: Int) async throws(WaybillError) -> [GitFile] {
        guard depth < Self.depthMax else {
            throw WaybillError(.limitExceeded, "folders are more than \(Self.depthMax) deep", subject: name)
        }
        var files: [GitFile] = []
        for entry in try await entries(of: tree) {
            if entry.isFolder {
                files += try await self.files(in: entry.id, prefix: "\(prefix)\(entry.name)/", depth: depth + 1)
            } else {
                files.append(GitFile(path: prefix + entry.name, mode: entry.mode, blob: entry.id))
            }
        }
        return files
    }

    private func entries(of tree: ObjectID) async throws(WaybillError) -> [GitTreeEntry] {
        try GitTreeEntry.entries(of: try await bytes(of: tree, as: "tree"), idLength: tree.hex.utf8.count / 2)
    }

    private func bytes(of id: ObjectID, as type: String) async throws(WaybillError) -> [UInt8] {
        guard let object = try await object(id), object.type == type else {
            throw WaybillError(.corrupted, "the \(type) \(id.short) is not here", subject: name)
        }
        return object.bytes
    }
}
