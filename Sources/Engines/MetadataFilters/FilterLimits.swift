/// What a filter may cost before it is refused.
public struct FilterLimits: Sendable {
    /// UTF-8 bytes of the text.
    public var bytesMax: Int
    /// Parentheses, arguments and indexes inside one another.
    public var depthMax: Int
    /// Nodes of the tree.
    public var nodesMax: Int

    public static let standard = FilterLimits(bytesMax: 32 << 10, depthMax: 32, nodesMax: 4096)

    public init(bytesMax: Int, depthMax: Int, nodesMax: Int) {
        self.bytesMax = bytesMax
        self.depthMax = depthMax
        self.nodesMax = nodesMax
    }
}
