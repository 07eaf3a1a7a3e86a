import Foundation
import Ledger
import LedgerExercises
import Testing
import WaybillCore

/// Every store that keeps notes and occurrences: the same tests are run over each.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
    case memory, sqliteInMemory, sqlite, postgres

    /// Those that this machine can run.
    static let available = allCases.filter { $0 != .postgres || ScratchPostgres.obstacle == nil }
    /// Those with a history on disk.
    static let durable = available.filter { $0 == .sqlite || $0 == .postgres }

    var testDescription: String { rawValue }

    func open() async throws -> any MetadataStore {
        switch self {
        case .memory: MemoryMetadataStore()
        case .sqliteInMemory: try SQLiteMetadataStore(path: nil)
        case .sqlite: try SQLiteMetadataStore(path: Self.path())
        case .postgres: try await PostgresMetadataStore(url: try await Self.server.value.database())
        }
    }

    static func path() -> String {
        ScratchFolder.path + "/metadata-\(UInt64.random(in: .min ... .max)).db"
    }

    /// One server for all tests; it ends with this process.
    static let server = Task { try await ScratchPostgres() }
}

/// Where these tests keep their files; gone with the process.
enum ScratchFolder {
    static let path: String = {
        let path = FileManager.default.temporaryDirectory.path + "/waybill-ledger-\(UInt64.random(in: .min ... .max))"
        // What cannot be made is told by the first test that writes there.
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: ScratchFolder.path) }
        return path
    }()
}

extension MetadataRecord {
    static func occurrence(
        _ name: String, project: String = "p", note: String = "projects/p/notes/n", resource: String = "r",
        noteKind: Int32 = 1, at moment: Int64 = 1, body: String = ""
    ) -> MetadataRecord {
        MetadataRecord(
            kind: .occurrence, name: "projects/\(project)/occurrences/\(name)", project: project, note: note,
            resource: resource, noteKind: noteKind, created: Instant(milliseconds: moment),
            updated: Instant(milliseconds: moment), body: Array(body.utf8))
    }
}

extension MetadataStore {
    func names(_ query: MetadataQuery, asOf moment: Int64? = nil) async throws -> [String] {
        try await records(query, after: nil, limit: 1000, asOf: moment.map(Instant.init(milliseconds:))).records.map {
            String($0.name.split(separator: "/").last ?? "")
        }
    }
}

/// The code of the error that the work ends with; nil where it succeeds.
func failure(_ work: () async throws(WaybillError) -> Void) async -> WaybillError? {
    do throws(WaybillError) {
        try await work()
        return nil
    } catch {
        return error
    }
}
