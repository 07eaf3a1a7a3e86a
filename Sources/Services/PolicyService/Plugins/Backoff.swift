/// How long to wait before asking again.
struct Backoff: Sendable {
    let minimumSeconds: Int
    let maximumSeconds: Int

    /// Never faster than this after a failure, however short the period is.
    static let failureSecondsMin = 0.5

    /// After success a time within the period, so that many servers do not ask at once; after failures a time that
    /// doubles, up to the period's end. `chance` is from 0 to 1.
    func seconds(failures: Int, chance: Double) -> Double {
        let (low, high) = (Double(minimumSeconds), Double(maximumSeconds))
        guard failures > 0 else { return low + (high - low) * chance }
        let bound = max(Self.failureSecondsMin, high)
        var delay = Self.failureSecondsMin
        for _ in 1..<min(failures, 32) { delay = min(bound, delay * 2) }
        // Half of it is by chance.
        return min(bound, delay / 2 + delay / 2 * chance)
    }
}
