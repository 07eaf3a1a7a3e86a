import Files
import Processes
public import WaybillCore

extension GitExecutable {
    /// Makes an empty bare repository whose first branch will be `branch`.
    public static func initializeBare(_ path: String, branch: String = "main") async throws(WaybillError)
        -> GitExecutable
    {
        try ReferenceName.check("refs/heads/\(branch)")
        let environment = GitEnvironment(repository: path)
        try await ProcessRunner.output(
            of: environment.command([
                "init", "--quiet", "--bare", "--template=", "--initial-branch=\(branch)", "--", path,
            ]))
        return try GitExecutable(path)
    }

    @discardableResult
    public func store(_ type: String, _ bytes: [UInt8]) async throws(WaybillError) -> ObjectID {
        guard ["blob", "tree", "commit", "tag"].contains(type) else {
            throw WaybillError(
                .invalidInput, "not a type of Git object: \(Redaction.excerpt(type))", subject: gitFolder)
        }
        let outcome = try await run(["hash-object", "-w", "--stdin", "-t", type], input: bytes)
        guard outcome.isSuccess else { throw failure("hash-object", outcome) }
        return try id(outcome.line)
    }

    public func move(_ moves: [ReferenceMove]) async throws(WaybillError) {
        var script: [UInt8] = []
        for move in moves {
            try ReferenceName.check(move.name)
            let from = move.from?.hex ?? ObjectID.zero.hex
            if let to = move.to {
                script += Array("update \(move.name)\0\(to.hex)\0\(from)\0".utf8)
            } else {
                script += Array("delete \(move.name)\0\(from)\0".utf8)
            }
        }
        let outcome = try await run(["update-ref", "--no-deref", "-z", "--stdin"], input: script)
        guard outcome.isSuccess else {
            // Both are what git says when the reference stands elsewhere; a lock means that somebody is moving it now.
            let text = outcome.errorText
            let isConflict =
                text.contains("but expected") || text.contains("cannot lock ref") || text.contains("already exists")
            guard isConflict else { throw failure("update-ref", outcome) }
            throw WaybillError(
                .conflict, "\(moves.map(\.name).joined(separator: ", ")) moved meanwhile", subject: gitFolder,
                remedy: "read the reference again and repeat")
        }
    }

    /// A value of the repository's own configuration.
    public func configure(_ key: String, _ value: String) async throws(WaybillError) {
        _ = try await output(["config", "--local", key, value])
    }
}
