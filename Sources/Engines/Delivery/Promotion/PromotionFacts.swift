public import WaybillCore

/// Everything that is known when it is decided where releases may go.
public struct PromotionFacts: Sendable {
    /// An environment runs a release.
    public struct Placement: Hashable, Sendable {
        public var release: Digest
        public var environment: String
        /// When it came, seconds since 1970.
        public var since: Int64
        /// When something else came; nil while it runs.
        public var until: Int64?

        public init(release: Digest, environment: String, since: Int64, until: Int64? = nil) {
            self.release = release
            self.environment = environment
            self.since = since
            self.until = until
        }
    }

    /// An environment was asked whether a release works there.
    public struct Verification: Hashable, Sendable {
        public var release: Digest
        public var environment: String
        public var isPassed: Bool
        public var time: Int64
        public var message: String

        public init(release: Digest, environment: String, isPassed: Bool, time: Int64, message: String = "") {
            self.release = release
            self.environment = environment
            self.isPassed = isPassed
            self.time = time
            self.message = message
        }
    }

    /// Oldest first.
    public var releases: [Release] = []
    public var placements: [Placement] = []
    public var verifications: [Verification] = []
    /// Orders whose signatures were verified, oldest first.
    public var orders: [ReleaseOrder] = []

    public init() {}

    /// What runs in an environment now.
    public func current(in environment: String) -> Placement? {
        placements.filter { $0.environment == environment && $0.until == nil }.max { $0.since < $1.since }
    }

    /// The last word about a release in an environment.
    public func verification(of release: Digest, in environment: String) -> Verification? {
        verifications.filter { $0.release == release && $0.environment == environment }.max { $0.time < $1.time }
    }
}
