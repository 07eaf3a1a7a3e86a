import Ledger
import WaybillCore

/// What somebody chose when the services were started.
struct PlatformOptions: Sendable {
    /// Where notes and occurrences are; the ledger's own database where nothing is named.
    var ledgerStore = LedgerStoreChoice()
    /// Deployment policies for every namespace; `admission` of the state folder where it is there.
    var admissionPolicies: String?
}
