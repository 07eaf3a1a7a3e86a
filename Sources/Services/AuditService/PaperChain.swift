public import WaybillCore

/// One link between a running workload and the people who let it run.
public struct ChainLink: Hashable, Sendable {
    /// What the link shows: `deployed`, `verdict`, `commit`.
    public var name: String
    /// Whether it is there, its signature verifies and it says what it must.
    public var isIntact: Bool
    /// What it says; where it is broken, why.
    public var detail: String
    /// Who signed it.
    public var signer: String
    /// The envelope's digest, for links that are papers.
    public var paper: Digest?

    public init(name: String, isIntact: Bool, detail: String, signer: String = "", paper: Digest? = nil) {
        self.name = name
        self.isIntact = isIntact
        self.detail = detail
        self.signer = signer
        self.paper = paper
    }
}

/// The whole chain from a running workload back to its reviewers, or the part of it behind an image or a commit.
public struct PaperChain: Hashable, Sendable {
    /// Empty where the chain begins at an image or a commit; so are the namespace and the environment.
    public var workload: String
    public var namespace: String
    public var environment: String
    /// Nil where the chain begins at a commit.
    public var image: Digest?
    public var repository: String
    /// The source commit that the chain leads to; empty where it ends before.
    public var commit: String
    /// Milliseconds since 1970; 0 where nothing runs.
    public var runningSince: Int64
    public var links: [ChainLink]

    public init(
        workload: String, namespace: String, environment: String, image: Digest?, repository: String,
        commit: String = "", runningSince: Int64, links: [ChainLink]
    ) {
        self.workload = workload
        self.namespace = namespace
        self.environment = environment
        self.image = image
        self.repository = repository
        self.commit = commit
        self.runningSince = runningSince
        self.links = links
    }

    /// True when every link is; a chain without links is not intact.
    public var isIntact: Bool { !links.isEmpty && links.allSatisfy(\.isIntact) }
}
