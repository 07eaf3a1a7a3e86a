import Synchronization
public import WaybillCore

/// Lets calls to the doors fail, by a seed: before they did anything, or after they did it; and ends the process that
/// makes them at any call.
public final class Faults: Sendable {
    private struct State {
        var random: SeededRandom
        var isOn = false
        var count = 0
        var callsLeft: Int?
        /// One call in so many fails.
        var rarity: UInt64 = 8
    }

    private let state: Mutex<State>

    public init(seed: UInt64 = 0) { state = Mutex(State(random: SeededRandom(seed: seed))) }

    public var count: Int { state.withLock { $0.count } }
    public func set(on: Bool) { state.withLock { $0.isOn = on } }
    public func set(rarity: Int) { state.withLock { $0.rarity = UInt64(max(rarity, 2)) } }

    /// After so many further calls the process is no more: whatever it asks from then on fails.
    public func kill(after calls: Int) { state.withLock { $0.callsLeft = calls } }
    /// Another process begins.
    public func revive() { state.withLock { $0.callsLeft = nil } }

    /// One call in eight fails, half of them after their effect.
    public func call<T: Sendable>(
        _ name: String, _ body: () async throws(WaybillError) -> T
    ) async throws(WaybillError) -> T {
        let fault = next()
        if let fault, fault.isBefore { throw fault.error(name) }
        let result = try await body()
        if let fault { throw fault.error(name) }
        return result
    }

    /// The same for a call that does not wait.
    public func callNow<T>(_ name: String, _ body: () throws(WaybillError) -> T) throws(WaybillError) -> T {
        let fault = next()
        if let fault, fault.isBefore { throw fault.error(name) }
        let result = try body()
        if let fault { throw fault.error(name) }
        return result
    }

    private struct Fault {
        var isBefore: Bool
        var code: WaybillError.Code
        func error(_ name: String) -> WaybillError {
            WaybillError(code, "injected \(isBefore ? "before" : "after")", subject: name)
        }
    }

    /// What a server answers when it is not well: 503, 504, 429, 500, 409.
    private static let codes: [WaybillError.Code] = [
        .unavailable, .unavailable, .timeout, .limitExceeded, .failed, .conflict,
    ]

    private func next() -> Fault? {
        state.withLock { state in
            if let left = state.callsLeft {
                guard left > 0 else { return Fault(isBefore: true, code: .unavailable) }
                state.callsLeft = left - 1
            }
            guard state.isOn else { return nil }
            guard state.random.next(below: state.rarity) == 0 else { return nil }
            state.count += 1
            let code = Self.codes[Int(state.random.next(below: UInt64(Self.codes.count)))]
            return Fault(isBefore: state.random.next(below: 2) == 0, code: code)
        }
    }
}

/// The same numbers from the same seed.
public struct SeededRandom: Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1 }

    public mutating func next(below limit: UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return (mixed ^ (mixed >> 31)) % max(limit, 1)
    }
}
