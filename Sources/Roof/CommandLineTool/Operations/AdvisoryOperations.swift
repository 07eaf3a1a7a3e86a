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
    static func index(
        of paths: [String], or state: StateFolder
    ) async throws(WaybillError) -> AdvisoryIndex {
        guard !paths.isEmpty else {
            guard Files.isFolder(state.advisories) else { return AdvisoryIndex() }
            return try await MonitorService(
                ledger: try SQLiteLedger(path: nil), folder: state.advisories, now: Platform.now
            ).index
        }
        var index = AdvisoryIndex()
        for path in paths {
            let files =
                Files.isFolder(path)
                ? try Files.names(in: path).filter { $0.hasSuffix(".json") }.map { "\(path)/\($0)" } : [path]
            for file in files {
                for advisory in try OSVReader.advisories(from: try Files.read(file), file: file) {
                    index.insert(advisory)
                }
            }
        }
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
