import GitRepositories
import Inventory
import WaybillCore

/// Secrets in what commits ever brought: a secret that was removed is still in every clone.
struct HistorySearch {
    /// Contents larger than this are data.
    private static let blobBytesMax = InventoryBuilder.textBytesMax

    let repository: GitExecutable
    let scanner: SecretScanner
    let report: @Sendable (ScanProgress) -> Void

    /// Each content once, under the commit that brought it first.
    func findings(upTo revision: String) async throws(WaybillError) -> (findings: [Finding], commits: Int) {
        var seen: Set<ObjectID> = [], commits: Set<ObjectID> = []
        var findings: [Finding] = []
        for addition in try await repository.additions(upTo: revision) {
            if commits.insert(addition.commit).inserted, commits.count.isMultiple(of: 500) {
                report(.history(commits: commits.count))
            }
            guard SecretScanner.wants(path: addition.path), seen.insert(addition.blob).inserted else { continue }
            guard let object = try await repository.object(addition.blob), object.bytes.count <= Self.blobBytesMax
            else {
                continue
            }
            for var finding in try scanner.scan(
                path: addition.path, bytes: object.bytes, commit: addition.commit.description)
            {
                finding.place.object = "commit \(addition.commit.short)"
                findings.append(finding)
            }
        }
        report(.history(commits: commits.count))
        return (findings, commits.count)
    }
}
