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

    /// - Parameter isMaking: whether somebody brings something in, so that an empty ledger is a beginning.
    static func monitor(
        _ state: StateFolder, isMaking: Bool = false
    ) throws(WaybillError) -> (monitor: MonitorService, ledger: SQLiteLedger) {
        if isMaking { try state.prepare() }
        let ledger = isMaking ? try SQLiteLedger(path: state.ledger) : try ledger(state)
        return (
            try MonitorService(
                ledger: ledger, folder: state.advisories, channels: try FeedWatcher.channels(state), now: Platform.now),
            ledger
        )
    }
}
