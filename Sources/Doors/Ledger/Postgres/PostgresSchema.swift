import WaybillCore

/// The tables in PostgreSQL, as steps that are taken once each and never changed afterwards.
///
/// Each step's digest is kept: a database whose steps are not ours, or newer than ours, is refused.
enum PostgresSchema {
    /// The lock that whoever brings the schema up to date holds.
    static let lock: Int64 = 0x5741_5942_494C_4C01

    static let steps: [String] = [
        """
        CREATE TABLE metadata (
            number bigint PRIMARY KEY,
            ordinal bigint NOT NULL,
            kind bigint NOT NULL,
            name text COLLATE "C" NOT NULL,
            project text COLLATE "C" NOT NULL,
            note text COLLATE "C" NOT NULL,
            resource text COLLATE "C" NOT NULL,
            noteKind bigint NOT NULL,
            created bigint NOT NULL,
            updated bigint NOT NULL,
            since bigint NOT NULL,
            ended bigint,
            body bytea NOT NULL
        );
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

        CREATE FUNCTION metadataIsAppended() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE ending waybill.metadata;
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                ending := OLD;
                ending.ended := NEW.ended;
                IF OLD.ended IS NULL AND NEW.ended >= OLD.since AND NEW IS NOT DISTINCT FROM ending THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION 'the history of metadata is never changed';
        END $$;
        CREATE TRIGGER metadataEndsOnce BEFORE UPDATE OR DELETE ON metadata
            FOR EACH ROW EXECUTE FUNCTION metadataIsAppended();
        CREATE TRIGGER metadataStays BEFORE TRUNCATE ON metadata
            FOR EACH STATEMENT EXECUTE FUNCTION metadataIsAppended();
        """
    ]

    static func bringUpToDate(_ session: PostgresConnection) throws(WaybillError) {
        let encoding = try session.query("SELECT current_setting('server_encoding')").text(0, 0)
        guard encoding == "UTF8" else {
            throw WaybillError(
                .unsupported, "the database's encoding is \(encoding), it must be UTF8", subject: session.subject,
                remedy: "createdb --encoding UTF8 --template template0 NAME")
        }
        try session.transaction("BEGIN; SELECT pg_advisory_xact_lock(\(lock))") { () throws(WaybillError) in
            try session.run(
                """
                CREATE SCHEMA IF NOT EXISTS waybill;
                CREATE TABLE IF NOT EXISTS waybill.migration (
                    number bigint PRIMARY KEY, digest text NOT NULL, taken timestamptz NOT NULL DEFAULT now())
                """)
            let taken = try session.query("SELECT number, digest FROM waybill.migration ORDER BY number")
            for row in 0..<taken.count {
                guard row < steps.count, taken.integer(row, 0) == Int64(row) else {
                    throw WaybillError(
                        .unsupported, "was written by a newer version", subject: session.subject,
                        remedy: "use that version")
                }
                guard taken.text(row, 1) == digest(of: steps[row]) else {
                    throw WaybillError(
                        .corrupted, "step \(row) of its tables is not the one that this program takes",
                        subject: session.subject, remedy: "restore a backup")
                }
            }
            for number in taken.count..<max(steps.count, taken.count) {
                try session.run(steps[number])
                _ = try session.query(
                    "INSERT INTO waybill.migration (number, digest) VALUES ($1, $2)",
                    [.integer(Int64(number)), .text(digest(of: steps[number]))])
            }
        }
    }

    private static func digest(of step: String) -> String { Digest.sha256(of: Array(step.utf8)).description }
}
