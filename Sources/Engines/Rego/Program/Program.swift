/// A compiled policy with its data, ready to run. Immutable once linked: any number of tasks read it.
final class Program: @unchecked Sendable {
    let nodes: UnsafeBufferPointer<Code.Node>
    let groups: UnsafeBufferPointer<Code.Group>
    /// By group, for messages.
    let names: [String]
    let sites: [Site]
    let data: UnsafePointer<RegoValue>
    let builtins: UnsafeBufferPointer<Builtin>
    private let arena: Arena

    /// A place in a module that something comes from.
    struct Site: Sendable, Hashable {
        enum Kind: Sendable, Hashable { case rule, expression }

        var kind: Kind
        var location: Location
        /// The statement that it is a part of.
        var statement: Location
    }

    init(
        nodes: UnsafeBufferPointer<Code.Node>, groups: UnsafeBufferPointer<Code.Group>, names: [String], sites: [Site],
        data: UnsafePointer<RegoValue>, builtins: UnsafeBufferPointer<Builtin>, arena: Arena
    ) {
        self.nodes = nodes
        self.groups = groups
        self.names = names
        self.sites = sites
        self.data = data
        self.builtins = builtins
        self.arena = arena
    }

    func node(at path: some Sequence<String>) -> Int? {
        var node = DocumentTree.root
        for name in path {
            guard let child = nodes[node].child(.string(name)) else { return nil }
            node = child
        }
        return node
    }
}
