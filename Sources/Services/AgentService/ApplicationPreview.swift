public import Clusters
public import Delivery
import Documents
public import GitRepositories
import Kubernetes
public import Ledger
public import Secrets
public import WaybillCore

/// What a sync would do to an application, without doing it.
public struct ApplicationPreview: Sendable {
    public let repository: any GitRepository
    public let cluster: any Cluster
    public let ledger: any Ledger
    /// The keys that open sealed files.
    public var ageKeys: @Sendable () throws(WaybillError) -> [AgeIdentity] = { () throws(WaybillError) in [] }

    /// Where signed artifacts are read from, and what runs programs; as the agent has them.
    public var artifacts: (any ArtifactSource)?
    public var render: (@Sendable (ProgramRendering, [String: [UInt8]]) async throws(WaybillError) -> [UInt8])?

    public init(repository: any GitRepository, cluster: any Cluster, ledger: any Ledger) {
        self.repository = repository
        self.cluster = cluster
        self.ledger = ledger
    }

    /// The plan for a revision; pruning is shown as it would be confirmed by a person when `prunes` says so.
    public func plan(
        _ application: String, in environment: String, at revision: ObjectID, prunes: Bool = false
    ) async throws(WaybillError) -> SyncPlan {
        let own = try await RevisionTree(repository, at: revision)
        guard let text = try await own.bytes(of: EnvironmentsFile.path),
            let entry = try EnvironmentsFile(parsing: text).environment(named: environment)
        else {
            throw WaybillError(.notFound, "there is no environment \(environment)", subject: revision.short)
        }
        let tree = try await files(of: entry, own)
        guard let part = try entry.allApplications(files: tree.blobs.keys).first(where: { $0.name == application })
        else {
            throw WaybillError(
                .notFound, "the environment \(environment) has no application \(application)", subject: revision.short)
        }
        var doors = AgentDoors(
            repository: repository, cluster: cluster, ledger: ledger, signer: NobodysSigner(),
            revisionGuard: NobodysGuard(),
            papersFor: { _, _ throws(WaybillError) in throw NobodysSigner.refusal }, now: { Instant(milliseconds: 0) })
        doors.ageKeys = ageKeys
        if let render { doors.render = render }
        let counters = AgentCounters()
        let rendering = try await ApplicationRenderer(doors: doors, counters: counters)
            .render(part, of: entry, at: tree).get()
        var work = ApplicationWork(
            doors: doors, settings: AgentSettings(environment: environment), counters: counters, environment: entry,
            application: part, cluster: cluster, revision: revision, desired: rendering.desired)
        work.driftPolicy = try await DriftPolicy(of: part, in: own)
        work.isForced = true
        work.order.prunes = prunes
        let state = try ApplicationState(
            await ledger.state(AgentSettings.stateName(of: application, in: environment)))
        return try work.plan(
            try await work.look(state, [:]), state, isDrift: state.digest == rendering.desired.digest.description)
    }

    /// The files that the environment's objects come from.
    private func files(of entry: EnvironmentEntry, _ own: RevisionTree) async throws(WaybillError) -> RevisionTree {
        guard let settings = entry.artifact else { return own }
        guard let artifacts, let key = try await own.bytes(of: settings.key) else {
            throw WaybillError(.notFound, "the artifact cannot be read without its key", subject: settings.key)
        }
        let digest = try await artifacts.resolve(settings)
        let artifact = try await artifacts.read(digest, of: settings, key: key)
        return RevisionTree(try ArtifactFiles(artifact, key: .sha256(of: key)), at: own.revision)
    }
}
