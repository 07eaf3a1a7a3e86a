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
        for part in changed { try await doors.ledger.record(try await papers(part, revision, now)) }
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

    private func papers(_ part: Part, _ revision: ObjectID, _ now: Instant) async throws(WaybillError) -> [Paper] {
        let commit = Statement.Subject(name: settings.branch, digest: ["gitCommit": revision.hex])
        var papers = [
            try await paper(
                "gitCommit:\(revision)", [commit], predicate(part, part.images, part.objects, revision, now), now)
        ]
        for digest in Set(part.images.compactMap(\.digest)).sorted() {
            let uses = part.images.filter { $0.digest == digest }
            let name = uses.first?.reference ?? ""
            papers.append(
                try await paper(
                    digest.description, [Statement.Subject(name: name, digest: digest)],
                    predicate(part, uses, uses.map(\.workload), revision, now), now))
        }
        return papers
    }

    private func paper(
        _ subject: String, _ subjects: [Statement.Subject], _ predicate: Value, _ now: Instant
    ) async throws(WaybillError) -> Paper {
        let envelope = try await doors.signer.sign(
            Statement(subjects: subjects, predicateType: PredicateType.deployment, predicate: predicate))
        return Paper(
            id: envelope.digest, subject: subject, predicateType: PredicateType.deployment, recorded: now,
            envelope: envelope)
    }

    private func predicate(
        _ part: Part, _ uses: [ImageUse], _ objects: [ObjectKey], _ revision: ObjectID, _ now: Instant
    ) -> Value {
        var value: Value = [
            "environment": .string(settings.environment), "namespace": .string(environment.namespace),
            "revision": .string(revision.hex),
            // Binds what was applied to the commit: rendering it again must give this digest.
            "manifests": .string(part.digest),
            "objects": .array(objects.map { .string($0.description) }),
            "workloads": .array(
                uses.map {
                    [
                        "workload": .string($0.workloadName), "namespace": .string($0.workload.namespace),
                        "container": .string($0.container), "image": Value($0.digest?.description),
                    ]
                }),
            "health": .string(part.health), "deployed": .integer(Int(now.milliseconds)),
        ]
        if environment.isDivided { value["application"] = .string(part.name) }
        return value
    }
}
