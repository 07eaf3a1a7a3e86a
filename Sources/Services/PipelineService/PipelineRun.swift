public import Documents
public import WaybillCore

/// What one run of the pipeline gave.
public struct PipelineRun: Sendable {
    public var repository: String
    public var commit: String
    /// The image's digest; nil where the build failed.
    public var image: Digest?
    /// `shop@sha256:…`, once it is published.
    public var reference: String?
    public var verdict: Verdict
    public var isolation: String
    /// How long each stage took, in the order in which they ended.
    public var stages: [(name: String, seconds: Double)] = []
    /// The papers that were signed, by predicate type.
    public var papers: [(predicateType: String, envelope: Digest)] = []

    public init(repository: String, commit: String, verdict: Verdict, isolation: String) {
        self.repository = repository
        self.commit = commit
        self.verdict = verdict
        self.isolation = isolation
    }

    /// For the event that ends the run, and for pages.
    public var value: Value {
        [
            "repository": .string(repository), "commit": .string(commit), "image": Value(image?.description),
            "reference": Value(reference), "isolation": .string(isolation), "verdict": verdict.value,
            "stages": .array(stages.map { ["name": .string($0.name), "seconds": .number(Number($0.seconds))] }),
            "papers": .array(
                papers.map {
                    ["predicateType": .string($0.predicateType), "envelope": .string($0.envelope.description)]
                }),
        ]
    }
}
