import Files
import Ledger
import MonitorService
import WaybillCore

/// Opens parts of a state folder for commands that need no running services.
enum OpenState {
    /// The ledger. Throws `.notFound` rather than making an empty one: nothing known is not the same as nothing there.
    static func ledger(_ state: StateFolder) throws(WaybillError) -> SQLiteLedger {
        guard Files.exists(state.ledger) else {
            throw WaybillError(
                .notFound, "there is no ledger in this folder", subject: state.path,
                remedy: "name the folder: --state FOLDER")
        }
        return try SQLiteLedger(path: state.ledger)
    }

    static func monitor(_ state: StateFolder) throws(WaybillError) -> (monitor: MonitorService, ledger: SQLiteLedger) {
        let ledger = try ledger(state)
        return (
            try MonitorService(
                ledger: ledger, folder: state.advisories, channels: try FeedWatcher.channels(state), now: Platform.now),
            ledger
        )
    }
}
