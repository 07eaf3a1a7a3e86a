import WaybillCore

/// What a commit says about its place in history and in time.
struct GitCommitLine: Sendable {
    var parents: [ObjectID]
    /// The committer's clock; 0 where it cannot be read.
    var seconds: Int64

    init(_ bytes: [UInt8]) throws(WaybillError) {
        parents = try CommitLinks(parsing: bytes).parents
        seconds = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            // The message begins after an empty line.
            guard !line.isEmpty else { break }
            guard line.starts(with: "committer ".utf8) else { continue }
            let words = line.split(separator: 0x20)
            if words.count > 2 { seconds = Int64(String(decoding: words[words.count - 2], as: UTF8.self)) ?? 0 }
            break
        }
    }
}

/// Which commits are reachable from a head and not from a base, reading no more of the base's history than that takes.
///
/// Commits are visited from the newest, by their own clocks. A clock that is wrong can only show more commits than there
/// are between the two, never fewer: only what was followed from the base itself is left out.
struct HistoryWalk {
    /// Parents before children.
    private(set) var commits: [ObjectID] = []

    private struct Visit {
        var line: GitCommitLine
        var isOld: Bool
    }

    init(
        from base: ObjectID?, to head: ObjectID, limit: Int,
        line: (ObjectID) async throws(WaybillError) -> GitCommitLine
    ) async throws(WaybillError) {
        var visits: [ObjectID: Visit] = [:]
        var queue: Set<ObjectID> = []
        func meet(_ id: ObjectID, isOld: Bool) async throws(WaybillError) {
            if let known = visits[id] {
                guard isOld, !known.isOld else { return }
                visits[id]?.isOld = true
                queue.insert(id)
                return
            }
            guard visits.count < limit else {
                throw WaybillError(.limitExceeded, "more than \(limit) commits", subject: head.short)
            }
            visits[id] = Visit(line: try await line(id), isOld: isOld)
            queue.insert(id)
        }
        if let base { try await meet(base, isOld: true) }
        try await meet(head, isOld: false)
        // Of all that were found new at some time, also where they proved to be old.
        var oldestNew: Int64?
        while true {
            let newest = queue.max { left, right in
                let a = visits[left]?.line.seconds ?? 0, b = visits[right]?.line.seconds ?? 0
                return a != b ? a < b : left.hex > right.hex
            }
            guard let newest, let visit = visits[newest] else { break }
            let isNewLeft = queue.contains { visits[$0]?.isOld == false }
            // Once only the base's history is left, and it is older than all that was found, nothing can change.
            if !isNewLeft, oldestNew.map({ visit.line.seconds < $0 }) ?? true { break }
            queue.remove(newest)
            if !visit.isOld { oldestNew = min(oldestNew ?? visit.line.seconds, visit.line.seconds) }
            for parent in visit.line.parents { try await meet(parent, isOld: visit.isOld) }
        }
        let fresh = visits.filter { !$0.value.isOld }
        var done: Set<ObjectID> = []
        var stack: [(id: ObjectID, isEntered: Bool)] = [(head, false)]
        while let (id, isEntered) = stack.popLast() {
            guard let visit = fresh[id] else { continue }
            if isEntered {
                if done.insert(id).inserted { commits.append(id) }
            } else if !done.contains(id) {
                stack.append((id, true))
                for parent in visit.line.parents { stack.append((parent, false)) }
            }
        }
    }
}
