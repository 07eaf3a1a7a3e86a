import Files
import Foundation
import Ledger
import LedgerExercises
import Testing
import WaybillCore

/// A few rounds of what `waybill-conformance crash` does two hundred times. The writer is this program again.
@Suite(.serialized) struct MetadataCrashTests {
    static let variable = "WAYBILL_METADATA_CRASH"

    @Test(
        .enabled(if: ProcessInfo.processInfo.environment[variable] != nil, "runs only as the child of the tests below"))
    func `the metadata writer that is killed`() async throws {
        let text = try #require(ProcessInfo.processInfo.environment[Self.variable])
        let parts = text.split(separator: "|").map(String.init)
        try await CrashRounds.write(
            to: try await Self.open(parts[0]), seed: 1, from: try #require(Int(parts[2])), folder: parts[1])
    }

    @Test func `what SQLite acknowledged survives the writer's end`() async throws {
        let folder = try Self.folder()
        defer { try? Files.remove(folder) }
        let report = try await Self.rounds(folder, folder + "/ledger.db", nil).run(3)
        #expect(report.kills == 3)
        #expect(report.operations > 0)
    }

    @Test(.enabled(if: ScratchPostgres.obstacle == nil, "no PostgreSQL server can be started here: scripts/setup"))
    func `what PostgreSQL acknowledged survives the writer's and the server's end`() async throws {
        let server = try await ScratchPostgres(isDurable: true)
        let folder = try Self.folder()
        defer { try? Files.remove(folder) }
        let report = try await Self.rounds(
            folder, try await server.database(),
            { _ in
                try await server.stopImmediately()
                try await server.start()
            }
        ).run(2)
        await server.remove()
        #expect(report.serverKills == 1)
        #expect(report.operations > 0)
        #expect(!Files.exists(server.folder))
    }

    private static func folder() throws -> String {
        let folder = "/tmp/waybill-crash-\(UInt64.random(in: .min ... .max))"
        try Files.makeFolder(folder)
        return folder
    }

    private static func open(_ address: String) async throws -> any MetadataStore {
        PostgresMetadataStore.isAddress(address)
            ? try await PostgresMetadataStore(url: address, sessions: 1) : try SQLiteMetadataStore(path: address)
    }

    private static func rounds(
        _ folder: String, _ address: String, _ crashServer: (@Sendable (Int) async throws -> Void)?
    ) -> CrashRounds {
        CrashRounds(
            folder: folder, seed: 1, open: { try await open(address) },
            startWriter: { start in
                let writer = Process()
                writer.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
                writer.arguments =
                    CommandLine.arguments.dropFirst().filter {
                        $0.hasSuffix(".xctest")
                            || ["--test-bundle-path", "--testing-library", "swift-testing"].contains($0)
                    } + ["--filter", "the metadata writer that is killed"]
                writer.environment = ProcessInfo.processInfo.environment.merging(
                    [variable: "\(address)|\(folder)|\(start)"]) { $1 }
                writer.standardOutput = FileHandle.nullDevice
                writer.standardError = FileHandle.nullDevice
                try writer.run()
                return writer
            }, crashServer: crashServer)
    }
}
