/// A compiled policy with its data, ready to run. Immutable once linked: any number of tasks read it.
///
/// It only points into its arena, so that handing it on counts no references: tasks that evaluate the same policy would
/// otherwise wait for each other's counts. Whoever runs it keeps the arena.
struct Program: @unchecked Sendable {
    let nodes: UnsafeBufferPointer<Code.Node>
    let groups: UnsafeBufferPointer<Code.Group>
    /// By group, for messages.
    let names: UnsafeBufferPointer<String>
    let sites: UnsafeBufferPointer<Site>
    let data: UnsafePointer<RegoValue>
    let builtins: UnsafeBufferPointer<Builtin>

    /// A place in a module that something comes from.
    struct Site: Sendable, Hashable {
        enum Kind: Sendable, Hashable { case rule, expression }

        var kind: Kind
        var location: Location
        /// The statement that it is a part of.
        var statement: Location
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
