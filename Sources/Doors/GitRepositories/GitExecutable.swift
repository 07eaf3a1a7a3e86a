import Files
import Foundation
import Processes
public import WaybillCore

/// A repository on disk, through the `git` program.
///
/// Objects are read by one long-lived child; every other verb is a short one. Nothing of the user's or the machine's
/// Git configuration has an effect.
public final class GitExecutable: WritableGitRepository {
    /// Bounds on what is taken from a repository.
    public struct Limits: Sendable {
        public var objectBytesMax: Int
        public var outputBytesMax: Int
        public var timeout: Duration

        public init(objectBytesMax: Int = 256 << 20, outputBytesMax: Int = 64 << 20, timeout: Duration = .seconds(120))
        {
            self.objectBytesMax = objectBytesMax
            self.outputBytesMax = outputBytesMax
            self.timeout = timeout
        }
    }

    /// The folder with `objects` and `refs`: the repository itself when it is bare, `.git` otherwise.
    public let gitFolder: String
    let environment: GitEnvironment
    let limits: Limits
    private let reader: ObjectReader

    /// Opens a bare repository or a folder that has `.git`. With a quarantine, objects of a push are seen too.
    public init(_ path: String, quarantine: Quarantine? = nil, limits: Limits = Limits()) throws(WaybillError) {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        if Files.exists("\(path)/.git") {
            gitFolder = "\(path)/.git"
        } else if Files.exists("\(path)/HEAD"), Files.isFolder("\(path)/objects") {
            gitFolder = path
        } else {
            throw WaybillError(
                .notFound, "is not a Git repository", subject: path, remedy: "name the folder that holds “.git”")
        }
        var environment = GitEnvironment(repository: path)
        environment.set("safe.directory", gitFolder)
        if let quarantine {
            environment.setVariable("GIT_OBJECT_DIRECTORY", quarantine.objectFolder)
            environment.setVariable("GIT_ALTERNATE_OBJECT_DIRECTORIES", "\(gitFolder)/objects")
            // Makes git itself refuse to move references while the objects may still go away.
            environment.setVariable("GIT_QUARANTINE_PATH", quarantine.objectFolder)
        }
        self.environment = environment
        self.limits = limits
        let batch = environment.command(["--git-dir=\(gitFolder)", "cat-file", "--batch"], timeout: limits.timeout)
        reader = ObjectReader(batch, objectBytesMax: limits.objectBytesMax)
    }

    /// The repository that holds a folder, looked for in the folder and those above it.
    public static func discover(from folder: String) throws(WaybillError) -> (root: String, repository: GitExecutable) {
        var candidate = URL(fileURLWithPath: folder).standardizedFileURL.path
        while true {
            if Files.exists("\(candidate)/.git") { return (candidate, try GitExecutable(candidate)) }
            guard let slash = candidate.lastIndex(of: "/"), candidate != "/" else {
                throw WaybillError(
                    .notFound, "neither it nor a folder above is a Git repository", subject: folder,
                    remedy: "run `git init`, or name the folder of a repository")
            }
            candidate = slash == candidate.startIndex ? "/" : String(candidate[..<slash])
        }
    }

    // MARK: GitRepository

    public func resolve(_ revision: String) async throws(WaybillError) -> ObjectID? {
        try Self.check(revision: revision)
        let outcome = try await run(["rev-parse", "--verify", "--quiet", "\(revision)^{commit}"])
        guard outcome.isSuccess else {
            guard outcome.exit == .exited(1) || outcome.exit == .exited(128) else {
                throw failure("rev-parse", outcome)
            }
            return nil
        }
        return try id(outcome.line)
    }

    public func references() async throws(WaybillError) -> [String: ObjectID] {
        var references: [String: ObjectID] = [:]
        for line in try await output(["for-each-ref", "--format=%(objectname) %(refname)"]).split(separator: 0x0A) {
            let parts = line.split(separator: 0x20, maxSplits: 1)
            guard parts.count == 2 else { throw damaged("for-each-ref") }
            references[try text(parts[1])] = try id(try text(parts[0]))
        }
        return references
    }

    public func object(_ id: ObjectID) async throws(WaybillError) -> (type: String, bytes: [UInt8])? {
        guard let found = try await reader.find(id.hex) else { return nil }
        guard found.id == id else { throw damaged("cat-file") }
        return (found.type, found.bytes)
    }

    public func commits(from base: ObjectID?, to head: ObjectID) async throws(WaybillError) -> [ObjectID] {
        try await commits(reachableFrom: head, butNotFrom: base.map { [$0] } ?? [])
    }

    /// Commits that are reachable from `head` and from none of `others`, parents before children.
    public func commits(
        reachableFrom head: ObjectID, butNotFrom others: [ObjectID]
    ) async throws(WaybillError) -> [ObjectID] {
        let names = [head.hex] + others.map { "^\($0.hex)" }
        let lines = try await output(["rev-list", "--topo-order", "--reverse"] + names + ["--"]).split(separator: 0x0A)
        var commits: [ObjectID] = []
        for line in lines { commits.append(try id(try text(line))) }
        return commits
    }

    public func isAncestor(_ ancestor: ObjectID, of descendant: ObjectID) async throws(WaybillError) -> Bool {
        let outcome = try await run(["merge-base", "--is-ancestor", ancestor.hex, descendant.hex])
        switch outcome.exit {
        case .exited(0): return true
        case .exited(1): return false
        default: throw failure("merge-base", outcome)
        }
    }

    public func files(at revision: ObjectID, under folder: String) async throws(WaybillError) -> [GitFile] {
        var arguments = ["ls-tree", "-r", "-z", "--full-tree", revision.hex, "--"]
        if !folder.isEmpty { arguments.append(folder.hasSuffix("/") ? folder : "\(folder)/") }
        var files: [GitFile] = []
        for record in try await output(arguments).split(separator: 0) {
            // mode SP type SP object TAB path
            let parts = record.split(separator: 0x09, maxSplits: 1)
            let words = parts.first?.split(separator: 0x20) ?? []
            guard parts.count == 2, words.count == 3 else { throw damaged("ls-tree") }
            files.append(GitFile(path: try text(parts[1]), mode: try text(words[0]), blob: try id(try text(words[2]))))
        }
        return files
    }

    public func read(_ path: String, at revision: ObjectID) async throws(WaybillError) -> [UInt8]? {
        guard GitPath.isPlain(path) else {
            throw WaybillError(
                .invalidInput, "not a path in a repository: \(Redaction.excerpt(path))", subject: gitFolder)
        }
        guard let found = try await reader.find("\(revision.hex):\(path)"), found.type == "blob" else { return nil }
        return found.bytes
    }

    public func changedPaths(from base: ObjectID, to head: ObjectID) async throws(WaybillError) -> [String] {
        var paths: [String] = []
        for path in try await output(["diff-tree", "-r", "-z", "--name-only", "--no-renames", base.hex, head.hex, "--"])
            .split(separator: 0)
        {
            paths.append(try text(path))
        }
        return paths
    }

    // MARK: Running

    func run(_ arguments: [String], input: [UInt8] = []) async throws(WaybillError) -> Outcome {
        try await ProcessRunner.run(
            environment.command(
                ["--git-dir=\(gitFolder)"] + arguments, input: input, timeout: limits.timeout,
                outputBytesMax: limits.outputBytesMax))
    }

    func output(_ arguments: [String], input: [UInt8] = []) async throws(WaybillError) -> [UInt8] {
        let outcome = try await run(arguments, input: input)
        guard outcome.isSuccess else { throw failure(arguments[0], outcome) }
        return outcome.output
    }

    func failure(_ verb: String, _ outcome: Outcome) -> WaybillError {
        let lines = outcome.errorText.split(separator: "\n").suffix(5).joined(separator: " | ")
        return WaybillError(.failed, "git \(verb): \(lines)", subject: gitFolder)
    }

    func id(_ text: String) throws(WaybillError) -> ObjectID {
        guard let id = ObjectID(text) else { throw damaged("an object's name") }
        return id
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(WaybillError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw WaybillError(
                .unsupported,
                "has a name that is not UTF-8: \(Redaction.excerpt(String(decoding: bytes, as: UTF8.self)))",
                subject: gitFolder, remedy: "rename the file or the reference")
        }
        return text
    }

    private func damaged(_ verb: String) -> WaybillError {
        WaybillError(.corrupted, "git \(verb) answered in an unknown form", subject: gitFolder)
    }

    /// A revision must not be taken for an option, nor for a search through the whole history.
    static func check(revision: String) throws(WaybillError) {
        let isPlain =
            !revision.isEmpty && revision.utf8.count <= 1024 && !revision.hasPrefix("-") && !revision.hasPrefix(":")
            && revision.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        guard isPlain else {
            throw WaybillError(.invalidInput, "not a revision: \(Redaction.excerpt(revision))", subject: "revision")
        }
    }
}
