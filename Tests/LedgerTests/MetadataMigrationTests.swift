import Documents
import GRDBSQLite
import Ledger
import LedgerExercises
import Processes
import Testing
import WaybillCore

/// Steps of the tables are taken forwards, and a database that is not ours is refused.
struct MetadataMigrationTests {
    private func run(_ sql: String, _ path: String) throws {
        var connection: OpaquePointer?
        #expect(sqlite3_open(path, &connection) == SQLITE_OK)
        defer { sqlite3_close(connection) }
        var message: UnsafeMutablePointer<CChar>?
        let status = sqlite3_exec(connection, sql, nil, nil, &message)
        let text = message.map { String(cString: $0) } ?? ""
        sqlite3_free(message)
        guard status == SQLITE_OK else { throw WaybillError(.failed, text, subject: sql) }
    }

    @Test func `a ledger from before there were notes is brought up to date and keeps what it holds`() async throws {
        let path = StoreKind.path()
        let before = try SQLiteLedger(path: path)
        try await before.setState("agent", to: ["revision": "a"])
        try run(
            "DROP TABLE metadata; DELETE FROM grdb_migrations WHERE identifier = 'metadata 1: versions'", path)
        let store = try SQLiteMetadataStore(path: path)
        try await store.create([.occurrence("a")])
        #expect(try await SQLiteLedger(path: path).state("agent") == ["revision": "a"])
        #expect(try await SQLiteMetadataStore(path: path).names(MetadataQuery(kind: .occurrence)) == ["a"])
    }

    @Test func `a SQLite ledger of a newer version is refused`() async throws {
        let path = StoreKind.path()
        _ = try SQLiteLedger(path: path)
        try run("INSERT INTO grdb_migrations VALUES ('metadata 99: what comes')", path)
        let error = #expect(throws: WaybillError.self) { try SQLiteLedger(path: path) }
        #expect(error?.code == .unsupported)
    }

    @Test(arguments: [
        "UPDATE metadata SET body = x'00'", "UPDATE metadata SET ended = NULL", "UPDATE metadata SET ended = since - 1",
        "UPDATE metadata SET ended = since WHERE ended IS NOT NULL", "DELETE FROM metadata",
        "INSERT OR REPLACE INTO metadata SELECT * FROM metadata WHERE ended IS NOT NULL",
    ])
    func `SQLite itself refuses to change history`(_ sql: String) async throws {
        let path = StoreKind.path()
        let store = try SQLiteMetadataStore(path: path)
        try await store.create([.occurrence("a"), .occurrence("b")])
        try await store.delete("projects/p/occurrences/a", at: Instant(milliseconds: 9))
        #expect(throws: WaybillError.self) { try run("PRAGMA recursive_triggers = ON; " + sql, path) }
        #expect(try await store.names(MetadataQuery(kind: .occurrence)) == ["b"])
    }

    @Test(.enabled(if: ScratchPostgres.obstacle == nil, "no PostgreSQL server can be started here: scripts/setup"))
    func `a PostgreSQL database that is newer, changed or of another encoding is refused`() async throws {
        let server = try await StoreKind.server.value
        for (sql, code) in [
            ("INSERT INTO waybill.migration VALUES (99, 'x')", WaybillError.Code.unsupported),
            ("UPDATE waybill.migration SET digest = 'sha256:00'", .corrupted),
        ] {
            let address = try await server.database()
            _ = try await PostgresMetadataStore(url: address)
            let outcome = try await server.run("psql", ["-q", "-c", sql, address])
            #expect(outcome.isSuccess, "\(outcome.errorText)")
            let error = await failure { () throws(WaybillError) in _ = try await PostgresMetadataStore(url: address) }
            #expect(error?.code == code)
        }
        let made = try await server.run(
            "createdb", ["-T", "template0", "-E", "LATIN1", "--locale=C", "latin"])
        #expect(made.isSuccess, "\(made.errorText)")
        let error = await failure { () throws(WaybillError) in
            _ = try await PostgresMetadataStore(url: server.address(of: "latin"))
        }
        #expect(error?.code == .unsupported)
    }

    @Test(
        .enabled(if: ScratchPostgres.obstacle == nil, "no PostgreSQL server can be started here: scripts/setup"),
        arguments: [
            "UPDATE metadata SET body = ''", "UPDATE metadata SET ended = NULL",
            "UPDATE metadata SET ended = since - 1", "UPDATE metadata SET ended = since WHERE ended IS NOT NULL",
            "DELETE FROM metadata", "TRUNCATE metadata",
        ])
    func `PostgreSQL itself refuses to change history`(_ sql: String) async throws {
        let server = try await StoreKind.server.value
        let address = try await server.database()
        let store = try await PostgresMetadataStore(url: address)
        try await store.create([.occurrence("a"), .occurrence("b")])
        try await store.delete("projects/p/occurrences/a", at: Instant(milliseconds: 9))
        let outcome = try await server.run("psql", ["-q", "-c", "SET search_path = waybill", "-c", sql, address])
        #expect(!outcome.isSuccess)
        #expect(try await store.names(MetadataQuery(kind: .occurrence)) == ["b"])
    }

    @Test func `what is no address, and a server that is not there, are told apart without the password`() async throws
    {
        let wrong = await failure { () throws(WaybillError) in _ = try await PostgresMetadataStore(url: "mysql://x") }
        #expect(wrong?.code == .invalidInput)
        let absent = await failure { () throws(WaybillError) in
            _ = try await PostgresMetadataStore(
                url: "postgres://waybill:hunter2@/db?host=/nonexistent&password=hunter3")
        }
        #expect(absent?.code == .unavailable)
        #expect(absent?.description.contains("hunter") == false)
    }
}
