import Files
import Foundation
import Ledger
import LedgerExercises
import Testing
import WaybillCore

@testable import CommandLineTool

/// Where notes and occurrences are, and where a password may stand.
struct LedgerStoreChoiceTests {
    private func withState<Result>(_ work: (StateFolder) throws -> Result) throws -> Result {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        return try work(StateFolder(folder))
    }

    @Test(arguments: [
        ("postgres://ann@db.example/waybill", false), ("postgres://ann:secret@db.example/waybill", true),
        ("postgres://db.example/waybill?user=ann", false), ("postgres://db.example/w?user=ann&password=secret", true),
        ("postgres://db.example/w?sslmode=require&PASSWORD=x", true), ("postgresql:///w?host=/run/pg", false),
        ("postgres://db.example:5433/w", false), ("postgres://a:b:c@db.example:5433/w", true),
    ])
    func `a password is seen wherever the address holds it`(address: String, isThere: Bool) {
        #expect(LedgerStoreChoice.hasPassword(address) == isThere)
    }

    @Test func `the command line comes first, then the environment, then the state folder's file`() throws {
        try withState { state in
            #expect(try LedgerStoreChoice().resolved(state, environment: [:]) == nil)
            let file = "\(state.path)/\(LedgerStoreChoice.standardFile)"
            try Files.write(Array("postgres://file@h/d\n".utf8), to: file, mode: 0o600)
            #expect(try LedgerStoreChoice().resolved(state, environment: [:]) == "postgres://file@h/d")
            let environment = [LedgerStoreChoice.variable: "postgres://environment:secret@h/d"]
            #expect(
                try LedgerStoreChoice().resolved(state, environment: environment)
                    == "postgres://environment:secret@h/d")
            #expect(
                try LedgerStoreChoice(address: "postgres://line@h/d").resolved(state, environment: environment)
                    == "postgres://line@h/d")
            #expect(
                try LedgerStoreChoice().resolved(state, environment: [LedgerStoreChoice.fileVariable: file])
                    == "postgres://file@h/d")
        }
    }

    @Test func `a password on the command line, or in a file that others read, is refused and not repeated`() throws {
        try withState { state in
            let open = "\(state.path)/open"
            try Files.write(Array("postgres://ann:hunter2@h/d".utf8), to: open, mode: 0o644)
            for choice in [
                LedgerStoreChoice(address: "postgres://ann:hunter2@h/d"), LedgerStoreChoice(file: open),
                LedgerStoreChoice(address: "mysql://ann:hunter2@h/d"), LedgerStoreChoice(file: "\(state.path)/none"),
                LedgerStoreChoice(address: "postgres://h/d?password=hunter2"),
            ] {
                let error = #expect(throws: WaybillError.self) { try choice.resolved(state, environment: [:]) }
                #expect(error?.description.contains("hunter2") == false)
            }
        }
    }

    @Test(.enabled(if: ScratchPostgres.obstacle == nil, "no PostgreSQL server can be started here"))
    func `an address opens PostgreSQL, and without one the ledger's own database`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let state = StateFolder(folder)
        let server = try await ScratchPostgres()
        let ledger = try SQLiteLedger(path: nil)
        let file = "\(folder)/store"
        try Files.write(Array(try await server.database().utf8), to: file, mode: 0o600)
        let chosen = try await LedgerStoreChoice(file: file).open(state, own: ledger)
        let record = MetadataRecord(
            kind: .project, name: "projects/shop", project: "shop", created: Instant(milliseconds: 1),
            updated: Instant(milliseconds: 1), body: [])
        try await chosen.create([record])
        #expect(try await LedgerStoreChoice().open(state, own: ledger).record("projects/shop", asOf: nil) == nil)
        let again = try await LedgerStoreChoice(file: file).open(state, own: ledger)
        #expect(try await again.record("projects/shop", asOf: nil)?.name == "projects/shop")
        await server.remove()
        await #expect(throws: WaybillError.self) {
            try await LedgerStoreChoice(file: file).open(state, own: ledger)
        }
    }
}
