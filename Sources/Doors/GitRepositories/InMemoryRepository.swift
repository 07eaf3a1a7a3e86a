public import WaybillCore

/// A repository without a disk, for tests and simulations. Names of objects are the real ones.
public actor InMemoryRepository: WritableGitRepository {
    private var objects: [ObjectID: (type: String, bytes: [UInt8])] = [:]
    private var heads: [String: ObjectID] = [:]

    public init() {}

    public func resolve(_ revision: String) throws(WaybillError) -> ObjectID? {
        try GitExecutable.check(revision: revision)
        let candidates = [revision, "refs/\(revision)", "refs/tags/\(revision)", "refs/heads/\(revision)"]
        if let id = ObjectID(revision) ?? candidates.lazy.compactMap({ self.heads[$0] }).first { return peel(id) }
        return revision == "HEAD" ? heads["refs/heads/main"] : nil
    }

    public func references() -> [String: ObjectID] { heads }

    public func object(_ id: ObjectID) -> (type: String, bytes: [UInt8])? { objects[id] }

    public func commits(from base: ObjectID?, to head: ObjectID) throws(WaybillError) -> [ObjectID] {
        let hidden = try base.map { (base) throws(WaybillError) in Set(try history(of: base, hiding: [])) } ?? []
        return try history(of: head, hiding: hidden)
    }

    public func isAncestor(_ ancestor: ObjectID, of descendant: ObjectID) throws(WaybillError) -> Bool {
        _ = try links(of: ancestor)
        return try history(of: descendant, hiding: []).contains(ancestor)
    }

    public func files(at revision: ObjectID, under folder: String) throws(WaybillError) -> [GitFile] {
        let all = try files(inTree: links(of: revision).tree, prefix: "")
        let prefix = folder.isEmpty || folder.hasSuffix("/") ? folder : "\(folder)/"
        return all.filter { $0.path.utf8.starts(with: prefix.utf8) }
    }

    public func read(_ path: String, at revision: ObjectID) throws(WaybillError) -> [UInt8]? {
        guard GitPath.isPlain(path) else {
            throw WaybillError(
                .invalidInput, "not a path in a repository: \(Redaction.excerpt(path))", subject: "repository")
        }
        guard let commit = objects[revision], commit.type == "commit" else { return nil }
        let file = try files(at: revision, under: "").first { $0.path.utf8.elementsEqual(path.utf8) }
        return file.flatMap { objects[$0.blob] }.flatMap { $0.type == "blob" ? $0.bytes : nil }
    }

    public func changedPaths(from base: ObjectID, to head: ObjectID) throws(WaybillError) -> [String] {
        let before = Set(try files(at: base, under: "")), after = Set(try files(at: head, under: ""))
        return Set(before.symmetricDifference(after).map(\.path)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    @discardableResult
    public func store(_ type: String, _ bytes: [UInt8]) throws(WaybillError) -> ObjectID {
        switch type {
        case "blob", "tag": break
        case "tree": _ = try GitTreeEntry.entries(of: bytes)
        case "commit": _ = try CommitLinks(parsing: bytes)
        default:
            throw WaybillError(
                .invalidInput, "not a type of Git object: \(Redaction.excerpt(type))", subject: "repository")
        }
        guard let id = ObjectID(type: type, bytes: bytes) else {
            throw WaybillError(.failed, "has no name", subject: "Git object")
        }
        objects[id] = (type, bytes)
        return id
    }

    public func move(_ moves: [ReferenceMove]) throws(WaybillError) {
        for move in moves {
            try ReferenceName.check(move.name)
            guard heads[move.name] == move.from else {
                throw WaybillError(
                    .conflict, "\(move.name) moved meanwhile", subject: "repository",
                    remedy: "read the reference again and repeat")
            }
            guard move.to.map({ objects[$0] != nil }) ?? true else {
                throw WaybillError(
                    .failed, "\(move.name) would name an object that is not there", subject: "repository")
            }
        }
        for move in moves { heads[move.name] = move.to }
    }

    private func peel(_ id: ObjectID) -> ObjectID? { objects[id]?.type == "commit" ? id : nil }

    private func links(of id: ObjectID) throws(WaybillError) -> CommitLinks {
        guard let object = objects[id], object.type == "commit" else {
            throw WaybillError(.failed, "is not a commit of this repository", subject: "Git object \(id)")
        }
        return try CommitLinks(parsing: object.bytes)
    }

    /// Everything reachable from a commit, parents before children, without recursion.
    private func history(of head: ObjectID, hiding hidden: Set<ObjectID>) throws(WaybillError) -> [ObjectID] {
        var done = hidden, order: [ObjectID] = []
        var stack: [(id: ObjectID, isEntered: Bool)] = [(head, false)]
        while let (id, isEntered) = stack.popLast() {
            if isEntered {
                if done.insert(id).inserted { order.append(id) }
            } else if !done.contains(id) {
                stack.append((id, true))
                for parent in try links(of: id).parents { stack.append((parent, false)) }
            }
        }
        return order
    }

    private func files(inTree tree: ObjectID, prefix: String) throws(WaybillError) -> [GitFile] {
        guard let object = objects[tree], object.type == "tree" else {
            throw WaybillError(.failed, "is not a tree of this repository", subject: "Git object \(tree)")
        }
        var files: [GitFile] = []
        for entry in try GitTreeEntry.entries(of: object.bytes) {
            if entry.isFolder {
                files += try self.files(inTree: entry.id, prefix: "\(prefix)\(entry.name)/")
            } else {
                files.append(GitFile(path: prefix + entry.name, mode: entry.mode, blob: entry.id))
            }
        }
        return files
    }
}
