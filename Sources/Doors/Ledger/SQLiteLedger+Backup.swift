import Foundation
import GRDB
public import WaybillCore

extension SQLiteLedger {
    /// Copies the ledger as it stands at one moment into a new file, while it is in use. The file is whole or not there.
    /// Throws `.conflict` where something stands there already.
    public func backup(to path: String) async throws(WaybillError) {
        try await Self.build(path) { copy in try await self.copy(to: copy) }
    }

    /// Puts a backup in the place of a ledger that nobody has open. With `replacing`, the ledger that stands there is kept
    /// beside it; the name under which it is kept is answered. Throws `.conflict` where one stands there otherwise.
    @discardableResult
    public static func restore(
        _ backup: String, to path: String, replacing: Bool = false, keptName: String = "replaced"
    ) async throws(WaybillError) -> String? {
        try check(backup)
        let isThere = FileManager.default.fileExists(atPath: path)
        guard !isThere || replacing else {
            throw WaybillError(
                .conflict, "there is a ledger already", subject: path,
                remedy: "--replace keeps it beside the restored one")
        }
        let restored = "\(path).\(UInt64.random(in: .min ... .max)).restored"
        do {
            try await build(restored) { copy in
                let source = try DatabaseQueue(path: backup, configuration: readOnly)
                try source.backup(to: copy)
                try source.close()
            }
            let kept = isThere ? "\(path).\(keptName)" : nil
            if let kept {
                // Everything goes from the log into the file itself, so that the file alone is the ledger.
                let old = try DatabaseQueue(path: path)
                try await old.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
                try old.close()
                try FileManager.default.moveItem(atPath: path, toPath: kept)
            }
            for ending in ["-wal", "-shm"] where FileManager.default.fileExists(atPath: path + ending) {
                try FileManager.default.removeItem(atPath: path + ending)
            }
            try FileManager.default.moveItem(atPath: restored, toPath: path)
            try sync(folderOf: path)
            return kept
        } catch {
            // The first error is the one to tell; what stays has a name that nothing reads.
            try? FileManager.default.removeItem(atPath: restored)
            throw error as? WaybillError ?? WaybillError(.failed, "cannot be restored", subject: path, cause: error)
        }
    }

    /// Throws where the file is no whole ledger, or one of a newer version.
    public static func check(_ path: String) throws(WaybillError) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw WaybillError(.notFound, "there is no such file", subject: path)
        }
        do {
            let database = try DatabaseQueue(path: path, configuration: readOnly)
            // Nothing was written that a failing close could lose.
            defer { try? database.close() }
            let migrator = LedgerSchema.migrator
            try database.read { database in
                let verdict = try String.fetchOne(database, sql: "PRAGMA integrity_check") ?? "no answer"
                guard verdict == "ok" else {
                    throw WaybillError(.corrupted, "SQLite finds it damaged: \(verdict.prefix(200))", subject: path)
                }
                guard try migrator.appliedIdentifiers(database).contains(LedgerSchema.first) else {
                    throw WaybillError(.invalidInput, "is a database, but no ledger", subject: path)
                }
                guard try !migrator.hasBeenSuperseded(database) else {
                    throw WaybillError(
                        .unsupported, "was written by a newer version", subject: path, remedy: "use that version")
                }
            }
        } catch let error as WaybillError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw WaybillError(.invalidInput, "is no SQLite database", subject: path)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            throw WaybillError(.corrupted, "SQLite finds it damaged", subject: path, cause: error)
        } catch {
            throw WaybillError(.failed, "cannot be read", subject: path, cause: error)
        }
    }

    private static var readOnly: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        return configuration
    }

    /// Makes a database beside the path, checks and syncs it, and gives it its name.
    private static func build(
        _ path: String, _ fill: (DatabaseQueue) async throws -> Void
    ) async throws(WaybillError) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw WaybillError(.conflict, "something stands there already", subject: path)
        }
        let temporary = "\(path).\(UInt64.random(in: .min ... .max)).new"
        do {
            let copy = try DatabaseQueue(path: temporary)
            try await fill(copy)
            // A file of its own, without a log beside it.
            try await copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try copy.close()
            try check(temporary)
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: temporary))
            try file.synchronize()
            try file.close()
            // Fails where something has come to stand there meanwhile.
            try FileManager.default.moveItem(atPath: temporary, toPath: path)
            try sync(folderOf: path)
        } catch {
            // As above: a leftover has a name that nothing reads.
            try? FileManager.default.removeItem(atPath: temporary)
            throw error as? WaybillError ?? WaybillError(.failed, "cannot be written", subject: path, cause: error)
        }
    }

    private static func sync(folderOf path: String) throws(WaybillError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw WaybillError(.failed, "the folder cannot be opened", subject: folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw WaybillError(.failed, "the folder cannot be synced", subject: folder)
        }
    }
}
