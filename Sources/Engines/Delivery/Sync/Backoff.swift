/// How long to wait after failures: longer each time, up to a limit, and not all at the same moment.
public struct Backoff: Hashable, Sendable {
    public var base: Duration
    public var factor: Int
    public var limit: Duration

    public init(base: Duration = .seconds(5), factor: Int = 2, limit: Duration = .seconds(180)) {
        self.base = base
        self.factor = max(factor, 1)
        self.limit = limit
    }

    /// The same name and number give the same wait, 80 to 120 per cent of the doubled base.
    public func delay(after failures: Int, of name: String) -> Duration {
        guard failures > 0 else { return .zero }
        var wait = base
        for _ in 1..<min(failures, 64) where wait < limit { wait = wait * factor }
        wait = min(wait, limit)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 &+ UInt64(failures)
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let share = 80 + Int((hash >> 33) % 41)
        return min(wait * share / 100, limit)
    }
}
