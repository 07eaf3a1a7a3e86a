public import WaybillCore

/// Notes and occurrences in PostgreSQL, for more than one machine.
///
/// Writers take turns: a transaction-level lock makes the order of ordinals the order of commits, so that whoever goes on
/// after a cursor misses nothing, and makes compare-and-set plain. Readers never wait for it.
public final class PostgresMetadataStore: MetadataStore {
    /// The lock that a writer holds until its transaction ends.
    private static let begin = "BEGIN; SELECT pg_advisory_xact_lock(\(PostgresSchema.lock + 1))"
    /// Records that one INSERT carries, and about how many bytes.
    private static let chunkCountMax = 1_000
    private static let chunkBytesMax = 8 << 20

    private let pool: PostgresPool

    /// Whether a store's address means PostgreSQL.
    public static func isAddress(_ text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// Connects to `postgres://…` (as libpq reads it) and brings the tables up to date.
    /// Throws `.unsupported` for a database that a newer version has written.
    public init(url: String, sessions: Int = 4) async throws(WaybillError) {
        guard Self.isAddress(url) else {
            throw WaybillError(
                .invalidInput, "is no address of PostgreSQL", subject: Redaction.url(url),
                remedy: "postgres://USER@HOST/DATABASE")
        }
        pool = PostgresPool(url: url, size: min(max(sessions, 1), 64))
        try await pool.run { session throws(WaybillError) in try PostgresSchema.bringUpToDate(session) }
    }

    public func create(_ records: [MetadataRecord], naming names: [String]) async throws(WaybillError) {
        guard !records.isEmpty else { return }
        for record in records { try record.check() }
        if let odd = names.first(where: { $0.utf8.contains(0) }) { throw .absent(odd) }
        try await pool.run { session throws(WaybillError) in
            try session.transaction(Self.begin) { () throws(WaybillError) in
                for name in names {
                    let rows = try session.query(
                        "SELECT 1 FROM metadata WHERE name = $1 AND ended IS NULL", [.text(name)])
                    guard rows.count > 0 else { throw .absent(name) }
                }
                var rest = records[...]
                while !rest.isEmpty {
                    let chunk = Self.chunk(&rest)
                    try Self.insert(chunk, session)
                }
            }
        }
    }

    public func update(_ record: MetadataRecord, replacing old: MetadataRecord) async throws(WaybillError) {
        try record.checkReplaces(old)
        try await pool.run { session throws(WaybillError) in
            try session.transaction(Self.begin) { () throws(WaybillError) in
                guard let standing = try Standing(record.name, session) else { throw .absent(record.name) }
                guard standing.record.isSame(as: old) else { throw .changed(record.name) }
                let since = try standing.end(at: record.updated, session)
                _ = try session.query(
                    """
                    INSERT INTO metadata (number, ordinal, kind, name, project, note, resource, noteKind, created, updated,
                        since, body)
                    SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM metadata
                    """,
                    [
                        .integer(standing.ordinal), .integer(record.kind.number), .text(record.name),
                        .text(record.project), .text(record.note), .text(record.resource),
                        .integer(Int64(record.noteKind)), .integer(record.created.milliseconds),
                        .integer(record.updated.milliseconds), .integer(since), .bytes(record.body),
                    ])
            }
        }
    }

    public func delete(_ name: String, at moment: Instant, ifUnused: Bool) async throws(WaybillError) {
        guard !name.utf8.contains(0) else { throw .absent(name) }
        try await pool.run { session throws(WaybillError) in
            try session.transaction(Self.begin) { () throws(WaybillError) in
                guard let standing = try Standing(name, session) else { throw .absent(name) }
                if ifUnused, let use = MetadataStatement.use(of: standing.record, sign: "$") {
                    let rows = try session.query(use.sql, use.arguments.map(PostgresArgument.init))
                    guard rows.count == 0 else { throw .used(name) }
                }
                _ = try standing.end(at: moment, session)
            }
        }
    }

    public func record(_ name: String, asOf moment: Instant?) async throws(WaybillError) -> MetadataRecord? {
        // PostgreSQL's text holds no U+0000, so that nothing of such a name can be there.
        guard !name.utf8.contains(0) else { return nil }
        return try await pool.run { session throws(WaybillError) in
            guard let moment = moment?.milliseconds else { return try Standing(name, session)?.record }
            let rows = try session.query(
                """
                SELECT \(MetadataStatement.columns) FROM metadata WHERE name = $1 AND ended IS NULL AND since <= $2
                UNION ALL
                SELECT \(MetadataStatement.columns) FROM metadata WHERE name = $1 AND ended > $2 AND since <= $2
                """, [.text(name), .integer(moment)])
            return rows.count == 0 ? nil : try rows.record(0)
        }
    }

    public func records(
        _ query: MetadataQuery, after cursor: MetadataCursor?, limit: Int, asOf moment: Instant?
    ) async throws(WaybillError) -> MetadataPage {
        try query.check(limit: limit)
        let texts = [query.project].compactMap(\.self) + (query.notes ?? []) + (query.resources ?? [])
        if let odd = texts.first(where: { $0.utf8.contains(0) }) {
            throw WaybillError(.invalidInput, "has a character that no store keeps (U+0000)", subject: odd)
        }
        return try await pool.run { session throws(WaybillError) in
            var ordinals: ClosedRange<Int64>?
            if let bounds = MetadataStatement.bounds(query, asOf: moment, sign: "$") {
                let rows = try session.query(bounds.sql, bounds.arguments.map(PostgresArgument.init))
                guard rows.integer(0, 0) <= rows.integer(0, 1) else { return MetadataPage(records: [], next: nil) }
                ordinals = rows.integer(0, 0)...rows.integer(0, 1)
            }
            guard
                let list = MetadataStatement(
                    query, after: cursor, limit: limit + 1, asOf: moment, within: ordinals, sign: "$")
            else { return MetadataPage(records: [], next: nil) }
            let rows = try session.query(list.sql, list.arguments.map(PostgresArgument.init))
            var found: [(ordinal: Int64, record: MetadataRecord)] = []
            for row in 0..<rows.count { found.append((rows.integer(row, 0), try rows.record(row))) }
            return MetadataPage(found, limit: limit)
        }
    }

    // MARK: rows

    private static func chunk(_ rest: inout ArraySlice<MetadataRecord>) -> [MetadataRecord] {
        var chunk: [MetadataRecord] = [], bytes = 0
        while let record = rest.first, chunk.count < chunkCountMax, chunk.isEmpty || bytes < chunkBytesMax {
            bytes += record.body.count + record.name.utf8.count
            chunk.append(record)
            rest.removeFirst()
        }
        return chunk
    }

    /// Throws `.conflict` for the first record that could not be added; the transaction is then given up.
    private static func insert(_ records: [MetadataRecord], _ session: PostgresConnection) throws(WaybillError) {
        let rows = try session.query(
            """
            WITH base AS (SELECT coalesce(max(number), 0) AS last FROM metadata)
            INSERT INTO metadata (number, ordinal, kind, name, project, note, resource, noteKind, created, updated,
                since, body)
            SELECT base.last + n, base.last + n, each.kind, each.name, each.project, each.note, each.resource,
                each.noteKind, each.created, each.updated,
                greatest(each.updated, (SELECT max(ended) FROM metadata AS past
                    WHERE past.name = each.name AND past.ended IS NOT NULL)),
                each.body
            FROM base, unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY
                AS each(kind, name, project, note, resource, noteKind, created, updated, body, n)
            ORDER BY n
            ON CONFLICT (name) WHERE ended IS NULL DO NOTHING
            RETURNING name
            """,
            [
                .integers(records.map(\.kind.number)), .texts(records.map(\.name)), .texts(records.map(\.project)),
                .texts(records.map(\.note)), .texts(records.map(\.resource)),
                .integers(records.map { Int64($0.noteKind) }), .integers(records.map(\.created.milliseconds)),
                .integers(records.map(\.updated.milliseconds)), .blobs(records.map(\.body)),
            ])
        // What was added is answered in order: the first record without an answer is the first that was there.
        for (place, record) in records.enumerated() {
            guard place < rows.count, rows.bytes(place, 0).elementsEqual(record.name.utf8) else {
                throw .exists(record.name)
            }
        }
    }

    /// The version that stands now.
    private struct Standing {
        var number: Int64
        var ordinal: Int64
        var since: Int64
        var record: MetadataRecord

        init?(_ name: String, _ session: PostgresConnection) throws(WaybillError) {
            let rows = try session.query(
                "SELECT \(MetadataStatement.columns), number, since FROM metadata WHERE name = $1 AND ended IS NULL",
                [.text(name)])
            guard rows.count > 0 else { return nil }
            ordinal = rows.integer(0, 0)
            number = rows.integer(0, 10)
            since = rows.integer(0, 11)
            record = try rows.record(0)
        }

        /// Ends it, not before it began, and says when.
        func end(at moment: Instant, _ session: PostgresConnection) throws(WaybillError) -> Int64 {
            let ended = max(moment.milliseconds, since)
            _ = try session.query(
                "UPDATE metadata SET ended = $1 WHERE number = $2", [.integer(ended), .integer(number)])
            return ended
        }
    }
}

extension PostgresRows {
    /// From the columns of `MetadataStatement`, by their places.
    fileprivate func record(_ row: Int) throws(WaybillError) -> MetadataRecord {
        let name = text(row, 2)
        return MetadataRecord(
            kind: try MetadataKind(number: integer(row, 1), of: name), name: name, project: text(row, 3),
            note: text(row, 4), resource: text(row, 5), noteKind: Int32(clamping: integer(row, 6)),
            created: Instant(milliseconds: integer(row, 7)), updated: Instant(milliseconds: integer(row, 8)),
            body: bytes(row, 9))
    }
}
