import Synchronization
import WaybillCore

/// Lets calls to the doors fail, by a seed: before they did anything, or after they did it.
final class Faults: Sendable {
    private struct State {
        var seed: UInt64
        var isOn = false
        var count = 0
    }

    private let state: Mutex<State>

    init(seed: UInt64 = 0) { state = Mutex(State(seed: seed)) }

    var count: Int { state.withLock { $0.count } }

    func set(on: Bool) { state.withLock { $0.isOn = on } }

    /// One call in eight fails, half of them after their effect.
    func call<T: Sendable>(
        _ name: String, _ body: () async throws(WaybillError) -> T
    ) async throws(WaybillError) -> T {
        let roll = next()
        if roll == 0 { throw WaybillError(.unavailable, "injected before", subject: name) }
        let result = try await body()
        if roll == 1 { throw WaybillError(.unavailable, "injected after", subject: name) }
        return result
    }

    /// The same for a call that does not wait.
    func callNow<T>(_ name: String, _ body: () throws(WaybillError) -> T) throws(WaybillError) -> T {
        let roll = next()
        if roll == 0 { throw WaybillError(.unavailable, "injected before", subject: name) }
        let result = try body()
        if roll == 1 { throw WaybillError(.unavailable, "injected after", subject: name) }
        return result
    }

    private func next() -> UInt64 {
        state.withLock { state in
            guard state.isOn else { return .max }
            state.seed &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state.seed
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            let roll = (mixed ^ (mixed >> 31)) % 16
            if roll < 2 { state.count += 1 }
            return roll
        }
    }
}
