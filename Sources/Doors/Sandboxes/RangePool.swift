import Synchronization

/// Hands every build its own block of users, so that two builds at once cannot touch each other.
final class RangePool: Sendable {
    /// Builds that may run at once.
    static let sizeMax = 64

    private let free: Mutex<[SubordinateRange]>

    init(taken: [SubordinateRange]) {
        free = Mutex(SubordinateRange.free(Self.sizeMax, taken: taken).reversed())
    }

    func take() -> SubordinateRange? { free.withLock { $0.popLast() } }
    func giveBack(_ range: SubordinateRange) { free.withLock { $0.append(range) } }
}
