public import WaybillCore

/// What a change of the advisories changed for a version of a package that images hold.
public struct TransitionRecord: Hashable, Sendable {
    public var moment: Instant
    /// The state of the data that it came with.
    public var snapshot: String
    /// `opened`, `changed`, `closed`.
    public var kind: String
    public var advisory: String
    public var ecosystem: String
    public var name: String
    public var version: String
    public var severity: String
    public var fixedVersion: String?
    public var cause: String
    /// How many images hold the version.
    public var images: Int

    public init(
        moment: Instant, snapshot: String, kind: String, advisory: String, ecosystem: String, name: String,
        version: String, severity: String, fixedVersion: String?, cause: String, images: Int
    ) {
        self.moment = moment
        self.snapshot = snapshot
        self.kind = kind
        self.advisory = advisory
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
        self.severity = severity
        self.fixedVersion = fixedVersion
        self.cause = cause
        self.images = images
    }
}

/// A message that must leave the house, written in the transaction of what it tells.
public struct OutboxRecord: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        /// To be sent, not before a moment.
        case due(Instant)
        case delivered(Instant)
        /// Given up, with the last reason.
        case failed(String)
    }

    /// Given by the ledger; zero before.
    public var number: Int64
    /// What the message is about; with the owner and the channel it names the message, which is sent once.
    public var snapshot: String
    public var owner: String
    /// The name of the channel.
    public var channel: String
    public var created: Instant
    public var payload: String
    public var attempts: Int
    public var state: State

    public init(
        number: Int64 = 0, snapshot: String, owner: String, channel: String, created: Instant, payload: String,
        attempts: Int = 0, state: State
    ) {
        self.number = number
        self.snapshot = snapshot
        self.owner = owner
        self.channel = channel
        self.created = created
        self.payload = payload
        self.attempts = attempts
        self.state = state
    }
}

/// Where an image holds a version of a package.
public struct PackageQuestion: Hashable, Sendable {
    public var image: Digest
    /// Without release.
    public var ecosystem: String
    public var name: String
    public var version: String

    public init(image: Digest, ecosystem: String, name: String, version: String) {
        self.image = image
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
    }
}

/// The part of the ledger that monitoring needs beside the rest.
public protocol ExposureLedger: Ledger {
    /// Package lists of images recorded after a position, with the position to go on from.
    func inventories(after position: Int64, limit: Int) async throws(WaybillError) -> (
        images: [(image: ImageRecord, packages: [PackageRecord])], position: Int64
    )

    /// The packages that are asked for, by question; all in one reading.
    func packages(answering questions: [PackageQuestion]) async throws(WaybillError) -> [PackageQuestion:
        [PackageRecord]]

    /// Writes transitions and the messages that tell of them in one transaction. A message that was written before stays.
    func record(_ transitions: [TransitionRecord], messages: [OutboxRecord]) async throws(WaybillError)
    /// Newest first; nil advisory means all.
    func transitions(of advisory: String?, limit: Int) async throws(WaybillError) -> [TransitionRecord]

    /// Messages that are due, the oldest first.
    func dueMessages(at moment: Instant, limit: Int) async throws(WaybillError) -> [OutboxRecord]
    /// Newest first.
    func messages(limit: Int) async throws(WaybillError) -> [OutboxRecord]
    func setState(ofMessage number: Int64, to state: OutboxRecord.State, attempts: Int) async throws(WaybillError)
}
