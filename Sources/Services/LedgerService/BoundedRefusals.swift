import Documents
public import Ledger
import Synchronization
public import WaybillCore

/// Keeps whoever shows no token from filling the ledger: of callers without a name a bounded number of refusals is
/// recorded, and the next one that is says how many were not. Refusals of callers with a name are all recorded.
public final class BoundedRefusals: RefusalRecord {
    private struct Allowance {
        var left: Double
        var moment: Instant?
        var leftOut = 0
    }

    private let record: any RefusalRecord
    private let burst: Double
    private let perSecond: Double
    private let allowance: Mutex<Allowance>

    /// - Parameters:
    ///   - burst: refusals that are recorded at once.
    ///   - perSecond: how many of them come back each second.
    public init(_ record: any RefusalRecord, burst: Int = 100, perSecond: Double = 0.2) {
        self.record = record
        self.burst = Double(max(1, burst))
        self.perSecond = perSecond
        allowance = Mutex(Allowance(left: Double(max(1, burst))))
    }

    public func record(_ event: Event) async throws(WaybillError) {
        guard event.actor == LedgerCaller.nobody else { return try await record.record(event) }
        let leftOut = allowance.withLock { allowance -> Int? in
            let before = allowance.moment ?? event.moment
            let seconds = Double(event.moment.milliseconds - before.milliseconds) / 1000
            allowance.left = min(burst, allowance.left + max(0, seconds) * perSecond)
            allowance.moment = max(before, event.moment)
            guard allowance.left >= 1 else {
                allowance.leftOut += 1
                return nil
            }
            allowance.left -= 1
            defer { allowance.leftOut = 0 }
            return allowance.leftOut
        }
        guard let leftOut else { return }
        var event = event
        if leftOut > 0 {
            event.message += " (\(leftOut) more of callers without a name were not recorded)"
            event.detail["leftOut"] = .integer(leftOut)
        }
        try await record.record(event)
    }
}
