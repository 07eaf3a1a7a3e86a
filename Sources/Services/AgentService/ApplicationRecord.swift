import Delivery
import GitRepositories
import Kubernetes
import WaybillCore

/// What an agent holds in memory of one application: little enough that thousands fit.
struct ApplicationRecord: Sendable {
    /// What it renders to, without the objects themselves.
    struct Content: Sendable {
        var entry: ApplicationEntry
        /// A revision at which it renders to this.
        var revision: ObjectID
        var inputs: [String: ObjectID?]
        var digest: String
        /// What is wanted of each kept object.
        var wanted: [ObjectKey: String]
        var images: [ImageUse]
        /// The artifact that it was rendered from; nil for the revision's own files.
        var artifact: Digest?
    }

    var state: ApplicationState
    /// What it is held at; nil before the first revision was accepted.
    var content: Content?
    /// Why the newest revision may not be applied; empty when it may.
    var refusal: [Finding] = []
    var condition: ApplicationCondition
    var isWaiting = false
    /// Objects of it are refused, and were not made as they should be.
    var isStuck = false
    /// The sync order that was carried out last.
    var syncDone: Int64 = 0
    var hasSynced = false

    /// Whether its objects must be looked at.
    func needsWork(_ live: [ObjectKey: LiveMark], order: AgentOrders.Order?) -> Bool {
        guard let content else { return false }
        if isWaiting || state.digest != content.digest || (order?.syncAsked ?? 0) > syncDone { return true }
        var kept = 0
        for item in state.inventory {
            guard let wanted = content.wanted[item.key] else {
                // Objects that stay although nobody wants them are looked at once in the life of a process.
                if !hasSynced { return true }
                continue
            }
            kept += 1
            guard let mark = live[item.key], mark.version == item.live, item.desired == wanted else { return true }
        }
        return kept != content.wanted.count
    }
}
