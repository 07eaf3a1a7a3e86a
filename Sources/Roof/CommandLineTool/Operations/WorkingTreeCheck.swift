import Advisories
import Attestations
import Delivery
import Documents
import Files
import Foundation
import Gates
import Ledger
import MonitorService
import OCI
import WaybillCore

/// The gates that need no server, over a folder on disk.
struct WorkingTreeCheck {
    let path: String
    /// Files or folders of advisories; empty means those of the state folder.
    let advisories: [String]
    let state: StateFolder

    /// Files larger than this are data and not examined, in bytes.
    private static let fileBytesMax = 16 << 20
    private static let entriesMax = 200_000
    /// Folders that hold no source of the project's own.
    private static let skippedFolders: Set<String> = [".git", "node_modules", ".build", "vendor"]

    func run() async throws(WaybillError) -> Verdict {
        let tree = try Self.tree(path)
        guard let bytes = tree.contents(of: ProjectFile.path) else {
            throw WaybillError(
                .notFound, "there is no \(ProjectFile.path)", subject: path,
                remedy: "name the project's folder: waybill check FOLDER")
        }
        let project = try ProjectFile(parsing: bytes) { name in
            name == "." || tree[name] != nil || tree.entries.keys.contains { $0.hasPrefix(name + "/") }
                // The signers file is made with the repository and need not be in every working tree.
                || name.hasPrefix(".waybill/")
        }
        let index = try AdvisoryOperations.index(of: advisories, or: state)
        let now = Platform.now().milliseconds / 1000
        let result = SourceGate.examine(tree, project: project, advisories: index, now: now)
        let gate = try PolicyGate(modules: project.policy.modules(in: tree))
        return try gate.judge(
            GateInput(
                gate: .scan, subject: project.name, project: project, findings: result.findings,
                today: String(Timestamp(seconds: now).description.prefix(10))))
    }

    /// The folder's files with their bytes. Links are kept as links and not followed.
    static func tree(_ root: String) throws(WaybillError) -> FileTree {
        guard Files.isFolder(root) else {
            throw WaybillError(.notFound, "there is no such folder", subject: root)
        }
        var tree = FileTree()
        var pending = [""]
        var count = 0
        while let folder = pending.popLast() {
            for name in try Files.names(in: folder.isEmpty ? root : "\(root)/\(folder)") {
                count += 1
                guard count <= entriesMax else {
                    throw WaybillError(.limitExceeded, "more than \(entriesMax) files", subject: root)
                }
                let path = folder.isEmpty ? name : "\(folder)/\(name)"
                let full = "\(root)/\(path)"
                guard let status = FileStatus(of: full) else { continue }
                switch status.kind {
                case .folder where !skippedFolders.contains(name): pending.append(path)
                case .file:
                    let size = status.size
                    tree.insert(
                        FileEntry(
                            path: path, kind: .file, mode: status.mode, size: size,
                            contents: size <= fileBytesMax ? try Files.read(full) : nil))
                case .symbolicLink:
                    // Nil where it is gone meanwhile.
                    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: full)
                    tree.insert(FileEntry(path: path, kind: .symbolicLink, mode: 0o777, linkTarget: target))
                default: continue
                }
            }
        }
        return tree
    }
}
