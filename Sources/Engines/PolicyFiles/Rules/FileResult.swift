public import Documents
public import WaybillCore

/// What the rules of one namespace said about one file.
public struct FileResult: Sendable {
    /// A message of a rule.
    public struct Message: Sendable {
        public var text: String
        /// The query that gave it: `data.main.deny`.
        public var query: String
        /// Where it stands: as the policy says, or where the rule read.
        public var location: SourceLocation?
        /// What the policy said beside the message.
        public var metadata: Object
    }

    public var file: String
    public var namespace: String
    public var successes = 0
    public var warnings: [Message] = []
    public var failures: [Message] = []
    public var exceptions: [Message] = []
    /// How each rule was evaluated, where that was asked for.
    public var traces: [Trace] = []

    public struct Trace: Sendable {
        public var query: String
        public var lines: [String]
    }

    public init(file: String, namespace: String) {
        self.file = file
        self.namespace = namespace
    }

    public var total: Int { successes + warnings.count + failures.count + exceptions.count }

    mutating func add(_ other: FileResult) {
        successes += other.successes
        warnings += other.warnings
        failures += other.failures
        exceptions += other.exceptions
        traces += other.traces
    }
}

extension [FileResult] {
    public var failureCount: Int { reduce(0) { $0 + $1.failures.count } }
    public var warningCount: Int { reduce(0) { $0 + $1.warnings.count } }
    public var exceptionCount: Int { reduce(0) { $0 + $1.exceptions.count } }
    public var successCount: Int { reduce(0) { $0 + $1.successes } }
}
