import Delivery
import Documents
import Files
import GitRepositories
import Processes
import WaybillCore

/// A signed commit in a clone of an environment repository. Git runs with the environment of whoever orders it, so the
/// commit is signed by their key.
struct EnvironmentChange: Sendable {
    /// The clone.
    let folder: String
    /// The orderer's Git settings.
    let environment: [String: String]

    /// Brings the clone to the remote's `main`.
    func update() async throws(WaybillError) {
        try await git("fetch", "-q", "origin", "main")
        try await git("switch", "-q", "main")
        try await git("merge", "-q", "--ff-only", "origin/main")
    }

    func environmentsFile() throws(WaybillError) -> EnvironmentsFile {
        try EnvironmentsFile(parsing: try Files.read("\(folder)/\(EnvironmentsFile.path)"))
    }

    func text(_ path: String) -> String? { try? Files.text("\(folder)/\(path)") }  // nil: not there yet

    /// Writes the files, commits them signed and pushes. Returns the commit; nil when nothing changes.
    func publish(_ files: [String: String], message: String) async throws(WaybillError) -> String? {
        guard let commit = try await commit(files, message: message) else { return nil }
        try await push(to: "main")
        return commit
    }

    /// Writes the files and commits them signed. Returns the commit; nil when nothing changes.
    func commit(_ files: [String: String], message: String) async throws(WaybillError) -> String? {
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            let target = "\(folder)/\(path)"
            try Files.makeFolder(String(target[..<(target.lastIndex(of: "/") ?? target.startIndex)]))
            try Files.write(Array(text.utf8), to: target)
            try await git("add", "--", path)
        }
        let status = try await git("status", "--porcelain")
        guard !status.line.isEmpty else { return nil }
        try await git("commit", "-q", "-S", "-m", message)
        return try await git("rev-parse", "HEAD").line
    }

    /// Pushes what is checked out.
    func push(to branch: String) async throws(WaybillError) {
        try await git("push", "-q", "origin", "HEAD:refs/heads/\(branch)")
    }

    /// The images that each commit of `main` set in a kustomization, newest first.
    func history(of path: String) async throws(WaybillError) -> [EnvironmentRevision] {
        let revisions = try await git("log", "--format=%H", "--", path).text.split(separator: "\n").map(String.init)
        var history: [EnvironmentRevision] = []
        for revision in revisions {
            let text = try await git("show", "\(revision):\(path)").text
            history.append(
                EnvironmentRevision(revision: revision, images: try PromotionEdit.images(in: text, file: path)))
        }
        return history
    }

    @discardableResult
    func git(_ arguments: String...) async throws(WaybillError) -> Outcome {
        try await ProcessRunner.output(of: Command("git", arguments, environment: environment, in: folder))
    }
}
