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

    func record(
        _ rendering: RevisionReader.Rendering, _ revision: ObjectID, _ health: AgentService.Health
    ) async throws(WaybillError) {
        let now = doors.now()
        let uses = rendering.desired.images
        for use in uses {
            guard let digest = use.digest else { continue }
            try await doors.ledger.record(
                DeploymentRecord(
                    environment: settings.environment, namespace: use.workload.namespace, workload: use.workloadName,
                    container: use.container, image: digest, revision: revision.hex, deployed: now))
        }
        for running in try await doors.ledger.deployments(runningOnly: true)
        where running.environment == settings.environment {
            let isStillThere = uses.contains {
                $0.workload.namespace == running.namespace && $0.workloadName == running.workload
                    && $0.container == running.container
            }
            guard !isStillThere else { continue }
            var ended = running
            ended.ended = now
            try await doors.ledger.record(ended)
        }
        try await doors.ledger.record(try await papers(rendering, revision, health, now))
    }

    /// One paper about the commit and one about each image, so that either leads to the other.
    private func papers(
        _ rendering: RevisionReader.Rendering, _ revision: ObjectID, _ health: AgentService.Health, _ now: Instant
    ) async throws(WaybillError) -> [Paper] {
        let desired = rendering.desired
        let commit = Statement.Subject(name: settings.branch, digest: ["gitCommit": revision.hex])
        var papers = [
            try await paper(
                "gitCommit:\(revision)", [commit],
                predicate(rendering, desired.images, desired.resources.map(\.key), revision, health, now), now)
        ]
        for digest in desired.imageDigests {
            let uses = desired.images.filter { $0.digest == digest }
            let name = uses.first?.reference ?? ""
            papers.append(
                try await paper(
                    digest.description, [Statement.Subject(name: name, digest: digest)],
                    predicate(rendering, uses, uses.map(\.workload), revision, health, now), now))
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
        _ rendering: RevisionReader.Rendering, _ uses: [ImageUse], _ objects: [ObjectKey], _ revision: ObjectID,
        _ health: AgentService.Health, _ now: Instant
    ) -> Value {
        [
            "environment": .string(settings.environment), "namespace": .string(rendering.environment.namespace),
            "revision": .string(revision.hex),
            // Binds what was applied to the commit: rendering it again must give this digest.
            "manifests": .string(rendering.desired.digest.description),
            "objects": .array(objects.map { .string($0.description) }),
            "workloads": .array(
                uses.map {
                    [
                        "workload": .string($0.workloadName), "namespace": .string($0.workload.namespace),
                        "container": .string($0.container), "image": Value($0.digest?.description),
                    ]
                }),
            "health": .string(health.state.rawValue), "deployed": .integer(Int(now.milliseconds)),
        ]
    }
}
