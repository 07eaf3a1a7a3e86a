/// The slots of all rules that are being evaluated, one above the other.
final class SlotStack {
    private struct Chunk {
        let memory: UnsafeMutableBufferPointer<RegoValue>
        var used = 0
    }

    private var chunks: [Chunk]
    private var current = 0
    private static let chunkCount = 512

    init() { chunks = [Chunk(memory: .allocate(capacity: Self.chunkCount))] }

    /// Slots that hold null; they are given back by `pop` in the opposite order.
    func push(_ count: Int) -> UnsafeMutablePointer<RegoValue> {
        if chunks[current].memory.count - chunks[current].used < count + 1 { advance(count + 1) }
        guard let base = chunks[current].memory.baseAddress else { preconditionFailure("a chunk without memory") }
        let slots = base + chunks[current].used
        slots.initialize(repeating: .null, count: count)
        chunks[current].used += count
        return slots
    }

    func pop(_ slots: UnsafeMutablePointer<RegoValue>, _ count: Int) {
        slots.deinitialize(count: count)
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
        // Everything was popped: an evaluation that throws unwinds too.
        for chunk in chunks { chunk.memory.deallocate() }
    }
}
