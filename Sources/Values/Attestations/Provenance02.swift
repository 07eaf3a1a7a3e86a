public import Documents
public import WaybillCore

/// How an artifact was built, as older builders say it (SLSA provenance 0.2, `PredicateType.provenance02`).
public struct Provenance02: Hashable, Sendable {
    public var builderID: String
    public var buildType: String
    /// What started the build: `configSource`, `parameters`, `environment`.
    public var invocation: Value?
    public var buildConfig: Value?
    public var materials: [ResourceDescriptor]
    public var invocationID: String?
    public var started: Timestamp?
    public var finished: Timestamp?
    /// The builder's own claims; nobody verified them.
    public var completeness: Value?
    public var isReproducible: Bool?

    public init(
        builderID: String, buildType: String, invocation: Value? = nil, buildConfig: Value? = nil,
        materials: [ResourceDescriptor] = [], invocationID: String? = nil, started: Timestamp? = nil,
        finished: Timestamp? = nil, completeness: Value? = nil, isReproducible: Bool? = nil
    ) {
        self.builderID = builderID
        self.buildType = buildType
        self.invocation = invocation
        self.buildConfig = buildConfig
        self.materials = materials
        self.invocationID = invocationID
        self.started = started
        self.finished = finished
        self.completeness = completeness
        self.isReproducible = isReproducible
    }

    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "provenance")
        let metadata = try reader.object("metadata")
        self.init(
            builderID: try reader.requiredObject("builder").requiredString("id"),
            buildType: try reader.requiredString("buildType"),
            invocation: try reader.object("invocation")?.value, buildConfig: try reader.object("buildConfig")?.value,
            materials: try ResourceDescriptor.list("materials", in: reader),
            invocationID: try metadata?.string("buildInvocationId"), started: try metadata?.time("buildStartedOn"),
            finished: try metadata?.time("buildFinishedOn"), completeness: try metadata?.object("completeness")?.value,
            isReproducible: try metadata?.bool("reproducible"))
    }

    public var value: Value {
        .members(
            ("builder", ["id": .string(builderID)]), ("buildType", .string(buildType)), ("invocation", invocation),
            ("buildConfig", buildConfig),
            (
                "metadata",
                .members(
                    ("buildInvocationId", invocationID.map(Value.string)), ("buildStartedOn", started.map(Value.time)),
                    ("buildFinishedOn", finished.map(Value.time)), ("completeness", completeness),
                    ("reproducible", isReproducible.map(Value.bool)))
            ),
            ("materials", materials.isEmpty ? nil : .array(materials.map(\.value))))
    }

    /// The same facts in the words of version 1.0, so that one set of rules judges both. The invocation is what the
    /// asker chose; the materials are what went in.
    public var modern: Provenance {
        Provenance(
            buildType: buildType, externalParameters: invocation ?? .object(Object()), internalParameters: buildConfig,
            resolvedDependencies: materials.map { material in
                var modern = material
                // Before 1.0 a commit of Git was called by its hash's name.
                if let commit = material.digest["sha1"], material.uri?.utf8.starts(with: "git".utf8) == true {
                    modern.digest["gitCommit"] = commit
                }
                return modern
            },
            builderID: builderID, invocationID: invocationID, started: started, finished: finished)
    }
}
