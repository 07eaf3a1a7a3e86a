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
            throw WaybillError(.notFound, "holds no advisory file (.json)", subject: paths.joined(separator: ", "))
        }
        let (report, _) = try await monitor.importAdvisories(files)
        try await ledger.record(
            Event(
                moment: Platform.now(), actor: "admin", action: "advisories.imported", subject: "advisories",
                message: "\(report.added) added, \(report.changed) changed, \(report.withdrawn) withdrawn"))
        return report
    }

    private static func files(_ path: String) throws(WaybillError) -> [AdvisoryFile] {
        guard Files.isFolder(path) else { return [AdvisoryFile(name: path, bytes: try Files.read(path))] }
        var files: [AdvisoryFile] = []
        for name in try Files.names(in: path) where name.hasSuffix(".json") {
            files.append(AdvisoryFile(name: "\(path)/\(name)", bytes: try Files.read("\(path)/\(name)")))
        }
        return files
    }
}
