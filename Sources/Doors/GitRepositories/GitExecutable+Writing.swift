import Files
import Processes
public import WaybillCore

extension GitExecutable {
    /// Makes an empty bare repository whose first branch will be `branch`.
    public static func initializeBare(_ path: String, branch: String = "main") async throws(WaybillError) -> GitExecutable {
        try ReferenceName.check("refs/heads/\(branch)")
        let environment = GitEnvironment(repository: path)
        try await ProcessRunner.output(
            of: environment.command(["init", "--quiet", "--bare", "--template=", "--initial-branch=\(branch)", "--", path]))
        return try GitExecutable(path)
    }

    @discardableResult
    public func store(_ type: String, _ bytes: [UInt8]) async throws(WaybillError) -> ObjectID {
        guard ["blob", "tree", "commit", "tag"].contains(type) else {
            throw WaybillError(.invalidInput, "not a type of Git object: \(Redaction.excerpt(type))", subject: gitFolder)
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
            let isConflict = text.contains("but expected") || text.contains("cannot lock ref") || text.contains("already exists")
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

    /// The change between two revisions as a unified diff. Throws `.limitExceeded` past `bytesMax`.
    public func diff(from base: ObjectID, to head: ObjectID, bytesMax: Int = 1 << 20) async throws(WaybillError) -> [UInt8] {
        let outcome = try await ProcessRunner.output(
            of: environment.command(
                ["--git-dir=\(gitFolder)", "diff-tree", "-r", "-p", "--no-color", "--no-ext-diff", "--no-textconv", "-M",
                    base.hex, head.hex, "--"],
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

    /// Gets references and their history from another repository. `refspecs` are as `git fetch` takes them
    /// (`+refs/heads/*:refs/heads/*`); references that are gone there are removed here when `prune`.
    public func fetch(
        from url: String, _ refspecs: [String], credentials: GitCredentials? = nil,
        transports: Set<GitEnvironment.Transport> = [.https, .http], authorityFile: String? = nil, prune: Bool = true,
        timeout: Duration = .seconds(300)
    ) async throws(WaybillError) {
        let environment = try remoteEnvironment(url, credentials, transports, authorityFile)
        for refspec in refspecs {
            guard !refspec.hasPrefix("-") else {
                throw WaybillError(.invalidInput, "not a refspec: \(Redaction.excerpt(refspec))", subject: Redaction.url(url))
            }
        }
        let options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"] + (prune ? ["--prune"] : [])
        let outcome = try await ProcessRunner.run(
            environment.command(
                ["--git-dir=\(gitFolder)", "fetch"] + options + ["--", url] + refspecs, timeout: timeout))
        guard outcome.isSuccess else { throw Self.remoteFailure("fetch", url, outcome) }
    }

    func remoteEnvironment(
        _ url: String, _ credentials: GitCredentials?, _ transports: Set<GitEnvironment.Transport>, _ authorityFile: String?
    ) throws(WaybillError) -> GitEnvironment {
        var environment = environment
        try environment.prepareRemote(url, credentials, transports, authorityFile)
        return environment
    }

    static func remoteFailure(_ verb: String, _ url: String, _ outcome: Outcome) -> WaybillError {
        let text = outcome.errorText
        let lines = text.split(separator: "\n").suffix(12).joined(separator: " | ")
        let code: WaybillError.Code =
            if text.contains("Authentication failed") || text.contains("could not read Username") {
                .unauthenticated
            } else if text.contains("rejected") || text.contains("declined") {
                .forbidden
            } else if text.contains("Could not resolve host") || text.contains("Failed to connect") || text.contains("Connection refused") {
                .unavailable
            } else if text.contains("not found") || text.contains("does not appear to be a git repository") {
                .notFound
            } else {
                .failed
            }
        return WaybillError(code, "git \(verb): \(lines)", subject: Redaction.url(url))
    }
}

extension GitEnvironment {
    /// Allows the URL's transport and adds what lets us in there.
    mutating func prepareRemote(
        _ url: String, _ credentials: GitCredentials?, _ transports: Set<Transport>, _ authorityFile: String?
    ) throws(WaybillError) {
        let scheme = url.hasPrefix("/") ? "file" : url.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
        guard let transport = Transport(rawValue: scheme), transports.contains(transport), !url.hasPrefix("-"),
            url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else {
            throw WaybillError(
                .unsupported, "the transport is not allowed here", subject: Redaction.url(url),
                remedy: "use a URL that begins with \(transports.map(\.rawValue).sorted().joined(separator: " or "))")
        }
        setVariable("GIT_ALLOW_PROTOCOL", transport.rawValue)
        if let credentials { set("http.extraHeader", credentials.authorization) }
        if let authorityFile { set("http.sslCAInfo", authorityFile) }
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
}
