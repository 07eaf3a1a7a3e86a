import Documents

/// Where a resource comes from and what changed it, for those who ask with `buildMetadata`.
struct BuildRecord {
    /// The file that holds the resource, or the kustomization and generator that made it.
    var origin: Value?
    var transformations: [Value] = []
}
