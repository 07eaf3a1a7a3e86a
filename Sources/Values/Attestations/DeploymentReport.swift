public import Documents
public import WaybillCore

/// An agent applied a revision to a cluster (`PredicateType.deployment`). The statement's subjects are the environment
/// repository's commit and the images that it runs.
public struct DeploymentReport: Hashable, Sendable {
    public var environment: String
    public var repository: String
    public var revision: String
    /// The digest of the rendered manifests, in the order in which they were applied.
    public var manifests: Digest
    /// What was applied and what was taken away: `Deployment/shop/cart`.
    public var applied: [String]
    public var pruned: [String]
    public var time: Timestamp

    public init(
        environment: String, repository: String, revision: String, manifests: Digest, applied: [String], pruned: [String] = [],
        time: Timestamp
    ) {
        self.environment = environment
        self.repository = repository
        self.revision = revision
        self.manifests = manifests
        self.applied = applied
        self.pruned = pruned
        self.time = time
    }

    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "deployment")
        self.init(
            environment: try reader.requiredString("environment"), repository: try reader.requiredString("repository"),
            revision: try reader.requiredString("revision"), manifests: try Digest(parsing: reader.requiredString("manifests")),
            applied: try reader.strings("applied"), pruned: try reader.strings("pruned"), time: try reader.requiredTime("deployedOn"))
    }

    public var value: Value {
        .members(
            ("environment", .string(environment)), ("repository", .string(repository)), ("revision", .string(revision)),
            ("manifests", .string(manifests.description)), ("applied", .strings(applied)), ("pruned", .strings(pruned)),
            ("deployedOn", .time(time)))
    }
}
