import GRDB

extension LedgerSchema {
    /// The table of notes and occurrences: versions, each standing from `since` until `ended`.
    static func registerMetadata(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("metadata 1: versions") { database in
            try database.execute(
                sql: """
                    CREATE TABLE metadata (
                        -- Of the version, in the order of writing.
                        number INTEGER PRIMARY KEY,
                        -- The number of the record's first version: where it stands in lists.
                        ordinal INTEGER NOT NULL,
                        kind INTEGER NOT NULL,
                        name TEXT NOT NULL,
                        project TEXT NOT NULL,
                        note TEXT NOT NULL,
                        resource TEXT NOT NULL,
                        noteKind INTEGER NOT NULL,
                        created INTEGER NOT NULL,
                        updated INTEGER NOT NULL,
                        since INTEGER NOT NULL,
                        -- Null while the version stands.
                        ended INTEGER,
                        body BLOB NOT NULL
                    ) STRICT;

                    CREATE UNIQUE INDEX metadataName ON metadata (name) WHERE ended IS NULL;
                    CREATE INDEX metadataKind ON metadata (kind, ordinal) WHERE ended IS NULL;
                    CREATE INDEX metadataProject ON metadata (project, kind, ordinal) WHERE ended IS NULL;
                    CREATE INDEX metadataNoteKind ON metadata (project, kind, noteKind, ordinal) WHERE ended IS NULL;
                    CREATE INDEX metadataCreated ON metadata (project, kind, created, ordinal) WHERE ended IS NULL;
                    CREATE INDEX metadataNote ON metadata (note, ordinal) WHERE ended IS NULL;
                    CREATE INDEX metadataResource ON metadata (resource, ordinal) WHERE ended IS NULL;

                    CREATE INDEX metadataPastName ON metadata (name, ended) WHERE ended IS NOT NULL;
                    CREATE INDEX metadataPastKind ON metadata (kind, ordinal) WHERE ended IS NOT NULL;
                    CREATE INDEX metadataPastProject ON metadata (project, kind, ordinal) WHERE ended IS NOT NULL;
                    CREATE INDEX metadataPastNote ON metadata (note, ordinal) WHERE ended IS NOT NULL;
                    CREATE INDEX metadataPastResource ON metadata (resource, ordinal) WHERE ended IS NOT NULL;

                    -- A version is written once and ends once.
                    CREATE TRIGGER metadataEndsOnce BEFORE UPDATE ON metadata
                    WHEN OLD.ended IS NOT NULL OR NEW.ended IS NULL OR NEW.ended < OLD.since
                        OR (NEW.number, NEW.ordinal, NEW.kind, NEW.name, NEW.project, NEW.note, NEW.resource,
                            NEW.noteKind, NEW.created, NEW.updated, NEW.since, NEW.body)
                        IS NOT (OLD.number, OLD.ordinal, OLD.kind, OLD.name, OLD.project, OLD.note, OLD.resource,
                            OLD.noteKind, OLD.created, OLD.updated, OLD.since, OLD.body)
                    BEGIN SELECT RAISE(ABORT, 'the history of metadata is never changed'); END;
                    CREATE TRIGGER metadataStays BEFORE DELETE ON metadata
                    BEGIN SELECT RAISE(ABORT, 'the history of metadata is never deleted'); END;
                    """)
        }
    }
}
