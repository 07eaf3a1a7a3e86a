import Attestations
import Documents
import Foundation
import GRDB
public import WaybillCore

extension SQLiteLedger {
    public func record(_ papers: [Paper]) async throws(WaybillError) {
        try await write { database in
            for paper in papers {
                try database.execute(
                    sql: """
                        INSERT INTO paper (id, subject, predicateType, recorded, envelope) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (id) DO NOTHING
                        """,
                    arguments: [
                        paper.id.description, paper.subject, paper.predicateType, paper.recorded.milliseconds,
                        Data(paper.envelope.bytes),
                    ])
                for subject in paper.subjects {
                    try database.execute(
                        sql: """
                            INSERT INTO paperSubject (subject, position) SELECT ?, position FROM paper WHERE id = ?
                            ON CONFLICT DO NOTHING
                            """,
                        arguments: [subject, paper.id.description])
                }
            }
        }
    }

    public func papers(about subject: String, predicateType: String?) async throws(WaybillError) -> [Paper] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT paper.* FROM paperSubject JOIN paper USING (position)
                    WHERE paperSubject.subject = ?1 AND (?2 IS NULL OR predicateType = ?2) ORDER BY position
                    """,
                arguments: [subject, predicateType]
            ).map(Paper.init(row:))
        }
    }

    public func paper(_ id: Digest) async throws(WaybillError) -> Paper? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM paper WHERE id = ?", arguments: [id.description])
                .map(Paper.init(row:))
        }
    }

    public func papers(
        after position: Int64, limit: Int
    ) async throws(WaybillError) -> (papers: [Paper], position: Int64) {
        try await read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM paper WHERE position > ? ORDER BY position LIMIT ?",
                arguments: [position, limit])
            return (try rows.map(Paper.init(row:)), rows.last?["position"] ?? position)
        }
    }
}

extension Paper {
    /// Every subject that the statement names, in the ledger's spelling, and the one given.
    var subjects: Set<String> {
        var found: Set<String> = [subject]
        if let statement = try? Statement(parsing: envelope.payload) {
            // An envelope whose payload is no statement is kept under its given subject alone.
            for each in statement.subjects {
                for (algorithm, hex) in each.digest { found.insert("\(algorithm):\(hex)") }
            }
        }
        return found
    }

    /// Throws `.corrupted` when the stored bytes are not the envelope that the id names.
    init(row: Row) throws {
        let text: String = row["id"]
        let bytes = [UInt8](row["envelope"] as Data)
        guard let id = Digest(text), Digest.sha256(of: bytes) == id else {
            throw WaybillError(
                .corrupted, "the stored bytes do not have this digest", subject: "paper \(text)",
                remedy: "restore the ledger from a backup, or from the papers beside the image in the registry")
        }
        self.init(
            id: id, subject: row["subject"], predicateType: row["predicateType"],
            recorded: Instant(milliseconds: row["recorded"]), envelope: try Envelope(parsing: bytes))
    }
}
