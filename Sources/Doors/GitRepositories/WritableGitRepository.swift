public import WaybillCore

/// A repository that takes objects and moves references.
public protocol WritableGitRepository: GitRepository {
    /// Stores an object of a type (`blob`, `tree`, `commit`) and returns its name; one that is there is no error.
    @discardableResult
    func store(_ type: String, _ bytes: [UInt8]) async throws(WaybillError) -> ObjectID
    /// Moves references, all or none. Throws `.conflict` when one of them does not stand where it is expected.
    func move(_ moves: [ReferenceMove]) async throws(WaybillError)
}

/// A reference that shall go from one object to another.
public struct ReferenceMove: Hashable, Sendable {
    /// The full name: `refs/heads/main`.
    public var name: String
    /// Where it stands now; nil when it must not be there.
    public var from: ObjectID?
    /// Where it shall stand; nil to delete it.
    public var to: ObjectID?

    public init(_ name: String, from: ObjectID?, to: ObjectID?) {
        self.name = name
        self.from = from
        self.to = to
    }
}

/// A commit that is not stored yet.
public struct CommitDraft: Hashable, Sendable {
    public var tree: ObjectID
    public var parents: [ObjectID]
    public var author: CommitPerson
    public var committer: CommitPerson
    public var message: String
    /// An armored signature over `bytes` without it, as the `gpgsig` header holds it.
    public var signature: String?

    public init(
        tree: ObjectID, parents: [ObjectID], author: CommitPerson, committer: CommitPerson? = nil, message: String,
        signature: String? = nil
    ) {
        self.tree = tree
        self.parents = parents
        self.author = author
        self.committer = committer ?? author
        self.message = message
        self.signature = signature
    }

    /// The commit object's content; what is signed when there is no signature yet.
    public var bytes: [UInt8] {
        var text = "tree \(tree)\n"
        for parent in parents { text += "parent \(parent)\n" }
        text += "author \(author.line)\ncommitter \(committer.line)\n"
        if let signature {
            // Continuation lines of a header begin with a space.
            let lines = signature.split(separator: "\n").joined(separator: "\n ")
            text += "gpgsig \(lines)\n"
        }
        return Array("\(text)\n\(message.hasSuffix("\n") ? message : message + "\n")".utf8)
    }
}

/// Who wrote or committed, and when.
public struct CommitPerson: Hashable, Sendable {
    public var name: String
    public var email: String
    /// Since 1970, UTC.
    public var seconds: Int64

    public init(name: String, email: String, seconds: Int64) {
        self.name = name
        self.email = email
        self.seconds = seconds
    }

    /// As a commit's header holds it; characters that would end a part are left out, as git does.
    var line: String { "\(Self.clean(name)) <\(Self.clean(email))> \(seconds) +0000" }

    private static func clean(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0 != "<" && $0 != ">" }))
    }
}

extension WritableGitRepository {
    @discardableResult
    public func store(_ commit: CommitDraft) async throws(WaybillError) -> ObjectID {
        try await store("commit", commit.bytes)
    }

    /// A tree like that of `revision` (empty for nil) with these files written or, where nil, removed.
    /// Returns the tree's name.
    public func storeTree(
        changing files: [String: [UInt8]?], of revision: ObjectID?
    ) async throws(WaybillError) -> ObjectID {
        var changes: [TreeChange] = []
        for (path, bytes) in files.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            guard GitPath.isPlain(path) else {
                throw WaybillError(.invalidInput, "not a path in a repository: \(Redaction.excerpt(path))", subject: "tree")
            }
            let blob: ObjectID? = if let bytes { try await store("blob", bytes) } else { nil }
            changes.append(TreeChange(path: path.split(separator: "/")[...], blob: blob))
        }
        var tree: ObjectID?
        if let revision {
            guard let commit = try await object(revision), commit.type == "commit" else {
                throw WaybillError(.notFound, "is not a commit of this repository", subject: "Git object \(revision)")
            }
            tree = try CommitLinks(parsing: commit.bytes).tree
        }
        if let changed = try await storeTree(tree, changes) { return changed }
        return try await store("tree", [])
    }

    /// Writes only the folders on the way to a change; nil when nothing is left in this one.
    private func storeTree(_ tree: ObjectID?, _ changes: [TreeChange]) async throws(WaybillError) -> ObjectID? {
        var entries: [GitTreeEntry] = []
        if let tree {
            guard let object = try await object(tree), object.type == "tree" else {
                throw WaybillError(.corrupted, "is not a tree", subject: "Git object \(tree)")
            }
            entries = try GitTreeEntry.entries(of: object.bytes, idLength: tree.hex.utf8.count / 2)
        }
        for (name, group) in Dictionary(grouping: changes, by: \.name) {
            let old = entries.first { $0.name.utf8.elementsEqual(name.utf8) }
            entries.removeAll { $0.name.utf8.elementsEqual(name.utf8) }
            let deeper = group.compactMap(\.deeper)
            if !deeper.isEmpty {
                let child = old.flatMap { $0.isFolder ? $0.id : nil }
                if let id = try await storeTree(child, deeper) { entries.append(GitTreeEntry(mode: "40000", name: name, id: id)) }
            } else if let blob = group.first?.blob {
                let mode = old.flatMap { $0.mode.hasPrefix("100") ? $0.mode : nil } ?? "100644"
                entries.append(GitTreeEntry(mode: mode, name: name, id: blob))
            }
        }
        return entries.isEmpty ? nil : try await store("tree", GitTreeEntry.bytes(entries))
    }
}

/// A file that is written (or, without a blob, removed) somewhere below a folder.
private struct TreeChange {
    var path: ArraySlice<Substring>
    var blob: ObjectID?

    var name: String { path.first.map(String.init) ?? "" }
    /// The same seen from the next folder on the way; nil when the file stands in this one.
    var deeper: TreeChange? { path.count > 1 ? TreeChange(path: path.dropFirst(), blob: blob) : nil }
}
