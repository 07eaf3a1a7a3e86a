public import Clusters
public import Delivery
public import GitRepositories
public import Ledger
public import Secrets
public import Signers
public import WaybillCore

/// Everything outside of the agent that it works through.
public struct AgentDoors: Sendable {
    /// The environment repository as the agent holds it.
    public var repository: any GitRepository
    /// Brings the repository up to date; a failure leaves it as it is.
    public var fetch: @Sendable () async throws(WaybillError) -> Void
    public var cluster: any Cluster
    public var ledger: any Ledger
    public var signer: any StatementSigner
    public var revisionGuard: any RevisionGuard
    /// Judges images by the papers that an environment asks for.
    public var papersFor: @Sendable ([Digest], EnvironmentEntry) async throws(WaybillError) -> Verdict
    /// Told before a revision that was accepted is applied: other papers may be asked from now on.
    public var revisionAccepted: @Sendable (EnvironmentEntry) async -> Void
    /// Whether this process is the one that looks after an application: asked before each stage of changes.
    public var mayWrite: @Sendable (String) async -> Bool = { _ in true }
    /// One HTTP request, for the questions that verify a release.
    public var ask: @Sendable (_ address: String) async throws(WaybillError) -> (status: Int, body: [UInt8]) = {
        address throws(WaybillError) in
        throw WaybillError(.unsupported, "this agent asks nothing over HTTP", subject: Redaction.url(address))
    }
    /// The cluster in the name of a service account of an application's namespace; nil where that cannot be had.
    public var clusterAs: (@Sendable (_ account: String, _ namespace: String) -> (any Cluster)?)?
    /// The keys that open sealed files; asked only when a file is sealed. They leave the agent nowhere.
    public var ageKeys: @Sendable () throws(WaybillError) -> [AgeIdentity] = { () throws(WaybillError) in [] }
    /// Where signed artifacts are read from.
    public var artifacts: (any ArtifactSource)?
    /// Runs a program of the user's own in a closed room: its arguments, and the files that it may read. What it wrote.
    public var render: @Sendable (ProgramRendering, [String: [UInt8]]) async throws(WaybillError) -> [UInt8] = {
        rendering, _ throws(WaybillError) in
        throw WaybillError(
            .unsupported, "this agent runs no \(rendering.settings.program.rawValue)", subject: rendering.name)
    }
    /// Told that a revision wants the environment in another cluster than the doors lead to.
    public var moved: @Sendable (EnvironmentEntry) async -> Void = { _ in }
    public var clock: any Clock<Duration>
    /// The moment that records carry.
    public var now: @Sendable () -> Instant

    public init(
        repository: any GitRepository, fetch: @escaping @Sendable () async throws(WaybillError) -> Void = {},
        cluster: any Cluster, ledger: any Ledger, signer: any StatementSigner, revisionGuard: any RevisionGuard,
        papersFor: @escaping @Sendable ([Digest], EnvironmentEntry) async throws(WaybillError) -> Verdict,
        revisionAccepted: @escaping @Sendable (EnvironmentEntry) async -> Void = { _ in },
        clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Instant
    ) {
        self.repository = repository
        self.fetch = fetch
        self.cluster = cluster
        self.ledger = ledger
        self.signer = signer
        self.revisionGuard = revisionGuard
        self.papersFor = papersFor
        self.revisionAccepted = revisionAccepted
        self.clock = clock
        self.now = now
    }
}
