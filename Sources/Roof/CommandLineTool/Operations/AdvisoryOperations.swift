import Advisories
import Files
import Ledger
import MonitorService
import WaybillCore

/// Brings advisory files into a state folder.
struct AdvisoryOperations: Sendable {
    let monitor: MonitorService
    let ledger: any Ledger

    /// Imports files, and the `.json` files of folders; all or none.
    @discardableResult
    func importFiles(_ paths: [String]) async throws(WaybillError) -> ImportReport {
        var files: [AdvisoryFile] = []
        for path in paths { files += try Self.files(path) }
        guard !files.isEmpty else {
            throw WaybillError(.notFound, "holds no file of advisories", subject: paths.joined(separator: ", "))
        }
        let (report, _) = try await monitor.importAdvisories(files)
        try await ledger.record(
            Event(
                moment: Platform.now(), actor: "admin", action: "advisories.imported", subject: "advisories",
                message: "\(report.added) added, \(report.changed) changed, \(report.withdrawn) withdrawn"))
        return report
    }

    /// The advisories of files and folders for one look, without a server; where none are named those of the state folder.
    ///
    /// - Parameter moment: what was known then; nil for what is known now.
    static func index(
        of paths: [String], or state: StateFolder, asOf moment: Instant? = nil
    ) throws(WaybillError) -> AdvisoryIndex {
        guard !paths.isEmpty else {
            guard Files.isFolder(state.advisories) else { return AdvisoryIndex() }
            guard let moment else { return try AdvisoryFolder.index(state.advisories) }
            return try AdvisoryFolder.index(state.advisories, asOf: moment)
        }
        guard moment == nil else {
            throw WaybillError(
                .invalidInput, "files of advisories have no past: only a state folder remembers what it held",
                subject: "--as-of", remedy: "leave --advisories out")
        }
        var batch = AdvisoryBatch()
        for path in paths {
            let before = batch.skipped.count
            for file in try files(path) {
                batch.add(try AdvisoryImporter.batch(from: file.bytes, file: file.name))
            }
            // Of a folder some files may be something else, but a file that somebody names may not.
            if batch.skipped.count > before, !Files.isFolder(path), batch.skipped.last == path {
                throw WaybillError(
                    .invalidInput, "is no file of advisories", subject: path,
                    remedy: "name a record of OSV, an archive of them, or a folder")
            }
        }
        var index = AdvisoryIndex()
        for advisory in batch.advisories { index.insert(advisory) }
        for (cve, facts) in batch.exploitations { index.insert(facts, about: cve) }
        return index
    }

    /// The file itself, or every file of the folder and the folders below it that may be one of advisories.
    static func files(_ path: String) throws(WaybillError) -> [AdvisoryFile] {
        guard Files.isFolder(path) else { return [AdvisoryFile(name: path, bytes: try Files.read(path))] }
        var files: [AdvisoryFile] = []
        for name in try Files.names(in: path) where !name.hasPrefix(".") {
            let inner = "\(path)/\(name)"
            if Files.isFolder(inner) {
                files += try Self.files(inner)
            } else if endings.contains(where: name.hasSuffix) || name == "list" {
                files.append(AdvisoryFile(name: inner, bytes: try Files.read(inner)))
            }
        }
        return files
    }

    private static let endings = [
        ".json", ".yaml", ".yml", ".jsonl", ".csv", ".md", ".zip", ".tar", ".tgz", ".gz", ".zst",
    ]
}
