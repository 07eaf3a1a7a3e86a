/// Lets bursts through and bounds the rate over time.
struct TokenBucket: Sendable {
    let capacity: Double
    let perSecond: Double
    private var tokens: Double
    private var last: ContinuousClock.Instant?

    init(capacity: Int, perSecond: Double) {
        self.capacity = Double(max(1, capacity))
        self.perSecond = max(0, perSecond)
        tokens = self.capacity
    }

    /// Takes one token; false when there is none at this moment.
    mutating func take(at now: ContinuousClock.Instant) -> Bool {
        if let last, now > last {
            let seconds = (now - last) / .seconds(1)
            tokens = min(capacity, tokens + seconds * perSecond)
        }
        last = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
