import GitRepositories
import Inventory
import OCI
import WaybillCore

/// The files of a commit, read from the repository without checking anything out.
struct RevisionFiles {
    let repository: GitExecutable
    let skipped: [String]

    func read(_ revision: ObjectID, _ scanner: SecretScanner?) async throws(WaybillError) -> ProjectFiles {
        var found = ProjectFiles(secrets: scanner)
        for file in try await repository.files(at: revision, under: "") {
            if skipped.contains(where: { file.path == $0 || file.path.hasPrefix($0 + "/") }) { continue }
            // Links and submodules name what is elsewhere; how large a file is, its object says.
            guard file.mode.hasPrefix("100"), try found.wants(file.path, size: 0, start: { [] }) else { continue }
            let object: (type: String, bytes: [UInt8])?
            do {
                object = try await repository.object(file.blob)
            } catch  where error.code == .limitExceeded {
                found.tooLarge(file.path)
                continue
            }
            guard let bytes = object?.bytes else {
                throw WaybillError(.corrupted, "the repository lacks \(file.blob)", subject: file.path)
            }
            try found.take(FileEntry(path: file.path, kind: .file, size: bytes.count), bytes: bytes)
        }
        return found.finished
    }
}
