public import Advisories
public import Ledger
public import WaybillCore

/// A folder of advisories, for whoever only asks: no ledger, nothing is written.
public enum AdvisoryFolder {
    /// The present state, mapped.
    public static func index(_ folder: String) throws(WaybillError) -> AdvisoryIndex {
        try AdvisoryStore(folder: folder).load()
    }

    /// What was known at a moment.
    public static func index(_ folder: String, asOf moment: Instant) throws(WaybillError) -> AdvisoryIndex {
        try AdvisoryStore(folder: folder).load(asOf: moment.milliseconds)
    }
}
