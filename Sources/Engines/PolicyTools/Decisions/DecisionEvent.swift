public import Documents

/// One decision as it is logged, in OPA's shape.
public struct DecisionEvent: Sendable, Hashable {
    public var labels: [String: String]
    public var decisionIdentifier: String
    /// Revisions of the active bundles by name.
    public var bundles: [String: String]
    /// `shop/authz/allow`; nil for a query.
    public var path: String?
    public var query: String?
    /// Nil where there was none, or where a mask took it away.
    public var input: Value?
    public var result: Value?
    public var error: String?
    /// The caller's address.
    public var requestedBy: String
    /// RFC 3339, in UTC.
    public var timestamp: String
    public var metrics: Object
    /// What masks took out and what they wrote.
    public var erased: [String] = []
    public var masked: [String] = []

    public init(
        labels: [String: String], decisionIdentifier: String, bundles: [String: String], path: String?, query: String?,
        input: Value?, result: Value?, error: String? = nil, requestedBy: String, timestamp: String, metrics: Object
    ) {
        self.labels = labels
        self.decisionIdentifier = decisionIdentifier
        self.bundles = bundles
        self.path = path
        self.query = query
        self.input = input
        self.result = result
        self.error = error
        self.requestedBy = requestedBy
        self.timestamp = timestamp
        self.metrics = metrics
    }

    public var value: Value {
        func object(_ texts: [String: String]) -> Value {
            .object(
                Object(texts.sorted { $0.key.precedesByBytes($1.key) }.map { (key: $0.key, value: .string($0.value)) }))
        }
        var event: Object = ["labels": object(labels), "decision_id": .string(decisionIdentifier)]
        if !bundles.isEmpty {
            event["bundles"] = .object(
                Object(
                    bundles.sorted { $0.key.precedesByBytes($1.key) }.map {
                        (key: $0.key, value: ["revision": .string($0.value)])
                    }))
        }
        if let path { event["path"] = .string(path) }
        if let query { event["query"] = .string(query) }
        event["input"] = input
        event["result"] = result
        if let error { event["error"] = ["message": .string(error)] }
        if !erased.isEmpty { event["erased"] = .array(erased.map(Value.string)) }
        if !masked.isEmpty { event["masked"] = .array(masked.map(Value.string)) }
        event["requested_by"] = .string(requestedBy)
        event["timestamp"] = .string(timestamp)
        if !metrics.isEmpty { event["metrics"] = .object(metrics) }
        return .object(event)
    }
}
