import WaybillCore

/// One entry of a tree object.
struct GitTreeEntry: Hashable, Sendable {
    /// `100644`, `100755`, `120000`, `160000`, `40000` for a folder.
    var mode: String
    var name: String
    var id: ObjectID

    var isFolder: Bool { mode == "40000" }

    /// A tree's content: entries in Git's order, where a folder's name counts as if it ended in a slash.
    static func bytes(_ entries: [GitTreeEntry]) -> [UInt8] {
        func key(_ entry: GitTreeEntry) -> String { entry.isFolder ? entry.name + "/" : entry.name }
        let sorted = entries.sorted { key($0).utf8.lexicographicallyPrecedes(key($1).utf8) }
        return sorted.flatMap { Array("\($0.mode) \($0.name)\0".utf8) + (Hex.decode($0.id.hex) ?? []) }
    }

    /// Reads a tree's content; throws for anything else.
    static func entries(of bytes: [UInt8], idLength: Int = 20) throws(WaybillError) -> [GitTreeEntry] {
        let bad = WaybillError(.corrupted, "is not a tree", subject: "Git object")
        var entries: [GitTreeEntry] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: 0x20), let end = rest[space...].firstIndex(of: 0),
                rest.endIndex - end > idLength,
                let mode = String(validating: rest[..<space], as: UTF8.self),
                let name = String(validating: rest[(space + 1)..<end], as: UTF8.self)
            else { throw bad }
            entries.append(GitTreeEntry(mode: mode, name: name, id: ObjectID(bytes: rest[(end + 1)...(end + idLength)])))
            rest = rest[(end + idLength + 1)...]
        }
        return entries
    }
}

/// Paths inside a repository.
public enum GitPath {
    /// Relative, with no empty component, no `.`, `..` or `.git`, and no character that a line protocol minds.
    public static func isPlain(_ path: String) -> Bool {
        guard !path.isEmpty, path.utf8.count <= 4096, path.utf8.allSatisfy({ $0 != 0 && $0 != 0x0A }) else { return false }
        return path.split(separator: "/", omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.lowercased() != ".git" }
    }
}

/// What a commit object says about its place in history.
struct CommitLinks: Hashable, Sendable {
    var tree: ObjectID
    var parents: [ObjectID]

    init(parsing bytes: [UInt8]) throws(WaybillError) {
        let bad = WaybillError(.corrupted, "is not a commit", subject: "Git object")
        var tree: ObjectID?
        var parents: [ObjectID] = []
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let words = line.split(separator: 0x20, maxSplits: 1).map { String(decoding: $0, as: UTF8.self) }
            guard words.count == 2, words[0] == "tree" || words[0] == "parent" else { break }
            guard let id = ObjectID(words[1]) else { throw bad }
            if words[0] == "parent" {
                parents.append(id)
            } else {
                guard tree == nil, parents.isEmpty else { throw bad }
                tree = id
            }
        }
        guard let tree else { throw bad }
        self.tree = tree
        self.parents = parents
    }
}
