/// Bounds on one evaluation. Reaching one ends it with `eval_cancel_error`.
public struct EvaluationLimits: Sendable {
    /// Statements tried.
    public var stepsMax: Int
    /// Bodies, documents and calls inside each other.
    public var depthMax: Int
    /// Bytes of all values that the evaluation makes, whether it keeps them or not.
    public var bytesMax: Int
    /// Asked now and then whether the caller's time is over; nil where it has none.
    public var isOver: (@Sendable () -> Bool)?

    public init(
        stepsMax: Int = 50_000_000, depthMax: Int = 600, bytesMax: Int = 2 << 30,
        isOver: (@Sendable () -> Bool)? = nil
    ) {
        self.stepsMax = stepsMax
        self.depthMax = depthMax
        self.bytesMax = bytesMax
        self.isOver = isOver
    }

    public static let standard = EvaluationLimits()
}

/// What an evaluation sees of the world; a policy alone has neither a clock nor chance.
public struct EvaluationSurroundings: Sendable {
    /// `time.now_ns()`, nanoseconds since 1970.
    public var nowNanoseconds: Int
    /// Random numbers and identifiers follow from it.
    public var seed: UInt64
    /// A builtin's error ends the evaluation instead of leaving its result undefined.
    public var hasStrictErrors: Bool
    /// `opa.runtime().env`
    public var environment: [String: String]
    /// The bytes of a compiled zone file (`Europe/Berlin`), nil where the host has none by that name. Without it only a
    /// short list of zones is known, by today's rules.
    public var zoneFile: (@Sendable (String) -> [UInt8]?)?
    /// The way out to the network; nil, as it is unless the host says otherwise, when there is none.
    public var network: NetworkDoor?

    public init(
        nowNanoseconds: Int = 0, seed: UInt64 = 0, hasStrictErrors: Bool = false, environment: [String: String] = [:],
        zoneFile: (@Sendable (String) -> [UInt8]?)? = nil
    ) {
        self.nowNanoseconds = nowNanoseconds
        self.seed = seed
        self.hasStrictErrors = hasStrictErrors
        self.environment = environment
        self.zoneFile = zoneFile
    }
}
