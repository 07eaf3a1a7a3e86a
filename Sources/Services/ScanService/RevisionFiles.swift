import GitRepositories
import Inventory
import OCI
import WaybillCore

/// The files of a commit, read from the repository without checking anything out.
struct RevisionFiles {
    let repository: GitExecutable
    let skipped: [String]

    func read(
        _ revision: ObjectID, _ scanner: SecretScanner?
    ) async throws(WaybillError) -> (tree: FileTree, secrets: [Finding], problems: [Finding], count: Int) {
        var tree = FileTree()
        var secrets: [Finding] = [], problems: [Finding] = [], count = 0
        for file in try await repository.files(at: revision, under: "") {
            if skipped.contains(where: { file.path == $0 || file.path.hasPrefix($0 + "/") }) { continue }
            // Links and submodules name what is elsewhere.
            guard file.mode.hasPrefix("100") else { continue }
            count += 1
            let isWanted = InventoryScanner.wants(path: file.path)
            guard isWanted || scanner != nil && SecretScanner.wants(path: file.path) else { continue }
            let object: (type: String, bytes: [UInt8])?
            do {
                object = try await repository.object(file.blob)
            } catch  where error.code == .limitExceeded {
                if isWanted { problems.append(Self.tooLarge(file.path)) }
                continue
            }
            guard let bytes = object?.bytes else {
                throw WaybillError(.corrupted, "the repository lacks \(file.blob)", subject: file.path)
            }
            if let scanner, SecretScanner.wants(path: file.path), bytes.count <= InventoryBuilder.textBytesMax {
                secrets += try scanner.scan(path: file.path, bytes: bytes)
            }
            if isWanted {
                tree.insert(FileEntry(path: file.path, kind: .file, size: bytes.count, contents: bytes))
            }
        }
        return (tree, secrets, problems, count)
    }

    private static func tooLarge(_ path: String) -> Finding {
        Finding(
            rule: "WB-SCAN-001", kind: .configuration, severity: .high,
            message: "too large to be read from the repository, its packages are unknown",
            place: Place(location: SourceLocation(file: path)), remedy: "scan a checked-out folder instead")
    }
}
