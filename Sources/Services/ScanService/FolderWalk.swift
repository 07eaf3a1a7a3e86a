import Files
import Foundation
import Inventory
import OCI
import WaybillCore

/// The files of a folder on disk, one after the other in the order of their paths; links are not followed.
struct FolderWalk {
    let root: String
    /// Paths below the root that are left out, with everything in them.
    var skipped: Set<String> = []
    /// Names of folders that are left out wherever they lie.
    var skippedNames: Set<String> = []

    static let entriesMax = 5_000_000

    /// Folders of the running system in which nothing lies that was installed.
    static let systemFolders: Set<String> = ["proc", "sys", "dev", "run"]

    /// Calls for each entry, without contents.
    func forEach(
        _ use: (_ entry: FileEntry, _ path: String) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        guard Files.isFolder(root) else { throw WaybillError(.notFound, "there is no such folder", subject: root) }
        var pending = [""]
        var count = 0
        while let folder = pending.popLast() {
            var below: [String] = []
            for name in try Files.names(in: folder.isEmpty ? root : "\(root)/\(folder)") {
                let path = folder.isEmpty ? name : "\(folder)/\(name)"
                if skipped.contains(path) { continue }
                count += 1
                guard count <= Self.entriesMax else {
                    throw WaybillError(.limitExceeded, "more than \(Self.entriesMax) files", subject: root)
                }
                guard let entry = Self.entry("\(root)/\(path)", path) else { continue }
                if entry.kind == .folder {
                    if !skippedNames.contains(name) { below.append(path) }
                }
                try use(entry, "\(root)/\(path)")
            }
            pending += below.reversed()
        }
    }

    /// Nil for what is gone meanwhile and for devices.
    private static func entry(_ full: String, _ path: String) -> FileEntry? {
        guard let status = FileStatus(of: full) else { return nil }
        var entry = FileEntry(
            path: path, kind: .file, mode: status.mode, userID: Int(status.owner), groupID: Int(status.group),
            size: status.size)
        switch status.kind {
        case .file: return entry
        case .folder: entry.kind = .folder
        case .symbolicLink:
            entry.kind = .symbolicLink
            var buffer = [CChar](repeating: 0, count: 4097)
            let length = readlink(full, &buffer, 4096)
            guard length >= 0 else { return nil }
            entry.linkTarget = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        default: return nil
        }
        return entry
    }

    /// What an image's layer would hold if it were this folder. Files that may not be read are said.
    func inventory(secrets: SecretScanner?) throws(WaybillError) -> LayerInventory {
        let builder = InventoryBuilder(layer: nil, secrets: secrets)
        var unread: [String] = [], count = 0
        try forEach { (entry, path) throws(WaybillError) in
            count += 1
            guard builder.wantsContents(of: entry) else {
                try builder.handle(.begin(entry))
                return try builder.handle(.end)
            }
            let file: OpenFile
            do {
                file = try OpenFile(path)
            } catch {
                unread.append(entry.path)
                return
            }
            try builder.handle(.begin(entry))
            var offset = 0
            while offset < entry.size, builder.isWanting {
                let piece = try file.read(at: offset, count: min(1 << 18, entry.size - offset))
                if piece.isEmpty { break }
                try builder.handle(.content(piece[...]))
                offset += piece.count
            }
            try builder.handle(.end)
        }
        var inventory = builder.finish(nil)
        inventory.entries = count
        if let first = unread.first {
            inventory.problems.append(
                Finding(
                    rule: "WB-SCAN-017", kind: .configuration, severity: .high,
                    message: "\(unread.count) files may not be read, what they hold is unknown",
                    place: Place(location: SourceLocation(file: first)), remedy: "scan as a user who may read them"))
        }
        return inventory
    }

    /// The tree with the bytes of the files that are looked at in a project, and its secrets.
    func project(secrets: SecretScanner?) throws(WaybillError) -> ProjectFiles {
        var found = ProjectFiles(secrets: secrets)
        try forEach { (entry, path) throws(WaybillError) in
            guard entry.kind == .file else {
                if entry.kind == .symbolicLink { found.tree.insert(entry) }
                return
            }
            do throws(WaybillError) {
                let isWanted = try found.wants(entry.path, size: entry.size) { () throws(WaybillError) in
                    try OpenFile(path).read(at: 0, count: 8000)
                }
                guard isWanted else { return }
                try found.take(entry, bytes: try OpenFile(path).read(at: 0, count: entry.size))
            } catch {
                found.problems.append(Self.unreadable(entry.path, error))
                if InventoryScanner.wants(path: entry.path) { found.tree.insert(entry) }
            }
        }
        return found.finished
    }

    private static func unreadable(_ path: String, _ error: WaybillError) -> Finding {
        Finding(
            rule: "WB-SCAN-017", kind: .configuration, severity: .high,
            message: "the file could not be examined: \(error.message)",
            place: Place(location: SourceLocation(file: path)), remedy: "scan as a user who may read it")
    }
}
