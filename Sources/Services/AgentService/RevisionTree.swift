import Documents
import GitRepositories
import Synchronization
import WaybillCore

/// The files of a revision by their names and blobs; contents are read when they are asked for.
final class RevisionTree: Sendable {
    let revision: ObjectID
    let blobs: [String: ObjectID]
    /// The artifact that holds the files; nil for the revision's own.
    let artifact: Digest?
    private let repository: (any GitRepository)?
    private let contents: [String: [UInt8]]
    private struct Loaded {
        var bytes: [ObjectID: [UInt8]] = [:]
        var total = 0
    }
    private let loaded = Mutex(Loaded())

    /// Regular files only: a symbolic link could lead out of the folder that was reviewed.
    init(_ repository: any GitRepository, at revision: ObjectID) async throws(WaybillError) {
        let list = try await repository.files(at: revision, under: "").filter { $0.mode.hasPrefix("100") }
        guard list.count <= AgentSettings.filesMax else {
            throw WaybillError(
                .limitExceeded, "more than \(AgentSettings.filesMax) files", subject: "gitCommit:\(revision)")
        }
        self.revision = revision
        self.repository = repository
        artifact = nil
        contents = [:]
        blobs = Dictionary(list.map { ($0.path, $0.blob) }) { first, _ in first }
    }

    /// The files of an artifact that a revision names.
    init(_ files: ArtifactFiles, at revision: ObjectID) {
        self.revision = revision
        artifact = files.artifact.digest
        repository = nil
        contents = files.artifact.files
        blobs = files.blobs
    }

    func bytes(of path: String) async throws(WaybillError) -> [UInt8]? {
        guard let blob = blobs[path] else { return nil }
        guard let repository else { return contents[path] }
        if let known = loaded.withLock({ $0.bytes[blob] }) { return known }
        guard let object = try await repository.object(blob), object.type == "blob" else {
            throw WaybillError(.failed, "the content of \(path) is missing", subject: "gitCommit:\(revision)")
        }
        let total = loaded.withLock { loaded in
            if loaded.bytes.updateValue(object.bytes, forKey: blob) == nil { loaded.total += object.bytes.count }
            return loaded.total
        }
        guard total <= AgentSettings.bytesMax else {
            throw WaybillError(
                .limitExceeded, "files of more than \(AgentSettings.bytesMax) bytes", subject: "gitCommit:\(revision)")
        }
        return object.bytes
    }

    /// The contents are not needed any more.
    func forget() { loaded.withLock { $0 = Loaded() } }

    /// Runs work that reads files without waiting. What it misses is read, and the work is done again, until it has seen
    /// everything that it asks for. Returns its outcome and every path it asked for, with the blob that it saw.
    func reading<Outcome>(
        folder: String, _ work: (@escaping (String) -> [UInt8]?) throws(WaybillError) -> Outcome
    ) async throws(WaybillError) -> (outcome: Result<Outcome, WaybillError>, inputs: [String: ObjectID?]) {
        var contents: [String: [UInt8]] = [:]
        let prefix = folder == "." ? "" : folder + "/"
        var wanted = blobs.keys.filter { $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains("/") }
        while true {
            for path in wanted { contents[path] = try await bytes(of: path) }
            var asked: Set<String> = []
            var missed: Set<String> = []
            let outcome: Result<Outcome, WaybillError>
            do throws(WaybillError) {
                outcome = .success(
                    try work { path in
                        asked.insert(path)
                        if let found = contents[path] { return found }
                        if self.blobs[path] != nil { missed.insert(path) }
                        return nil
                    })
            } catch { outcome = .failure(error) }
            guard !missed.isEmpty else {
                return (outcome, Dictionary(asked.map { ($0, blobs[$0]) }) { first, _ in first })
            }
            wanted = missed.sorted()
        }
    }

    /// Whether everything that was read then reads the same here.
    func isAlike(_ inputs: [String: ObjectID?]) -> Bool {
        inputs.allSatisfy { path, blob in (path.hasSuffix("/") ? listing(of: path) : blobs[path]) == blob }
    }

    /// A folder as one input, by its path with a slash at its end: all files below it and their contents.
    func listing(of folder: String) -> ObjectID? {
        let lines = paths(below: folder).map { "\($0) \(blobs[$0]?.hex ?? "")\n" }
        return ObjectID(Digest.sha256(of: lines.joined().utf8).hex)
    }

    /// All files below a folder, in order.
    func paths(below folder: String) -> [String] {
        let prefix = folder == "./" ? "" : folder
        return blobs.keys.filter { $0.hasPrefix(prefix) }.sorted { $0.precedesByBytes($1) }
    }
}
