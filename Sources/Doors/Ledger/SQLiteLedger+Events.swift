public import Documents
import GRDB
public import WaybillCore

extension SQLiteLedger {
    public func record(_ event: Event) async throws(WaybillError) {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO event (moment, actor, action, subject, verdict, message, detail)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    event.moment.milliseconds, event.actor, event.action, event.subject, event.verdict, event.message,
                    JSONWriter.string(event.detail),
                ])
        }
    }

    public func events(about subject: String?, limit: Int) async throws(WaybillError) -> [Event] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM event WHERE ?1 IS NULL OR subject = ?1 ORDER BY number DESC LIMIT ?2",
                arguments: [subject, limit]
            ).map(Event.init(row:))
        }
    }

    public func state(_ name: String) async throws(WaybillError) -> Value? {
        try await read { database in
            try String.fetchOne(database, sql: "SELECT value FROM state WHERE name = ?", arguments: [name])
                .map { try JSONReader.value(from: $0) }
        }
    }

    public func setState(_ name: String, to value: Value?) async throws(WaybillError) {
        try await write { database in
            if let value {
                try database.execute(
                    sql: "INSERT INTO state (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
                    arguments: [name, JSONWriter.string(value)])
            } else {
                try database.execute(sql: "DELETE FROM state WHERE name = ?", arguments: [name])
            }
        }
    }
}

extension Event {
    init(row: Row) throws {
        self.init(
            moment: Instant(milliseconds: row["moment"]), actor: row["actor"], action: row["action"],
            subject: row["subject"], verdict: row["verdict"], message: row["message"],
            detail: try JSONReader.value(from: row["detail"] as String))
    }
}
