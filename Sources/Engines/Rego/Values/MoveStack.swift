/// Values on their way into an array: they are moved, so that nothing is counted twice.
final class MoveStack {
    @exclusivity(unchecked)
    private var memory: UnsafeMutablePointer<RegoValue>
    @exclusivity(unchecked)
    private var capacity: Int
    @exclusivity(unchecked)
    private(set) var count = 0

    init(capacity: Int = 64) {
        self.capacity = capacity
        memory = .allocate(capacity: capacity)
    }

    func append(_ value: RegoValue) {
        if count == capacity { grow() }
        (memory + count).initialize(to: value)
        count += 1
    }

    private func grow() {
        let larger = UnsafeMutablePointer<RegoValue>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: memory, count: count)
        memory.deallocate()
        memory = larger
        capacity *= 2
    }

    /// Takes all from the given place on; in another order where one is given.
    func take(from first: Int, order: [UInt32] = []) -> [RegoValue] {
        let taken = count - first
        let source = memory + first
        count = first
        return Array(unsafeUninitializedCapacity: taken) { buffer, initialized in
            guard let target = buffer.baseAddress else { return }
            if order.isEmpty {
                target.moveInitialize(from: source, count: taken)
            } else {
                for index in 0..<taken {
                    (target + index).moveInitialize(from: source + Int(order[index]), count: 1)
                }
            }
            initialized = taken
        }
    }

    deinit {
        memory.deinitialize(count: count)
        memory.deallocate()
    }
}
