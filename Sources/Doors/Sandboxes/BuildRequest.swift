public import WaybillCore

/// What to build, from what, and how much it may take.
public struct BuildRequest: Sendable {
    /// The folder that `COPY` reads. It is copied first: the build sees it as it was when it began.
    public var context: String
    /// The build file's path below the context.
    public var containerfile: String
    /// The stage to build; the last one where nil.
    public var target: String?
    public var arguments: [String: String]
    public var labels: [String: String]
    /// The images that `FROM` and `COPY --from` may name. Nothing is pulled: any other name fails the build.
    public var baseImages: [BaseImageSource]
    public var limits: ResourceLimits
    /// Where the OCI image layout is put; the folder must not exist yet.
    public var output: String
    /// Texts that must not show in the log.
    public var secrets: [String]

    public init(
        context: String, containerfile: String = "Containerfile", target: String? = nil,
        arguments: [String: String] = [:], labels: [String: String] = [:], baseImages: [BaseImageSource] = [],
        limits: ResourceLimits = .standard, output: String, secrets: [String] = []
    ) {
        self.context = context
        self.containerfile = containerfile
        self.target = target
        self.arguments = arguments
        self.labels = labels
        self.baseImages = baseImages
        self.limits = limits
        self.output = output
        self.secrets = secrets
    }
}

/// A name that a build file uses and the image that it stands for.
public struct BaseImageSource: Hashable, Sendable {
    /// As `FROM` writes it: `registry.example/base:1`, `base@sha256:…`.
    public var name: String
    public var image: LocalImage

    public init(name: String, image: LocalImage) {
        self.name = name
        self.image = image
    }
}

/// The named bounds of a build or a command.
public struct ResourceLimits: Hashable, Sendable {
    public var memoryBytes: Int
    /// In thousandths of one processor.
    public var processorMillis: Int
    public var processes: Int
    public var timeout: Duration
    /// Bytes of log that are taken before the build is ended.
    public var logBytesMax: Int

    public init(
        memoryBytes: Int = 1 << 30, processorMillis: Int = 2000, processes: Int = 512,
        timeout: Duration = .seconds(600), logBytesMax: Int = 8 << 20
    ) {
        self.memoryBytes = memoryBytes
        self.processorMillis = processorMillis
        self.processes = processes
        self.timeout = timeout
        self.logBytesMax = logBytesMax
    }

    public static let standard = ResourceLimits()
}

/// What a build gave, with what the builder observed for the provenance.
public struct BuildOutcome: Sendable {
    public enum Result: Sendable, Hashable {
        case built(LocalImage)
        /// A step failed; the last lines of the log say which.
        case failed(reason: String)
    }

    public var result: Result
    /// The digests that the given names stood for.
    public var baseImages: [BaseImageSource]
    public var isolation: IsolationReport
    /// Seconds since 1970, by the sandbox's clock.
    public var started: Int
    public var finished: Int
    /// What the steps printed, its end where it is long, secrets replaced.
    public var log: String

    /// The image, or the failed step as an error.
    public func image() throws(WaybillError) -> LocalImage {
        switch result {
        case .built(let image): return image
        case .failed(let reason):
            throw WaybillError(.failed, reason, subject: "image build", remedy: "read the build's log")
        }
    }
}
