import Clusters
import Delivery
import Documents
import GitRepositories
import Health
import Kubernetes
import Ledger
import WaybillCore

extension AgentService {
    /// Asks the environment's own questions of what was just applied. The first that is not answered well speaks.
    func verify(
        _ checks: [VerificationSettings], _ tree: RevisionTree, namespace: String
    ) async throws(WaybillError) -> VerificationAnswer {
        for check in checks {
            let answer: VerificationAnswer
            switch check.check {
            case .job(let path): answer = try await run(path, check.name, tree, namespace)
            case .http, .metric: answer = await ask(check)
            }
            guard answer.isPassed else {
                return VerificationAnswer(isPassed: false, message: "\(check.name): \(answer.message)")
            }
        }
        return VerificationAnswer(isPassed: true, message: checks.map(\.name).joined(separator: ", "))
    }

    private func ask(_ check: VerificationSettings) async -> VerificationAnswer {
        guard let address = check.address else { return VerificationAnswer(isPassed: false, message: "asks nothing") }
        do throws(WaybillError) {
            let answer = try await doors.ask(address)
            return check.judge(status: answer.status, body: answer.body)
        } catch {
            return VerificationAnswer(isPassed: false, message: error.message)
        }
    }

    /// A Job runs once for each revision, under a name of its own.
    private func run(
        _ path: String, _ name: String, _ tree: RevisionTree, _ namespace: String
    ) async throws(WaybillError) -> VerificationAnswer {
        guard let bytes = try await tree.bytes(of: path) else {
            return VerificationAnswer(isPassed: false, message: "there is no file \(path)")
        }
        var job: Resource
        do { job = try Resource(YAMLReader.node(from: bytes).value) } catch {
            return VerificationAnswer(isPassed: false, message: "\(path): \(error)")
        }
        guard job.kind == "Job", job.objectKind.group == "batch" else {
            return VerificationAnswer(isPassed: false, message: "\(path) is no Job")
        }
        job.namespace = namespace
        job.name = "\(job.name.isEmpty ? name : job.name)-\(tree.revision.hex.prefix(8))"
        job["metadata", "generateName"] = nil
        job["metadata", "labels", Ownership.environmentLabel] = .string(settings.environment)
        if try await doors.cluster.get(job.key) == nil {
            try await doors.cluster.apply(job, fieldManager: settings.fieldManager, force: true, dryRun: false)
        }
        guard let live = try await doors.cluster.get(job.key) else {
            return VerificationAnswer(isPassed: false, message: "the Job is not there yet")
        }
        let health = ObjectHealth.assess(live, now: doors.now().milliseconds / 1000)
        return VerificationAnswer(isPassed: health.state == .healthy, message: "Job \(job.name) \(health.message)")
    }
}
