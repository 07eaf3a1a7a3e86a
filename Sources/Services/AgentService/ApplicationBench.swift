import Clusters
import Delivery
import GitRepositories
import Kubernetes
import WaybillCore

/// One application's turn.
struct ApplicationJob: Sendable {
    var name: String
    var record: ApplicationRecord
    var marks: [ObjectKey: LiveMark]
    var order: AgentOrders.Order?
    var isRemoved: Bool
    /// Which applications declare which objects.
    var claims: [InventoryName: [String]]
    /// The files that it is rendered from.
    var tree: RevisionTree?
    /// The revision's own files: policies come from nowhere else.
    var policies: RevisionTree?

    func claimer(_ object: InventoryName) -> String? { claims[object]?.first { $0 != name } }
}

/// Does the jobs, each for itself.
struct ApplicationBench: Sendable {
    let doors: AgentDoors
    let settings: AgentSettings
    let counters: AgentCounters
    let environment: EnvironmentEntry

    func run(_ job: ApplicationJob) async -> ApplicationWork.Outcome {
        do throws(WaybillError) { return try await work(job).run(job.record.state, live: job.marks) } catch {
            var outcome = ApplicationWork.Outcome(state: job.record.state, condition: job.record.condition)
            outcome.error = error
            outcome.state.failures += 1
            outcome.condition.state = .failed
            outcome.condition.message = error.description
            return outcome
        }
    }

    private func work(_ job: ApplicationJob) async throws(WaybillError) -> ApplicationWork {
        var entry = job.record.content?.entry ?? environment.whole
        entry.name = job.name
        var desired = DesiredState(rendered: [], environment: environment, application: entry)
        var revision = job.record.state.accepted
        if let content = job.record.content, let tree = job.tree {
            revision = content.revision
            switch try await ApplicationRenderer(doors: doors, counters: counters).render(
                content.entry, of: environment, at: tree)
            {
            case .success(let rendering): desired = rendering.desired
            case .failure(let error): throw error
            }
        }
        guard let revision else {
            throw WaybillError(.failed, "no revision of it was ever accepted", subject: job.name)
        }
        var work = ApplicationWork(
            doors: doors, settings: settings, counters: counters, environment: environment, application: entry,
            cluster: try cluster(for: entry), revision: revision, desired: desired)
        work.driftPolicy = try await DriftPolicy(of: entry, in: job.policies)
        work.order = job.order ?? AgentOrders.Order()
        work.isForced = work.order.syncAsked > job.record.syncDone
        work.isRemoved = job.isRemoved
        work.before = job.record.condition
        let claims = job
        work.claimedBy = { claims.claimer($0) }
        return work
    }

    private func cluster(for entry: ApplicationEntry) throws(WaybillError) -> any Cluster {
        guard let account = entry.serviceAccount else { return doors.cluster }
        guard let cluster = doors.clusterAs?(account, entry.namespace) else {
            throw WaybillError(
                .unsupported, "this agent cannot act in the name of the service account \(account)", subject: entry.name
            )
        }
        return cluster
    }
}
