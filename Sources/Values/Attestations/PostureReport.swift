public import Documents
public import WaybillCore

/// Posture findings about manifests and build files (`PredicateType.posture`).
public struct PostureReport: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        public var rule: String
        public var severity: Severity
        public var place: String
        public var message: String
        /// Why the finding is accepted, by whom and until when; nil for one that counts.
        public var accepted: String?

        public init(rule: String, severity: Severity, place: String, message: String, accepted: String? = nil) {
            self.rule = rule
            self.severity = severity
            self.place = place
            self.message = message
            self.accepted = accepted
        }
    }

    public enum Outcome: String, Sendable, CaseIterable {
        case passed = "PASSED"
        case failed = "FAILED"
    }

    public var outcome: Outcome
    /// The digest of the rules and exceptions by which it was judged.
    public var policy: Digest?
    public var items: [Item]
    public var time: Timestamp

    public init(outcome: Outcome, policy: Digest? = nil, items: [Item], time: Timestamp) {
        self.outcome = outcome
        self.policy = policy
        self.items = items
        self.time = time
    }

    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "posture")
        var items: [Item] = []
        for element in try reader.objects("findings") {
            items.append(
                Item(
                    rule: try element.requiredString("rule"), severity: try element.word("severity"),
                    place: try element.string("place") ?? "", message: try element.requiredString("message"),
                    accepted: try element.string("accepted")))
        }
        var policy: Digest?
        if let text = try reader.string("policy") { policy = try Digest(parsing: text) }
        self.init(outcome: try reader.word("result"), policy: policy, items: items, time: try reader.requiredTime("checkedOn"))
    }

    public var value: Value {
        .members(
            ("result", .string(outcome.rawValue)), ("policy", policy.map { .string($0.description) }),
            (
                "findings",
                .array(
                    items.map { item in
                        .members(
                            ("rule", .string(item.rule)), ("severity", .string(item.severity.rawValue)),
                            ("place", .string(item.place)), ("message", .string(item.message)),
                            ("accepted", item.accepted.map(Value.string)))
                    })
            ),
            ("checkedOn", .time(time)))
    }
}
