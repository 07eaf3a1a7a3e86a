public import Ledger
public import WaybillCore

/// Who asks, and as of when.
public struct LedgerCaller: Hashable, Sendable {
    /// Nil for a caller that showed nothing.
    public var identity: Identity?
    /// How events name a caller that showed nothing, or something that is not known.
    static let nobody = "nobody"

    /// Where the call came from, for the record: `127.0.0.1:51644`.
    public var peer: String
    /// Reads answer as of this moment; nil for now.
    public var moment: Instant?

    public init(identity: Identity?, peer: String = "", moment: Instant? = nil) {
        self.identity = identity
        self.peer = peer
        self.moment = moment
    }
}

/// Where refusals are recorded.
public protocol RefusalRecord: Sendable {
    func record(_ event: Event) async throws(WaybillError)
}

/// The ledger's own events.
public struct LedgerRefusals: RefusalRecord {
    let ledger: any Ledger

    public init(_ ledger: any Ledger) { self.ledger = ledger }

    public func record(_ event: Event) async throws(WaybillError) { try await ledger.record(event) }
}
