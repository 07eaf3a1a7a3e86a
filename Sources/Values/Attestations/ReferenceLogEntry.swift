public import Documents
public import WaybillCore

/// A reference of a repository moved (`PredicateType.referenceMove`): an entry of the repository's signed log. The
/// statement's subject is the new commit.
public struct ReferenceLogEntry: Hashable, Sendable {
    public var repository: String
    public var reference: String
    /// Nil when the reference was created.
    public var old: String?
    /// Nil when the reference was deleted.
    public var new: String?
    /// The entry's position in the repository's log, counted from 1.
    public var number: Int
    /// The digest of the entry before, nil for the first: an entry that is taken away or swapped is seen.
    public var previous: Digest?
    /// Who asked for it.
    public var actor: String
    public var time: Timestamp
    /// The change that was merged; nil for a move that a push made.
    public var change: Int?
    /// How many commits the move brought.
    public var commits: Int
    /// Whose signatures the commits bear.
    public var signers: [String]
    /// The envelopes of the reviews that the move rested on.
    public var reviews: [Digest]

    public init(
        repository: String, reference: String, old: String?, new: String?, number: Int, previous: Digest?,
        actor: String, time: Timestamp, change: Int? = nil, commits: Int = 0, signers: [String] = [],
        reviews: [Digest] = []
    ) {
        self.repository = repository
        self.reference = reference
        self.old = old
        self.new = new
        self.number = number
        self.previous = previous
        self.actor = actor
        self.time = time
        self.change = change
        self.commits = commits
        self.signers = signers
        self.reviews = reviews
    }

    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "reference move")
        guard let number = reader.member("number")?.integer, number > 0 else {
            throw reader.bad("number", "a whole number from 1")
        }
        var previous: Digest?
        if let text = try reader.string("previous") { previous = try Digest(parsing: text) }
        var reviews: [Digest] = []
        for text in try reader.strings("reviews") { reviews.append(try Digest(parsing: text)) }
        self.init(
            repository: try reader.requiredString("repository"), reference: try reader.requiredString("reference"),
            old: try reader.string("old"), new: try reader.string("new"), number: number, previous: previous,
            actor: try reader.requiredString("actor"), time: try reader.requiredTime("movedOn"),
            change: try reader.integer("change"), commits: try reader.integer("commits") ?? 0,
            signers: try reader.strings("signers"), reviews: reviews)
    }

    public var value: Value {
        .members(
            ("repository", .string(repository)), ("reference", .string(reference)), ("old", old.map(Value.string)),
            ("new", new.map(Value.string)), ("number", .integer(number)),
            ("previous", previous.map { .string($0.description) }),
            ("actor", .string(actor)), ("movedOn", .time(time)), ("change", change.map(Value.integer)),
            ("commits", .integer(commits)), ("signers", .array(signers.map(Value.string))),
            ("reviews", .array(reviews.map { .string($0.description) })))
    }
}
