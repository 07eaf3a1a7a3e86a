import Foundation
import GRDB
public import WaybillCore

/// Notes and occurrences in the ledger's own SQLite database.
public struct SQLiteMetadataStore: MetadataStore {
    private let ledger: SQLiteLedger

    /// In the tables that the ledger has brought up to date when it was opened.
    public init(_ ledger: SQLiteLedger) { self.ledger = ledger }

    /// Opens or makes the database; a nil path keeps it in memory.
    public init(path: String?) throws(WaybillError) { self.init(try SQLiteLedger(path: path)) }

    public func create(_ records: [MetadataRecord], naming names: [String]) async throws(WaybillError) {
        guard !records.isEmpty else { return }
        for record in records { try record.check() }
        try await ledger.writeInGroup { database in
            for name in names {
                let statement = try database.cachedStatement(
                    sql: "SELECT 1 FROM metadata WHERE name = ? AND ended IS NULL")
                guard try Row.fetchOne(statement, arguments: [name]) != nil else { throw WaybillError.absent(name) }
            }
            var number = try Self.lastNumber(database)
            for record in records {
                number += 1
                do {
                    try Self.insert(record, number: number, ordinal: number, since: nil, database)
                } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE {
                    throw WaybillError.exists(record.name)
                }
            }
        }
    }

    public func update(_ record: MetadataRecord, replacing old: MetadataRecord) async throws(WaybillError) {
        try record.checkReplaces(old)
        try await ledger.write { database in
            guard let standing = try Standing(record.name, database) else { throw WaybillError.absent(record.name) }
            guard standing.record.isSame(as: old) else { throw WaybillError.changed(record.name) }
            let moment = try standing.end(at: record.updated, database)
            try Self.insert(
                record, number: try Self.lastNumber(database) + 1, ordinal: standing.ordinal, since: moment, database)
        }
    }

    public func delete(_ name: String, at moment: Instant, ifUnused: Bool) async throws(WaybillError) {
        try await ledger.write { database in
            guard let standing = try Standing(name, database) else { throw WaybillError.absent(name) }
            if ifUnused, let use = MetadataStatement.use(of: standing.record, sign: "?") {
                let isUsed = try Row.fetchOne(database, sql: use.sql, arguments: use.bindings) != nil
                guard !isUsed else { throw WaybillError.used(name) }
            }
            _ = try standing.end(at: moment, database)
        }
    }

    public func record(_ name: String, asOf moment: Instant?) async throws(WaybillError) -> MetadataRecord? {
        try await ledger.read { database in
            guard let moment = moment?.milliseconds else { return try Standing(name, database)?.record }
            let statement = try database.cachedStatement(
                sql: """
                    SELECT \(MetadataStatement.columns) FROM metadata
                    WHERE name = ?1 AND ended IS NULL AND since <= ?2
                    UNION ALL
                    SELECT \(MetadataStatement.columns) FROM metadata
                    WHERE name = ?1 AND ended > ?2 AND since <= ?2
                    """)
            return try Row.fetchOne(statement, arguments: [name, moment]).map(MetadataRecord.init(row:))
        }
    }

    public func records(
        _ query: MetadataQuery, after cursor: MetadataCursor?, limit: Int, asOf moment: Instant?
    ) async throws(WaybillError) -> MetadataPage {
        try query.check(limit: limit)
        return try await ledger.read { database in
            var ordinals: ClosedRange<Int64>?
            if let bounds = MetadataStatement.bounds(query, asOf: moment, sign: "?") {
                let row = try Row.fetchOne(database, sql: bounds.sql, arguments: bounds.bindings)
                let first: Int64 = row?[0] ?? 0, last: Int64 = row?[1] ?? -1
                guard first <= last else { return MetadataPage(records: [], next: nil) }
                ordinals = first...last
            }
            guard
                let list = MetadataStatement(
                    query, after: cursor, limit: limit + 1, asOf: moment, within: ordinals, sign: "?")
            else { return MetadataPage(records: [], next: nil) }
            let rows = try Row.fetchCursor(try database.cachedStatement(sql: list.sql), arguments: list.bindings)
            var found: [(ordinal: Int64, record: MetadataRecord)] = []
            while let row = try rows.next() { found.append((row[0], try MetadataRecord(row: row))) }
            return MetadataPage(found, limit: limit)
        }
    }

    // MARK: rows

    private static func lastNumber(_ database: Database) throws -> Int64 {
        try Int64.fetchOne(try database.cachedStatement(sql: "SELECT coalesce(max(number), 0) FROM metadata")) ?? 0
    }

    /// Without `since` the version stands from its own time, or from the end of an earlier record of the name.
    private static func insert(
        _ record: MetadataRecord, number: Int64, ordinal: Int64, since: Int64?, _ database: Database
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO metadata
                    (number, ordinal, kind, name, project, note, resource, noteKind, created, updated, since, body)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, coalesce(?11, max(?10, coalesce(
                    (SELECT max(ended) FROM metadata WHERE name = ?4 AND ended IS NOT NULL), ?10))), ?12)
                """
        ).execute(arguments: [
            number, ordinal, record.kind.number, record.name, record.project, record.note, record.resource,
            record.noteKind, record.created.milliseconds, record.updated.milliseconds, since, Data(record.body),
        ])
    }

    /// The version that stands now.
    private struct Standing {
        var number: Int64
        var ordinal: Int64
        var since: Int64
        var record: MetadataRecord

        init?(_ name: String, _ database: Database) throws {
            let statement = try database.cachedStatement(
                sql: "SELECT \(MetadataStatement.columns), number, since FROM metadata WHERE name = ? AND ended IS NULL"
            )
            guard let row = try Row.fetchOne(statement, arguments: [name]) else { return nil }
            number = row[10]
            ordinal = row[0]
            since = row[11]
            record = try MetadataRecord(row: row)
        }

        /// Ends it, not before it began, and says when.
        func end(at moment: Instant, _ database: Database) throws -> Int64 {
            let ended = max(moment.milliseconds, since)
            try database.cachedStatement(sql: "UPDATE metadata SET ended = ? WHERE number = ?")
                .execute(arguments: [ended, number])
            return ended
        }
    }
}

extension MetadataRecord {
    /// From the columns of `MetadataStatement`, by their places.
    fileprivate init(row: Row) throws {
        let name: String = row[2]
        self.init(
            kind: try MetadataKind(number: row[1], of: name), name: name, project: row[3], note: row[4],
            resource: row[5], noteKind: row[6], created: Instant(milliseconds: row[7]),
            updated: Instant(milliseconds: row[8]), body: [UInt8](row[9] as Data))
    }
}

extension MetadataStatement {
    fileprivate var bindings: StatementArguments {
        StatementArguments(
            arguments.map { argument -> any DatabaseValueConvertible in
                switch argument {
                case .text(let text): text
                case .integer(let number): number
                case .bytes(let bytes): Data(bytes)
                }
            })
    }
}
