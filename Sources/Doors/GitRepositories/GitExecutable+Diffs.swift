import Processes
public import WaybillCore

extension GitExecutable {
    /// A commit that both reach and that no other such commit reaches; nil for unrelated histories.
    public func mergeBase(_ left: ObjectID, _ right: ObjectID) async throws(WaybillError) -> ObjectID? {
        let outcome = try await run(["merge-base", left.hex, right.hex])
        switch outcome.exit {
        case .exited(0): return try id(outcome.line)
        case .exited(1): return nil
        default: throw failure("merge-base", outcome)
        }
    }

    /// The change between two revisions as a unified diff. Throws `.limitExceeded` past `bytesMax`.
    public func diff(from base: ObjectID, to head: ObjectID, bytesMax: Int = 1 << 20) async throws(WaybillError)
        -> [UInt8]
    {
        let outcome = try await ProcessRunner.output(
            of: environment.command(
                [
                    "--git-dir=\(gitFolder)", "diff-tree", "-r", "-p", "--no-color", "--no-ext-diff", "--no-textconv",
                    "-M",
                    base.hex, head.hex, "--",
                ],
                timeout: limits.timeout, outputBytesMax: bytesMax))
        return outcome.output
    }

    /// Lines added and removed in each file between two revisions; nil numbers stand for binary files.
    public func diffStatistics(from base: ObjectID, to head: ObjectID) async throws(WaybillError) -> [FileChange] {
        var changes: [FileChange] = []
        for record in try await output(["diff-tree", "-r", "-z", "--numstat", "--no-renames", base.hex, head.hex, "--"])
            .split(separator: 0)
        {
            let parts = record.split(separator: 0x09, maxSplits: 2).map { String(decoding: $0, as: UTF8.self) }
            guard parts.count == 3 else {
                throw WaybillError(.corrupted, "git diff-tree answered in an unknown form", subject: gitFolder)
            }
            changes.append(FileChange(path: parts[2], added: Int(parts[0]), removed: Int(parts[1])))
        }
        return changes
    }
}

/// Lines added and removed in a file.
public struct FileChange: Hashable, Sendable {
    public var path: String
    /// Nil for a binary file.
    public var added: Int?
    public var removed: Int?

    public init(path: String, added: Int?, removed: Int?) {
        self.path = path
        self.added = added
        self.removed = removed
    }
}
