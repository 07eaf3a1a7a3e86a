import Documents
import Files
import Foundation
import GRDBSQLite
import Ledger
import LedgerExercises
import Processes
import Testing
import WaybillCore

/// A backup is worth what its restoration gives back.
struct BackupTests {
    private func failure(_ work: () async throws(WaybillError) -> Void) async -> WaybillError.Code? {
        do throws(WaybillError) {
            try await work()
            return nil
        } catch {
            return error.code
        }
    }

    private func folder() throws -> String {
        let folder = ScratchFolder.path + "/backup-\(UInt64.random(in: .min ... .max))"
        try Files.makeFolder(folder)
        return folder
    }

    @Test func `a backup taken in the middle of work is restored with its whole history`() async throws {
        let folder = try folder()
        let ledger = try SQLiteLedger(path: folder + "/ledger.db")
        let store = SQLiteMetadataStore(ledger)
        var exercise = MetadataExercise(seed: 5)
        for _ in 0..<80 { _ = try await store.perform(exercise.next().operation) }
        try await ledger.setState("agent", to: ["revision": "a"])
        try await ledger.backup(to: folder + "/backup")
        let history = exercise.history
        for _ in 0..<20 { _ = try await store.perform(exercise.next().operation) }

        #expect(try await SQLiteLedger.restore(folder + "/backup", to: folder + "/other.db") == nil)
        let restored = try SQLiteLedger(path: folder + "/other.db")
        var comparison = MetadataComparison(SQLiteMetadataStore(restored), history, seed: 1)
        #expect(try await comparison.difference() == nil)
        #expect(try await comparison.difference(reads: 30, upTo: 80) == nil)
        #expect(try await restored.state("agent") == ["revision": "a"])
        // It goes on from there.
        var next = exercise
        #expect(next.count == 100)
        _ = next.next()
        try await SQLiteMetadataStore(restored).create([.occurrence("afterwards")])
        #expect(try Files.names(in: folder).filter { $0.hasSuffix(".new") || $0.hasSuffix(".restored") } == [])
    }

    @Test func `a ledger that stands there is replaced only on request, and kept`() async throws {
        let folder = try folder()
        let path = folder + "/ledger.db"
        let old = try SQLiteLedger(path: path)
        try await old.setState("x", to: "old")
        try await old.backup(to: folder + "/backup")
        try await old.setState("x", to: "new")
        #expect(
            await failure { () throws(WaybillError) in try await SQLiteLedger.restore(folder + "/backup", to: path) }
                == .conflict)
        let kept = try await SQLiteLedger.restore(folder + "/backup", to: path, replacing: true)
        #expect(try await SQLiteLedger(path: path).state("x") == "old")
        let before: String = try #require(kept)
        #expect(try await SQLiteLedger(path: before).state("x") == "new")
    }

    @Test func `a backup overwrites nothing`() async throws {
        let folder = try folder()
        try Files.write([1], to: folder + "/backup")
        let ledger = try SQLiteLedger(path: folder + "/ledger.db")
        #expect(
            await failure { () throws(WaybillError) in try await ledger.backup(to: folder + "/backup") } == .conflict)
        #expect(try Files.read(folder + "/backup") == [1])
    }

    @Test func `what is no whole ledger is not restored`() async throws {
        let folder = try folder()
        let ledger = try SQLiteLedger(path: folder + "/ledger.db")
        try await SQLiteMetadataStore(ledger).create((0..<500).map { .occurrence("\($0)", body: "some body \($0)") })
        try await ledger.backup(to: folder + "/whole")
        let whole = try Files.read(folder + "/whole")
        func expect(_ code: WaybillError.Code, _ bytes: [UInt8]?, _ name: String) async throws {
            if let bytes { try Files.write(bytes, to: "\(folder)/\(name)") }
            let found = await failure { () throws(WaybillError) in
                try await SQLiteLedger.restore("\(folder)/\(name)", to: "\(folder)/\(name).db")
            }
            #expect(found == code, "\(name)")
            #expect(!Files.exists("\(folder)/\(name).db"))
        }
        try await expect(.notFound, nil, "absent")
        try await expect(.invalidInput, Array(repeating: 7, count: 5_000), "noise")
        try await expect(.invalidInput, [], "empty")
        try await expect(.corrupted, Array(whole[..<(whole.count / 2 / 4096 * 4096)]), "half")
        var connection: OpaquePointer?
        #expect(sqlite3_open(folder + "/newer", &connection) == SQLITE_OK)
        #expect(sqlite3_exec(connection, "CREATE TABLE x (y)", nil, nil, nil) == SQLITE_OK)
        sqlite3_close(connection)
        try await expect(.invalidInput, nil, "newer")
    }

    @Test(
        .enabled(
            if: ScratchPostgres.obstacle == nil && Files.exists((ScratchPostgres.programs ?? "") + "/pg_dump"),
            "no PostgreSQL server with pg_dump can be started here: scripts/setup"))
    func `pg_dump and pg_restore bring a PostgreSQL store back with its history`() async throws {
        let server = try await StoreKind.server.value
        let address = try await server.database(), other = try await server.database()
        let store = try await PostgresMetadataStore(url: address)
        var exercise = MetadataExercise(seed: 6)
        for _ in 0..<60 { _ = try await store.perform(exercise.next().operation) }
        let dump = try folder() + "/dump"
        let dumped = try await server.run("pg_dump", ["-Fc", "--schema=waybill", "-f", dump, "-d", address])
        #expect(dumped.isSuccess, "\(dumped.errorText)")
        let restored = try await server.run("pg_restore", ["--exit-on-error", "-d", other, dump])
        #expect(restored.isSuccess, "\(restored.errorText)")
        let copy = try await PostgresMetadataStore(url: other)
        var comparison = MetadataComparison(copy, exercise.history, seed: 1)
        #expect(try await comparison.difference() == nil)
        #expect(try await comparison.difference(reads: 20, upTo: 60) == nil)
        let (operation, expected) = exercise.next()
        #expect(try await copy.perform(operation) == expected)
    }
}
