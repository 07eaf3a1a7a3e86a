import Documents

/// Runs the loops that make the cluster's state follow what its objects ask for.
struct Controllers: Sendable {
    let client: ClusterClient

    func run(with node: Node) async {}
}
