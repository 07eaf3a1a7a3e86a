import Files
import Foundation
import Processes
public import WaybillCore

/// A clone with files that can be changed, committed with a signature, and pushed.
public struct WorkingTree: Sendable {
    /// Whose commits these are and the SSH key that signs them.
    public struct Author: Sendable {
        public var name: String
        public var email: String
        /// The path of an SSH private key, or of a public key whose private half an agent holds.
        public var signingKey: String
        /// `SSH_AUTH_SOCK`, where an agent holds the key.
        public var agentSocket: String?

        public init(name: String, email: String, signingKey: String, agentSocket: String? = nil) {
            self.name = name
            self.email = email
            self.signingKey = signingKey
            self.agentSocket = agentSocket
        }
    }

    public let path: String
    public let repository: GitExecutable

    /// Opens the folder of a clone.
    public init(_ path: String) throws(WaybillError) {
        self.path = path
        repository = try GitExecutable(path)
    }

    /// Makes an empty repository with a working tree.
    public static func initialize(_ path: String, branch: String = "main") async throws(WaybillError) -> WorkingTree {
        try ReferenceName.check("refs/heads/\(branch)")
        try await ProcessRunner.output(
            of: GitEnvironment(repository: path)
                .command(["init", "--quiet", "--template=", "--initial-branch=\(branch)", "--", path]))
        return try WorkingTree(path)
    }

    /// Clones one repository; `branch` nil means the remote's own first branch.
    public static func clone(
        _ url: String, to path: String, branch: String? = nil, credentials: GitCredentials? = nil,
        transports: Set<GitEnvironment.Transport> = [.https, .http], authorityFile: String? = nil,
        timeout: Duration = .seconds(300)
    ) async throws(WaybillError) -> WorkingTree {
        var environment = GitEnvironment(repository: path)
        try environment.prepareRemote(url, credentials, transports, authorityFile)
        let options = ["--quiet", "--template=", "--no-tags"] + (branch.map { ["--branch=\($0)"] } ?? [])
        let outcome = try await ProcessRunner.run(
            environment.command(["clone"] + options + ["--", url, path], timeout: timeout))
        guard outcome.isSuccess else { throw GitExecutable.remoteFailure("clone", url, outcome) }
        return try WorkingTree(path)
    }

    /// The commit that is checked out, nil before the first one.
    public func head() async throws(WaybillError) -> ObjectID? { try await repository.resolve("HEAD") }

    /// Goes to a branch; a new one begins at `start` (the current commit by default).
    public func checkout(_ branch: String, create: Bool = false, at start: ObjectID? = nil) async throws(WaybillError) {
        try ReferenceName.check("refs/heads/\(branch)")
        let arguments = create ? ["-B", branch] + (start.map { [$0.hex] } ?? []) : [branch]
        try await git(["checkout", "--quiet", "--no-guess"] + arguments + ["--"])
    }

    /// Writes a file, makes its folders, and stages it.
    public func write(_ bytes: [UInt8], to file: String) async throws(WaybillError) {
        guard GitPath.isPlain(file) else {
            throw WaybillError(.invalidInput, "not a path in a repository: \(Redaction.excerpt(file))", subject: path)
        }
        // A link on the way would lead the bytes out of the tree.
        var folder = path
        for component in file.split(separator: "/").dropLast() {
            folder += "/\(component)"
            guard FileStatus(of: folder).map({ $0.kind == .folder }) ?? true else {
                throw WaybillError(.forbidden, "is not a folder", subject: folder)
            }
        }
        try Files.makeFolder(folder)
        try Files.write(bytes, to: "\(path)/\(file)")
        try await add([file])
    }

    /// Stages these paths; all changes when there are none.
    public func add(_ paths: [String] = []) async throws(WaybillError) {
        try await git(["add"] + (paths.isEmpty ? ["--all"] : ["--"] + paths))
    }

    /// Commits what is staged, signed with the author's key. Throws `.conflict` when nothing changed.
    public func commit(_ message: String, by author: Author) async throws(WaybillError) -> ObjectID {
        var environment = environment
        environment.set("gpg.format", "ssh")
        environment.set("user.signingKey", author.signingKey)
        for role in ["AUTHOR", "COMMITTER"] {
            environment.setVariable("GIT_\(role)_NAME", author.name)
            environment.setVariable("GIT_\(role)_EMAIL", author.email)
        }
        if let socket = author.agentSocket { environment.setVariable("SSH_AUTH_SOCK", socket) }
        let outcome = try await ProcessRunner.run(
            environment.command(
                arguments(["commit", "--quiet", "-S", "--no-verify", "--cleanup=verbatim", "--file=-"]),
                input: Array(message.utf8)))
        guard outcome.isSuccess else {
            let text = outcome.text + outcome.errorText
            let isEmpty = text.contains("nothing to commit") || text.contains("nothing added to commit")
            throw WaybillError(
                isEmpty ? .conflict : .failed, isEmpty ? "nothing changed" : "git commit: \(outcome.errorText)",
                subject: path,
                remedy: isEmpty ? nil : "check that the signing key can be read: \(author.signingKey)")
        }
        guard let head = try await head() else { throw WaybillError(.failed, "has no commit", subject: path) }
        return head
    }

    /// Pushes a commit to a reference of another repository and returns what the remote said.
    /// Throws `.forbidden` with the remote's words when it refused.
    @discardableResult
    public func push(
        _ commit: ObjectID, to reference: String, at url: String, credentials: GitCredentials? = nil,
        force: Bool = false,
        transports: Set<GitEnvironment.Transport> = [.https, .http], authorityFile: String? = nil,
        timeout: Duration = .seconds(300)
    ) async throws(WaybillError) -> String {
        try ReferenceName.check(reference)
        var environment = environment
        try environment.prepareRemote(url, credentials, transports, authorityFile)
        let outcome = try await ProcessRunner.run(
            environment.command(
                arguments([
                    "push", "--no-verify", "--no-recurse-submodules", "--", url,
                    "\(force ? "+" : "")\(commit.hex):\(reference)",
                ]),
                timeout: timeout))
        guard outcome.isSuccess else { throw GitExecutable.remoteFailure("push", url, outcome) }
        return outcome.errorText
    }

    private var environment: GitEnvironment { repository.environment }

    private func arguments(_ words: [String]) -> [String] {
        ["-C", path, "--git-dir=\(repository.gitFolder)", "--work-tree=\(path)"] + words
    }

    private func git(_ words: [String]) async throws(WaybillError) {
        let outcome = try await ProcessRunner.run(environment.command(arguments(words)))
        guard outcome.isSuccess else {
            throw WaybillError(.failed, "git \(words[0]): \(outcome.errorText)", subject: path)
        }
    }
}
