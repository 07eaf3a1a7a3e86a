public import Documents
public import WaybillCore

/// How an artifact was built (SLSA provenance 1.0, `PredicateType.provenance`): what the builder observed.
public struct Provenance: Hashable, Sendable {
    public var buildType: String
    /// Everything that whoever asked for the build could choose.
    public var externalParameters: Value
    public var internalParameters: Value?
    /// The source commit, base images and whatever else went in.
    public var resolvedDependencies: [ResourceDescriptor]
    /// Which builder, in which mode; trusted only together with the key that signed.
    public var builderID: String
    public var builderVersion: [String: String]
    public var invocationID: String?
    public var started: Timestamp?
    public var finished: Timestamp?
    public var byproducts: [ResourceDescriptor]

    public init(
        buildType: String, externalParameters: Value, internalParameters: Value? = nil,
        resolvedDependencies: [ResourceDescriptor] = [], builderID: String, builderVersion: [String: String] = [:],
        invocationID: String? = nil, started: Timestamp? = nil, finished: Timestamp? = nil, byproducts: [ResourceDescriptor] = []
    ) {
        self.buildType = buildType
        self.externalParameters = externalParameters
        self.internalParameters = internalParameters
        self.resolvedDependencies = resolvedDependencies
        self.builderID = builderID
        self.builderVersion = builderVersion
        self.invocationID = invocationID
        self.started = started
        self.finished = finished
        self.byproducts = byproducts
    }

    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "provenance")
        let definition = try reader.requiredObject("buildDefinition")
        let run = try reader.requiredObject("runDetails")
        let builder = try run.requiredObject("builder")
        let metadata = try run.object("metadata")
        let parameters = try definition.requiredObject("externalParameters")
        self.init(
            buildType: try definition.requiredString("buildType"), externalParameters: parameters.value,
            internalParameters: try definition.object("internalParameters")?.value,
            resolvedDependencies: try ResourceDescriptor.list("resolvedDependencies", in: definition),
            builderID: try builder.requiredString("id"), builderVersion: try builder.digests("version"),
            invocationID: try metadata?.string("invocationId"), started: try metadata?.time("startedOn"),
            finished: try metadata?.time("finishedOn"), byproducts: try ResourceDescriptor.list("byproducts", in: run))
    }

    public var value: Value {
        let metadata = Value.members(
            ("invocationId", invocationID.map(Value.string)), ("startedOn", started.map(Value.time)),
            ("finishedOn", finished.map(Value.time)))
        return .members(
            (
                "buildDefinition",
                .members(
                    ("buildType", .string(buildType)), ("externalParameters", externalParameters),
                    ("internalParameters", internalParameters),
                    ("resolvedDependencies", .array(resolvedDependencies.map(\.value))))
            ),
            (
                "runDetails",
                .members(
                    (
                        "builder",
                        .members(
                            ("id", .string(builderID)), ("version", builderVersion.isEmpty ? nil : .digests(builderVersion)))
                    ),
                    ("metadata", metadata), ("byproducts", byproducts.isEmpty ? nil : .array(byproducts.map(\.value))))
            ))
    }

    /// The commits that went in, by `gitCommit` digest.
    public var commits: [String] { resolvedDependencies.compactMap { $0.digest["gitCommit"] } }
}
