import ArgumentParser
import Files
import Foundation
import Ledger
import LedgerExercises
import WaybillCore

/// Kills a store's writer, and the store's server where it has one, and looks at what is left.
struct CrashCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crash",
        abstract: "Kill -9 a store's writer at random, again and again: nothing acknowledged may be lost.")

    @Argument(help: "Which store: metadata-sqlite or metadata-postgres.")
    var store: String

    @Option(help: "How often.")
    var rounds = 200

    @Option(help: "The same seed does the same operations.")
    var seed: UInt64 = 1

    func run() async throws {
        let folder = "/tmp/waybill-crash-\(UInt64.random(in: .min ... .max))"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        var crashServer: (@Sendable (Int) async throws -> Void)?
        let address: String
        var server: ScratchPostgres?
        switch store {
        case "metadata-sqlite": address = folder + "/ledger.db"
        case "metadata-postgres":
            let started = try await ScratchPostgres(isDurable: true)
            address = try await started.database()
            crashServer = { round in try await Self.crash(started, isPolite: round % 4 == 1) }
            server = started
        default:
            print("error: no store by the name \(store). There are: metadata-sqlite, metadata-postgres")
            throw ExitCode(64)
        }
        let crash = CrashRounds(
            folder: folder, seed: seed, open: { try await CrashWriterCommand.open(address) },
            startWriter: { [seed] start in
                let writer = Process()
                writer.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
                writer.arguments = ["crash-writer", address, folder, "--seed", "\(seed)", "--from", "\(start)"]
                writer.standardError = FileHandle.nullDevice
                try writer.run()
                return writer
            }, crashServer: crashServer)
        let report = try await crash.run(rounds) { round in
            if (round + 1) % 20 == 0 { FileHandle.standardError.write(Data("\(round + 1) rounds\n".utf8)) }
        }
        await server?.remove()
        print(
            """
            \(store): \(report.kills) kills, \(report.serverKills) of the server as well, \(report.operations) operations; \
            nothing acknowledged was lost, nothing half-written was seen \
            (\(report.doneUnacknowledged) operations were done and not yet acknowledged)
            """)
    }

    /// Ends the server without a checkpoint, by its own signal for that or by one that it cannot notice.
    private static func crash(_ server: ScratchPostgres, isPolite: Bool) async throws {
        if isPolite {
            try await server.stopImmediately()
        } else {
            let text = try Files.text(server.folder + "/data/postmaster.pid")
            guard let process = text.split(separator: "\n").first.flatMap({ Int32($0) }), process > 1 else {
                throw WaybillError(.failed, "names no process", subject: server.folder)
            }
            kill(process, SIGKILL)
        }
        try await server.start()
    }
}

/// The child that is killed.
struct CrashWriterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crash-writer", abstract: "Write until killed.", shouldDisplay: false)

    @Argument var address: String
    @Argument var folder: String
    @Option var seed: UInt64
    @Option var from: Int

    func run() async throws {
        try await CrashRounds.write(to: try await Self.open(address), seed: seed, from: from, folder: folder)
    }

    static func open(_ address: String) async throws -> any MetadataStore {
        PostgresMetadataStore.isAddress(address)
            ? try await PostgresMetadataStore(url: address, sessions: 1) : try SQLiteMetadataStore(path: address)
    }
}
