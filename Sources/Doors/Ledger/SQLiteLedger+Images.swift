import GRDB
public import WaybillCore

extension SQLiteLedger {
    public func record(_ image: ImageRecord, packages: [PackageRecord]) async throws(WaybillError) {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO image (digest, repository, revision, owner, built) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (digest) DO UPDATE SET
                        repository = excluded.repository, revision = excluded.revision, owner = excluded.owner
                    """,
                arguments: [
                    image.digest.description, image.repository, image.commit, image.owner, image.built.milliseconds,
                ])
            for package in packages {
                try database.execute(
                    sql: """
                        INSERT INTO package (image, ecosystem, name, version, purl, place) VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """,
                    arguments: [
                        image.digest.description, package.ecosystem, package.name, package.version, package.purl,
                        package.place,
                    ])
            }
        }
    }

    public func image(_ digest: Digest) async throws(WaybillError) -> ImageRecord? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM image WHERE digest = ?", arguments: [digest.description])
                .map(ImageRecord.init(row:))
        }
    }

    public func images() async throws(WaybillError) -> [ImageRecord] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM image ORDER BY built DESC, digest").map(
                ImageRecord.init(row:))
        }
    }

    public func packages(of image: Digest) async throws(WaybillError) -> [PackageRecord] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM package WHERE image = ? ORDER BY purl, place",
                arguments: [image.description]
            ).map(PackageRecord.init(row:))
        }
    }

    public func images(
        holding ecosystem: String, name: String
    ) async throws(WaybillError) -> [(image: ImageRecord, package: PackageRecord)] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT image.*, package.* FROM package JOIN image ON image.digest = package.image
                    WHERE package.ecosystem = ? AND package.name = ? ORDER BY image.built DESC, image.digest, purl, place
                    """, arguments: [ecosystem, name]
            ).map { (try ImageRecord(row: $0), PackageRecord(row: $0)) }
        }
    }
}

extension ImageRecord {
    init(row: Row) throws {
        self.init(
            digest: try Digest(parsing: row["digest"]), repository: row["repository"], commit: row["revision"],
            owner: row["owner"], built: Instant(milliseconds: row["built"]))
    }
}

extension PackageRecord {
    init(row: Row) {
        self.init(
            purl: row["purl"], ecosystem: row["ecosystem"], name: row["name"], version: row["version"],
            place: row["place"])
    }
}
