public import WaybillCore

/// A file's contents as a commit brought them.
public struct GitAddition: Hashable, Sendable {
    public var commit: ObjectID
    public var path: String
    public var blob: ObjectID
}

extension GitExecutable {
    /// Every content that a commit on the way to the revision added or changed, the oldest first, merges seen from each
    /// parent.
    public func additions(upTo revision: String) async throws(WaybillError) -> [GitAddition] {
        try Self.check(revision: revision)
        let lines = try await output([
            "-c", "core.quotePath=false", "log", "--reverse", "--topo-order", "--raw", "--no-abbrev", "--no-renames",
            "--diff-filter=AMT", "--root", "-m", "--format=commit %H", revision, "--",
        ]).split(separator: 0x0A)
        var additions: [GitAddition] = []
        var commit: ObjectID?
        for line in lines {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("commit ") {
                commit = try id(String(text.dropFirst(7).prefix { $0 != " " }))
                continue
            }
            // `:100644 100644 old new M<TAB>path`
            let halves = text.split(separator: "\t", maxSplits: 1)
            let words = halves.first?.split(separator: " ") ?? []
            guard text.hasPrefix(":"), halves.count == 2, words.count == 5, let commit else { continue }
            // Links and submodules have no contents of their own.
            guard words[1].hasPrefix("100") else { continue }
            additions.append(GitAddition(commit: commit, path: String(halves[1]), blob: try id(String(words[3]))))
        }
        return additions
    }
}
