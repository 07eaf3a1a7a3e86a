public import WaybillCore

/// Content of a store, piece by piece: never whole in memory.
public struct BlobStream: AsyncSequence, Sendable {
    public typealias Element = [UInt8]

    let store: any BlobStore
    let digest: Digest
    let range: Range<Int>

    /// How many bytes come.
    public var count: Int { range.count }

    public struct AsyncIterator: AsyncIteratorProtocol {
        let stream: BlobStream
        var position: Int

        public mutating func next() async throws -> [UInt8]? {
            guard position < stream.range.upperBound else { return nil }
            let count = Swift.min(BlobLimits.pieceBytes, stream.range.upperBound - position)
            let piece = try await stream.store.read(stream.digest, from: position, count: count)
            guard !piece.isEmpty else {
                throw WaybillError(.corrupted, "the content is shorter than it was", subject: stream.digest.description)
            }
            position += piece.count
            return piece
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self, position: range.lowerBound) }
}
