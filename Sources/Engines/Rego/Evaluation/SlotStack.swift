/// Slots say where their values lie; binding one copies nothing.
typealias Slots = UnsafeMutablePointer<UnsafePointer<RegoValue>>

/// The slots of all rules that are being evaluated, one above the other.
final class SlotStack {
    private struct Chunk {
        let memory: UnsafeMutableBufferPointer<UnsafePointer<RegoValue>>
        var used = 0
    }

    @exclusivity(unchecked)
    private var chunks: [Chunk]
    @exclusivity(unchecked)
    private var current = 0
    private let null: UnsafeMutablePointer<RegoValue>
    private static let chunkCount = 1_024

    init() {
        chunks = [Chunk(memory: .allocate(capacity: Self.chunkCount))]
        null = .allocate(capacity: 1)
        null.initialize(to: .null)
    }

    /// Slots that hold null; they are given back by `pop` in the opposite order.
    func push(_ count: Int) -> Slots {
        if chunks[current].memory.count - chunks[current].used < count + 1 { advance(count + 1) }
        guard let base = chunks[current].memory.baseAddress else { preconditionFailure("a chunk without memory") }
        let slots = base + chunks[current].used
        slots.initialize(repeating: UnsafePointer(null), count: count)
        chunks[current].used += count
        return slots
    }

    func pop(_ count: Int) {
        chunks[current].used -= count
        while current > 0, chunks[current].used == 0 { current -= 1 }
    }

    private func advance(_ count: Int) {
        // An empty chunk stays current only at the bottom.
        current += 1
        if current < chunks.count, chunks[current].memory.count < count {
            for chunk in chunks[current...] { chunk.memory.deallocate() }
            chunks.removeSubrange(current...)
        }
        if current == chunks.count {
            chunks.append(Chunk(memory: .allocate(capacity: max(Self.chunkCount, count))))
        }
    }

    deinit {
        for chunk in chunks { chunk.memory.deallocate() }
        null.deallocate()
    }
}
