import Attestations
import Delivery
import Documents
import GitRepositories
import Kubernetes
import Ledger
import Signers
import WaybillCore

/// Writes down what runs since when, and signs that this revision was applied.
struct DeploymentRecords {
    let doors: AgentDoors
    let settings: AgentSettings

    let environment: EnvironmentEntry
    /// The artifact that the objects were taken from.
    var artifact: Digest?

    /// One application's content.
    struct Part: Sendable {
        var name: String
        /// Of the rendered objects.
        var digest: String
        var objects: [ObjectKey]
        var images: [ImageUse]
        var health: String
        /// Nothing of this content was recorded before.
        var isNew: Bool
        /// What verifying it found, where it was asked.
        var verification: String?
    }

    /// - Parameters:
    ///   - changed: what was applied newly.
    ///   - running: every image of the environment: what runs no more has ended; nil where that is not known.
    func record(_ changed: [Part], running: [ImageUse]?, _ revision: ObjectID) async throws(WaybillError) {
        let now = doors.now()
        for use in changed.filter(\.isNew).flatMap(\.images) {
            guard let digest = use.digest else { continue }
            try await doors.ledger.record(
                DeploymentRecord(
                    environment: settings.environment, namespace: use.workload.namespace, workload: use.workloadName,
                    container: use.container, image: digest, revision: revision.hex, deployed: now))
        }
        if let running { try await end(running, now) }
        try await doors.ledger.record(try await papers(changed, revision, now))
    }

    private func end(_ uses: [ImageUse], _ now: Instant) async throws(WaybillError) {
        let names = Set(uses.map { "\($0.workload.namespace) \($0.workloadName) \($0.container)" })
        for running in try await doors.ledger.deployments(runningOnly: true)
        where running.environment == settings.environment {
            guard !names.contains("\(running.namespace) \(running.workload) \(running.container)") else { continue }
            var ended = running
            ended.ended = now
            try await doors.ledger.record(ended)
        }
    }

    /// One about the commit, and one about each image whatever the number of applications that run it.
    private func papers(
        _ changed: [Part], _ revision: ObjectID, _ now: Instant
    ) async throws(WaybillError) -> [Paper] {
        let commit = Statement.Subject(name: settings.branch, digest: ["gitCommit": revision.hex])
        let images = changed.flatMap(\.images)
        var papers = [
            try await paper(
                "gitCommit:\(revision)", [commit],
                predicate(changed, images, changed.flatMap(\.objects), revision, now), now)
        ]
        for digest in Set(images.compactMap(\.digest)).sorted() {
            let parts = changed.filter { part in part.images.contains { $0.digest == digest } }
            let uses = parts.flatMap(\.images).filter { $0.digest == digest }
            let name = uses.first?.reference ?? ""
            papers.append(
                try await paper(
                    digest.description, [Statement.Subject(name: name, digest: digest)],
                    predicate(parts, uses, uses.map(\.workload), revision, now), now))
        }
        return papers
    }

    private func paper(
        _ subject: String, _ subjects: [Statement.Subject], _ predicate: Value, _ now: Instant
    ) async throws(WaybillError) -> Paper {
        let envelope = try await sign(
            Statement(subjects: subjects, predicateType: PredicateType.deployment, predicate: predicate))
        return Paper(
            id: envelope.digest, subject: subject, predicateType: PredicateType.deployment, recorded: now,
            envelope: envelope)
    }

    private static let patience = 120

    /// A signer that is asked too much at once is asked again: a thousand applications come together.
    private func sign(_ statement: Statement) async throws(WaybillError) -> Envelope {
        for _ in 0..<Self.patience {
            do throws(WaybillError) { return try await doors.signer.sign(statement) } catch
                where error.code
                == .limitExceeded
            {
                do { try await doors.clock.sleep(for: settings.healthInterval) } catch { break }
            }
        }
        return try await doors.signer.sign(statement)
    }

    private func predicate(
        _ parts: [Part], _ uses: [ImageUse], _ objects: [ObjectKey], _ revision: ObjectID, _ now: Instant
    ) -> Value {
        let health = parts.map(\.health).first { $0 != "synced" } ?? "synced"
        var value: Value = [
            "environment": .string(settings.environment), "namespace": .string(environment.namespace),
            "repository": .string(settings.repository), "revision": .string(revision.hex),
            // Binds what was applied to the commit: rendering it again must give this digest.
            "manifests": .string(parts.count == 1 ? parts[0].digest : Self.digest(of: parts)),
            "applied": .array(objects.map { .string($0.description) }),
            "workloads": .array(
                uses.map {
                    [
                        "workload": .string($0.workloadName), "namespace": .string($0.workload.namespace),
                        "container": .string($0.container), "image": Value($0.digest?.description),
                    ]
                }),
            "health": .string(health), "deployedOn": .string(Timestamp(seconds: now.milliseconds / 1000).description),
        ]
        if let cluster = settings.cluster { value["cluster"] = .string(cluster) }
        if let artifact { value["artifact"] = .string(artifact.description) }
        if let told = parts.compactMap(\.verification).first { value["verification"] = .string(told) }
        guard environment.isDivided else { return value }
        value["applications"] = .array(
            parts.map { ["name": .string($0.name), "manifests": .string($0.digest), "health": .string($0.health)] })
        return value
    }

    /// Of many applications together, in the order of their names.
    private static func digest(of parts: [Part]) -> String {
        Digest.sha256(of: parts.map { "\($0.name) \($0.digest)\n" }.joined().utf8).description
    }
}
