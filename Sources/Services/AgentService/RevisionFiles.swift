import GitRepositories
import WaybillCore

/// The files of a revision, in memory.
enum RevisionFiles {
    /// Regular files only: a symbolic link could lead out of the folder that was reviewed.
    static func read(
        _ repository: any GitRepository, at revision: ObjectID
    ) async throws(WaybillError) -> [String: [UInt8]] {
        let list = try await repository.files(at: revision, under: "").filter { $0.mode.hasPrefix("100") }
        guard list.count <= AgentSettings.filesMax else {
            throw WaybillError(
                .limitExceeded, "more than \(AgentSettings.filesMax) files", subject: "gitCommit:\(revision)")
        }
        var files: [String: [UInt8]] = [:]
        var total = 0
        for file in list {
            guard let object = try await repository.object(file.blob), object.type == "blob" else {
                throw WaybillError(.failed, "the content of \(file.path) is missing", subject: "gitCommit:\(revision)")
            }
            total += object.bytes.count
            guard total <= AgentSettings.bytesMax else {
                throw WaybillError(
                    .limitExceeded, "files of more than \(AgentSettings.bytesMax) bytes",
                    subject: "gitCommit:\(revision)")
            }
            files[file.path] = object.bytes
        }
        return files
    }
}
