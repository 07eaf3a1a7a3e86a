import GRDB
public import WaybillCore

extension SQLiteLedger {
    public func record(_ deployment: DeploymentRecord) async throws(WaybillError) {
        try await write { database in
            // The same image again is no new deployment: it goes on running since when it was.
            let running = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM deployment
                    WHERE environment = ? AND namespace = ? AND workload = ? AND container = ? AND ended IS NULL
                    """,
                arguments: [deployment.environment, deployment.namespace, deployment.workload, deployment.container])
            if deployment.ended == nil, running.count == 1, running[0]["image"] == deployment.image.description {
                return
            }
            try database.execute(
                sql: """
                    UPDATE deployment SET ended = ?
                    WHERE environment = ? AND namespace = ? AND workload = ? AND container = ? AND ended IS NULL
                    """,
                arguments: [
                    (deployment.ended ?? deployment.deployed).milliseconds, deployment.environment,
                    deployment.namespace, deployment.workload, deployment.container,
                ])
            guard deployment.ended == nil else { return }
            try database.execute(
                sql: """
                    INSERT INTO deployment (environment, namespace, workload, container, image, revision, deployed)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    deployment.environment, deployment.namespace, deployment.workload, deployment.container,
                    deployment.image.description,
                    deployment.revision, deployment.deployed.milliseconds,
                ])
        }
    }

    public func deployments(runningOnly: Bool) async throws(WaybillError) -> [DeploymentRecord] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM deployment WHERE ended IS NULL OR NOT ?
                    ORDER BY environment, namespace, workload, number DESC
                    """, arguments: [runningOnly]
            ).map(DeploymentRecord.init(row:))
        }
    }
}

extension DeploymentRecord {
    init(row: Row) throws {
        let ended: Int64? = row["ended"]
        self.init(
            environment: row["environment"], namespace: row["namespace"], workload: row["workload"],
            container: row["container"], image: try Digest(parsing: row["image"]), revision: row["revision"],
            deployed: Instant(milliseconds: row["deployed"]), ended: ended.map(Instant.init(milliseconds:)))
    }
}
