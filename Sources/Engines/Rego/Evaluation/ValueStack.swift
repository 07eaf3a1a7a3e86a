/// Values that statements made, for as long as the statements behind them run. Slots point to them.
final class ValueStack {
    @exclusivity(unchecked)
    private var chunks: [UnsafeMutablePointer<RegoValue>] = []
    /// How many there are.
    @exclusivity(unchecked)
    private(set) var mark = 0

    private static let bits = 8
    private static let chunkCount = 1 << bits

    func keep(_ value: RegoValue) -> UnsafePointer<RegoValue> {
        let chunk = mark >> Self.bits
        if chunk == chunks.count { chunks.append(.allocate(capacity: Self.chunkCount)) }
        let place = chunks[chunk] + (mark & (Self.chunkCount - 1))
        place.initialize(to: value)
        mark += 1
        return UnsafePointer(place)
    }

    /// Gives up what was kept since.
    @inline(__always)
    func back(to earlier: Int) { if mark > earlier { drop(earlier) } }

    private func drop(_ earlier: Int) {
        while mark > earlier {
            mark -= 1
            (chunks[mark >> Self.bits] + (mark & (Self.chunkCount - 1))).deinitialize(count: 1)
        }
    }

    deinit {
        drop(0)
        for chunk in chunks { chunk.deallocate() }
    }
}
