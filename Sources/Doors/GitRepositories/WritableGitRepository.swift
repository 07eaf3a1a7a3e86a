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
        var entries: [String: GitFile] = [:]
        if let revision {
            for file in try await self.files(at: revision, under: "") { entries[file.path] = file }
        }
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            guard GitPath.isPlain(path) else {
                throw WaybillError(.invalidInput, "not a path in a repository: \(Redaction.excerpt(path))", subject: "tree")
            }
            guard let bytes else {
                entries[path] = nil
                continue
            }
            entries[path] = GitFile(path: path, mode: entries[path]?.mode ?? "100644", blob: try await store("blob", bytes))
        }
        return try await storeTree(TreeFolder(entries.values))
    }

    private func storeTree(_ folder: TreeFolder) async throws(WaybillError) -> ObjectID {
        var entries: [GitTreeEntry] = folder.files
        for (name, child) in folder.folders.sorted(by: { $0.key < $1.key }) {
            entries.append(GitTreeEntry(mode: "40000", name: name, id: try await storeTree(child)))
        }
        return try await store("tree", GitTreeEntry.bytes(entries))
    }
}

/// The files of a tree, sorted into folders.
struct TreeFolder {
    var files: [GitTreeEntry] = []
    var folders: [String: TreeFolder] = [:]

    init() {}

    init(_ files: some Sequence<GitFile>) {
        for file in files { insert(file, file.path.split(separator: "/")[...]) }
    }

    private mutating func insert(_ file: GitFile, _ path: ArraySlice<Substring>) {
        guard let first = path.first else { return }
        if path.count == 1 {
            files.append(GitTreeEntry(mode: file.mode, name: String(first), id: file.blob))
        } else {
            folders[String(first), default: TreeFolder()].insert(file, path.dropFirst())
        }
    }
}
