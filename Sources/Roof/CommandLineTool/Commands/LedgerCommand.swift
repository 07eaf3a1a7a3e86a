import ArgumentParser
import Files
import Ledger
import WaybillCore

/// The ledger as a whole.
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Back up the ledger and restore it.",
        subcommands: [LedgerBackupCommand.self, LedgerRestoreCommand.self])
}

/// A copy of the ledger while it is in use.
struct LedgerBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the ledger into a file, as it stands at one moment.",
        discussion: """
            Services may go on running. The file is checked before it gets its name, and replaces nothing.
            A ledger in PostgreSQL is backed up with PostgreSQL's own tools: pg_dump -Fc --schema=waybill.
            """)

    @Argument(help: "The new file.") var file: String
    @OptionGroup var state: StateOption

    func run() async throws {
        do {
            try await OpenState.ledger(state.folder).backup(to: file)
            Terminal.result("backed up \(state.folder.ledger) to \(file)")
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
    }
}

/// A ledger from its copy.
struct LedgerRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup in the ledger's place.",
        discussion:
            "No services may run on the state folder. A ledger that stands there is kept beside, under a new name."
    )

    @Argument(help: "The backup.") var file: String
    @Flag(help: "Replace the ledger that stands there; it is kept as ledger.db.replaced.") var replace = false
    @OptionGroup var state: StateOption

    func run() async throws {
        do {
            try state.folder.prepare()
            let lock = try StateLock(state.folder)
            let kept = try await SQLiteLedger.restore(file, to: state.folder.ledger, replacing: replace)
            withExtendedLifetime(lock) {}
            Terminal.result("restored \(state.folder.ledger)" + (kept.map { "; the one before is \($0)" } ?? ""))
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
    }
}
