import GRDB
public import WaybillCore

extension LedgerSchema {
    /// The tables of monitoring.
    static func registerExposure(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("exposure 1: transitions, outbox") { database in
            try database.execute(
                sql: """
                    CREATE TABLE exposureTransition (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        moment INTEGER NOT NULL,
                        snapshot TEXT NOT NULL,
                        kind TEXT NOT NULL,
                        advisory TEXT NOT NULL,
                        ecosystem TEXT NOT NULL,
                        name TEXT NOT NULL,
                        version TEXT NOT NULL,
                        severity TEXT NOT NULL,
                        fixedVersion TEXT,
                        cause TEXT NOT NULL,
                        images INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX exposureTransitionByAdvisory ON exposureTransition (advisory, number);

                    CREATE TABLE outbox (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        snapshot TEXT NOT NULL,
                        owner TEXT NOT NULL,
                        channel TEXT NOT NULL,
                        created INTEGER NOT NULL,
                        payload TEXT NOT NULL,
                        attempts INTEGER NOT NULL,
                        -- Null where nothing is left to do.
                        due INTEGER,
                        delivered INTEGER,
                        failure TEXT,
                        UNIQUE (snapshot, owner, channel)
                    ) STRICT;
                    CREATE INDEX outboxDue ON outbox (due, number) WHERE due IS NOT NULL;
                    """)
        }
    }
}

extension SQLiteLedger: ExposureLedger {
    public func inventories(
        after position: Int64, limit: Int
    ) async throws(WaybillError) -> (images: [(image: ImageRecord, packages: [PackageRecord])], position: Int64) {
        try await read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT rowid AS position, * FROM image WHERE rowid > ? ORDER BY rowid LIMIT ?",
                arguments: [position, limit])
            var result: [(image: ImageRecord, packages: [PackageRecord])] = []
            for row in rows {
                let image = try ImageRecord(row: row)
                let packages = try Row.fetchAll(
                    database, sql: "SELECT * FROM package WHERE image = ?", arguments: [image.digest.description])
                result.append((image, packages.map(PackageRecord.init(row:))))
            }
            return (result, rows.last?["position"] ?? position)
        }
    }

    public func packages(
        answering questions: [PackageQuestion]
    ) async throws(WaybillError) -> [PackageQuestion: [PackageRecord]] {
        guard !questions.isEmpty else { return [:] }
        return try await read { database in
            let statement = try database.makeStatement(
                sql: """
                    SELECT * FROM package INDEXED BY packageByName
                    WHERE ecosystem = ? AND name = ? AND image = ? AND version = ? ORDER BY purl, place
                    """)
            var result: [PackageQuestion: [PackageRecord]] = [:]
            for question in questions where result[question] == nil {
                let rows = try Row.fetchAll(
                    statement,
                    arguments: [question.ecosystem, question.name, question.image.description, question.version])
                result[question] = rows.map(PackageRecord.init(row:))
            }
            return result
        }
    }

    public func record(_ transitions: [TransitionRecord], messages: [OutboxRecord]) async throws(WaybillError) {
        try await write { database in
            let statement = try database.makeStatement(
                sql: """
                    INSERT INTO exposureTransition
                    (moment, snapshot, kind, advisory, ecosystem, name, version, severity, fixedVersion, cause, images)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            for each in transitions {
                try statement.execute(arguments: [
                    each.moment.milliseconds, each.snapshot, each.kind, each.advisory, each.ecosystem, each.name,
                    each.version, each.severity, each.fixedVersion, each.cause, each.images,
                ])
            }
            for message in messages {
                guard case .due(let due) = message.state else { continue }
                try database.execute(
                    sql: """
                        INSERT INTO outbox (snapshot, owner, channel, created, payload, attempts, due)
                        VALUES (?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING
                        """,
                    arguments: [
                        message.snapshot, message.owner, message.channel, message.created.milliseconds, message.payload,
                        due.milliseconds,
                    ])
            }
        }
    }

    public func transitions(of advisory: String?, limit: Int) async throws(WaybillError) -> [TransitionRecord] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM exposureTransition WHERE ?1 IS NULL OR advisory = ?1 ORDER BY number DESC LIMIT ?2
                    """, arguments: [advisory, limit]
            ).map { row in
                TransitionRecord(
                    moment: Instant(milliseconds: row["moment"]), snapshot: row["snapshot"], kind: row["kind"],
                    advisory: row["advisory"], ecosystem: row["ecosystem"], name: row["name"], version: row["version"],
                    severity: row["severity"], fixedVersion: row["fixedVersion"], cause: row["cause"],
                    images: row["images"])
            }
        }
    }

    public func dueMessages(at moment: Instant, limit: Int) async throws(WaybillError) -> [OutboxRecord] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM outbox WHERE due <= ? ORDER BY number LIMIT ?",
                arguments: [moment.milliseconds, limit]
            ).map(OutboxRecord.init(row:))
        }
    }

    public func messages(limit: Int) async throws(WaybillError) -> [OutboxRecord] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM outbox ORDER BY number DESC LIMIT ?", arguments: [limit])
                .map(OutboxRecord.init(row:))
        }
    }

    public func setState(
        ofMessage number: Int64, to state: OutboxRecord.State, attempts: Int
    ) async throws(WaybillError) {
        try await write { database in
            var due: Int64?, delivered: Int64?, failure: String?
            switch state {
            case .due(let moment): due = moment.milliseconds
            case .delivered(let moment): delivered = moment.milliseconds
            case .failed(let reason): failure = reason
            }
            try database.execute(
                sql: "UPDATE outbox SET due = ?, delivered = ?, failure = ?, attempts = ? WHERE number = ?",
                arguments: [due, delivered, failure, attempts, number])
        }
    }
}

extension OutboxRecord {
    init(row: Row) {
        let due: Int64? = row["due"], delivered: Int64? = row["delivered"], failure: String? = row["failure"]
        let state: State =
            if let due {
                .due(Instant(milliseconds: due))
            } else if let delivered {
                .delivered(Instant(milliseconds: delivered))
            } else {
                .failed(failure ?? "")
            }
        self.init(
            number: row["number"], snapshot: row["snapshot"], owner: row["owner"], channel: row["channel"],
            created: Instant(milliseconds: row["created"]), payload: row["payload"], attempts: row["attempts"],
            state: state)
    }
}
