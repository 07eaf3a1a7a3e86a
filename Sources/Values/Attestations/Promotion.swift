public import Documents
public import WaybillCore

/// An image was proposed to an environment (`PredicateType.promotion`). The statement's subject is the image.
public struct Promotion: Hashable, Sendable {
    public var environment: String
    /// The environment that it ran in before; nil for the first.
    public var from: String?
    /// The environment repository and the commit there that names the digest.
    public var repository: String
    public var commit: String
    /// Who asked for it.
    public var actor: String
    public var reason: String?
    public var time: Timestamp

    public init(
        environment: String, from: String? = nil, repository: String, commit: String, actor: String, reason: String? = nil,
        time: Timestamp
    ) {
        self.environment = environment
        self.from = from
        self.repository = repository
        self.commit = commit
        self.actor = actor
        self.reason = reason
        self.time = time
    }

    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "promotion")
        self.init(
            environment: try reader.requiredString("environment"), from: try reader.string("from"),
            repository: try reader.requiredString("repository"), commit: try reader.requiredString("commit"),
            actor: try reader.requiredString("actor"), reason: try reader.string("reason"), time: try reader.requiredTime("promotedOn"))
    }

    public var value: Value {
        .members(
            ("environment", .string(environment)), ("from", from.map(Value.string)), ("repository", .string(repository)),
            ("commit", .string(commit)), ("actor", .string(actor)), ("reason", reason.map(Value.string)), ("promotedOn", .time(time)))
    }
}
