import Attestations
import Documents
import GRDB
public import WaybillCore

/// The ledger of one machine: a SQLite database in WAL mode.
public final class SQLiteLedger: Ledger {
    private let database: any DatabaseWriter
    private let group: GroupCommit

    /// Opens the ledger and brings its tables up to date. A nil path keeps it in memory.
    /// Throws `.unsupported` for a database that a newer version has written.
    public init(path: String?) throws(WaybillError) {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { database in
            // Whatever has been acknowledged survives a power cut.
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        let subject = path ?? "ledger in memory"
        do {
            if let path {
                database = try DatabasePool(path: path, configuration: configuration)
            } else {
                database = try DatabaseQueue(configuration: configuration)
            }
            let migrator = LedgerSchema.migrator
            if try database.read(migrator.hasBeenSuperseded) {
                throw WaybillError(
                    .unsupported, "was written by a newer version", subject: subject, remedy: "use that version")
            }
            try migrator.migrate(database)
            group = GroupCommit(database)
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "cannot be opened", subject: subject, cause: error)
        }
    }

    func read<Result: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Result
    ) async throws(WaybillError) -> Result {
        do {
            return try await database.read(work)
        } catch {
            throw Self.failure(error)
        }
    }

    func write<Result: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Result
    ) async throws(WaybillError) -> Result {
        do {
            return try await database.write(work)
        } catch {
            throw Self.failure(error)
        }
    }

    /// Shares a transaction, and the wait for the disk, with what others write at the same time.
    func writeInGroup(_ work: @escaping @Sendable (Database) throws -> Void) async throws(WaybillError) {
        do {
            try await group.write(work)
        } catch {
            throw Self.failure(error)
        }
    }

    func copy(to other: any DatabaseWriter) async throws { try database.backup(to: other) }

    private static func failure(_ error: any Error) -> WaybillError {
        error as? WaybillError ?? WaybillError(.failed, "the ledger did not answer", subject: "ledger", cause: error)
    }
}
