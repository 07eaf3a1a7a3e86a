import GRDB

/// The ledger's tables, as steps that are taken once each and never changed afterwards.
enum LedgerSchema {
    /// The first step's name: a database that has taken it is a ledger.
    static let first = "1: papers, images, deployments, events, states"

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration(first) { database in
            try database.execute(
                sql: """
                    CREATE TABLE paper (
                        position INTEGER PRIMARY KEY AUTOINCREMENT,
                        id TEXT NOT NULL UNIQUE,
                        subject TEXT NOT NULL,
                        predicateType TEXT NOT NULL,
                        recorded INTEGER NOT NULL,
                        envelope BLOB NOT NULL
                    ) STRICT;
                    -- A statement may be about several subjects; each finds it.
                    CREATE TABLE paperSubject (
                        subject TEXT NOT NULL,
                        position INTEGER NOT NULL REFERENCES paper(position),
                        PRIMARY KEY (subject, position)
                    ) STRICT, WITHOUT ROWID;

                    CREATE TABLE image (
                        digest TEXT PRIMARY KEY,
                        repository TEXT NOT NULL,
                        revision TEXT NOT NULL,
                        owner TEXT NOT NULL,
                        built INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE package (
                        image TEXT NOT NULL REFERENCES image(digest),
                        ecosystem TEXT NOT NULL,
                        name TEXT NOT NULL,
                        version TEXT NOT NULL,
                        purl TEXT NOT NULL,
                        place TEXT NOT NULL,
                        PRIMARY KEY (image, purl, place)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX packageByName ON package (ecosystem, name, image);

                    CREATE TABLE deployment (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        environment TEXT NOT NULL,
                        namespace TEXT NOT NULL,
                        workload TEXT NOT NULL,
                        container TEXT NOT NULL,
                        image TEXT NOT NULL,
                        revision TEXT NOT NULL,
                        deployed INTEGER NOT NULL,
                        ended INTEGER
                    ) STRICT;
                    CREATE INDEX deploymentRunning ON deployment (environment, namespace, workload, container) WHERE ended IS NULL;
                    CREATE INDEX deploymentByImage ON deployment (image);

                    CREATE TABLE event (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        moment INTEGER NOT NULL,
                        actor TEXT NOT NULL,
                        action TEXT NOT NULL,
                        subject TEXT NOT NULL,
                        verdict TEXT,
                        message TEXT NOT NULL,
                        detail TEXT NOT NULL
                    ) STRICT;
                    CREATE INDEX eventBySubject ON event (subject, number);

                    CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
                    """)
        }
        registerExposure(&migrator)
        registerMetadata(&migrator)
        return migrator
    }
}
