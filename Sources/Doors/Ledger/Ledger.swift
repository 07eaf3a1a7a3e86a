public import Attestations
public import Documents
public import WaybillCore

/// A moment in milliseconds since 1970, UTC: what the ledger orders by.
public struct Instant: Hashable, Sendable, Comparable {
    public var milliseconds: Int64
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
}

/// A signed paper about a subject, as the ledger keeps it.
public struct Paper: Hashable, Sendable {
    /// The envelope's digest, which is also the name of its blob.
    public var id: Digest
    /// What it is about: `sha256:…` of an image or `gitCommit:…`.
    public var subject: String
    public var predicateType: String
    public var recorded: Instant
    public var envelope: Envelope

    public init(id: Digest, subject: String, predicateType: String, recorded: Instant, envelope: Envelope) {
        self.id = id
        self.subject = subject
        self.predicateType = predicateType
        self.recorded = recorded
        self.envelope = envelope
    }
}

/// A package that an image holds.
public struct PackageRecord: Hashable, Sendable {
    public var purl: String
    public var ecosystem: String
    public var name: String
    public var version: String
    /// Where it was found, as people read it: `app/package-lock.json:12`, `layer 9f2c… var/lib/dpkg/status`.
    public var place: String

    public init(purl: String, ecosystem: String, name: String, version: String, place: String) {
        self.purl = purl
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
        self.place = place
    }
}

/// An image that was built or met.
public struct ImageRecord: Hashable, Sendable {
    public var digest: Digest
    /// Repository without tag: `shop/cart`.
    public var repository: String
    public var commit: String
    public var owner: String
    public var built: Instant

    public init(digest: Digest, repository: String, commit: String, owner: String, built: Instant) {
        self.digest = digest
        self.repository = repository
        self.commit = commit
        self.owner = owner
        self.built = built
    }
}

/// A workload that an agent applied to an environment, with the images it runs.
public struct DeploymentRecord: Hashable, Sendable {
    public var environment: String
    public var namespace: String
    /// `Deployment/shop`.
    public var workload: String
    /// The container's name in the pod template; each container has its own record.
    public var container: String
    public var image: Digest
    /// The environment repository's commit.
    public var revision: String
    public var deployed: Instant
    /// Nil while it is running.
    public var ended: Instant?

    public init(
        environment: String, namespace: String, workload: String, container: String = "", image: Digest,
        revision: String, deployed: Instant, ended: Instant? = nil
    ) {
        self.environment = environment
        self.namespace = namespace
        self.workload = workload
        self.container = container
        self.image = image
        self.revision = revision
        self.deployed = deployed
        self.ended = ended
    }
}

/// Something that happened, for the audit trail: who did what to which subject, and the verdict.
public struct Event: Hashable, Sendable {
    public var moment: Instant
    public var actor: String
    /// A stable word: `push.refused`, `review.recorded`, `pipeline.finished`, `admission.denied`.
    public var action: String
    public var subject: String
    /// `allow`, `deny` or nil.
    public var verdict: String?
    /// What a person reads, without secrets.
    public var message: String
    /// Further data for pages and programs.
    public var detail: Value

    public init(
        moment: Instant, actor: String, action: String, subject: String, verdict: String? = nil, message: String,
        detail: Value = .null
    ) {
        self.moment = moment
        self.actor = actor
        self.action = action
        self.subject = subject
        self.verdict = verdict
        self.message = message
        self.detail = detail
    }
}

/// The only database: papers, images with their packages, deployments, events and small named states.
/// Everything but named states is appended and never deleted.
public protocol Ledger: Sendable {
    /// Stores the papers of one act in one transaction; a paper that is there already is no error.
    func record(_ papers: [Paper]) async throws(WaybillError)
    /// Papers about a subject, oldest first; nil predicate type means all.
    func papers(about subject: String, predicateType: String?) async throws(WaybillError) -> [Paper]
    func paper(_ id: Digest) async throws(WaybillError) -> Paper?
    /// Papers recorded after a position, with the position to go on from; for caches that follow the ledger.
    func papers(after position: Int64, limit: Int) async throws(WaybillError) -> (papers: [Paper], position: Int64)

    func record(_ image: ImageRecord, packages: [PackageRecord]) async throws(WaybillError)
    func image(_ digest: Digest) async throws(WaybillError) -> ImageRecord?
    func images() async throws(WaybillError) -> [ImageRecord]
    func packages(of image: Digest) async throws(WaybillError) -> [PackageRecord]
    /// Images that hold a package of this name, in milliseconds whatever the number of images.
    func images(holding ecosystem: String, name: String) async throws(WaybillError) -> [(
        image: ImageRecord, package: PackageRecord
    )]

    /// The workload's container runs this image from now on; what it ran before ends at the same moment.
    /// A record with `ended` says that it stopped.
    func record(_ deployment: DeploymentRecord) async throws(WaybillError)
    /// Deployments in an order that people read (environment, namespace, workload, newest first).
    func deployments(runningOnly: Bool) async throws(WaybillError) -> [DeploymentRecord]

    func record(_ event: Event) async throws(WaybillError)
    /// Newest first; nil subject means all.
    func events(about subject: String?, limit: Int) async throws(WaybillError) -> [Event]

    /// A small named state, such as an agent's last applied revision.
    func state(_ name: String) async throws(WaybillError) -> Value?
    func setState(_ name: String, to value: Value?) async throws(WaybillError)
}
