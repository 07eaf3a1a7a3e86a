public import Documents
public import WaybillCore

/// An admission decision (`PredicateType.admission`). The statement's subjects are the images of the object.
public struct AdmissionDecision: Hashable, Sendable {
    public struct Violation: Hashable, Sendable {
        public var rule: String
        public var message: String

        public init(rule: String, message: String) {
            self.rule = rule
            self.message = message
        }
    }

    /// An emergency admit against the verdict.
    public struct Breakglass: Hashable, Sendable {
        public var actor: String
        public var reason: String
        public var expires: Timestamp

        public init(actor: String, reason: String, expires: Timestamp) {
            self.actor = actor
            self.reason = reason
            self.expires = expires
        }
    }

    public var isAllowed: Bool
    /// The request's identifier at the API server.
    public var request: String
    public var namespace: String
    /// `Pod/cart-6f7c`.
    public var object: String
    public var user: String
    /// The digest of the policy by which it was judged.
    public var policy: Digest?
    public var violations: [Violation]
    public var breakglass: Breakglass?
    public var time: Timestamp

    public init(
        isAllowed: Bool, request: String, namespace: String, object: String, user: String, policy: Digest? = nil,
        violations: [Violation] = [], breakglass: Breakglass? = nil, time: Timestamp
    ) {
        self.isAllowed = isAllowed
        self.request = request
        self.namespace = namespace
        self.object = object
        self.user = user
        self.policy = policy
        self.violations = violations
        self.breakglass = breakglass
        self.time = time
    }

    /// An allowed decision with violations and no breakglass contradicts itself and is refused.
    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "admission")
        guard let isAllowed = try reader.bool("allowed") else { throw reader.bad("allowed", "true or false") }
        var violations: [Violation] = []
        for element in try reader.objects("violations") {
            violations.append(Violation(rule: try element.requiredString("rule"), message: try element.requiredString("message")))
        }
        var breakglass: Breakglass?
        if let found = try reader.object("breakglass") {
            breakglass = Breakglass(
                actor: try found.requiredString("actor"), reason: try found.requiredString("reason"),
                expires: try found.requiredTime("expires"))
        }
        guard !isAllowed || violations.isEmpty || breakglass != nil else {
            throw reader.bad("violations", "none where the object is allowed without breakglass")
        }
        var policy: Digest?
        if let text = try reader.string("policy") { policy = try Digest(parsing: text) }
        self.init(
            isAllowed: isAllowed, request: try reader.requiredString("request"), namespace: try reader.string("namespace") ?? "",
            object: try reader.requiredString("object"), user: try reader.requiredString("user"), policy: policy,
            violations: violations, breakglass: breakglass, time: try reader.requiredTime("decidedOn"))
    }

    public var value: Value {
        .members(
            ("allowed", .bool(isAllowed)), ("request", .string(request)), ("namespace", .string(namespace)),
            ("object", .string(object)), ("user", .string(user)), ("policy", policy.map { .string($0.description) }),
            ("violations", .array(violations.map { ["rule": .string($0.rule), "message": .string($0.message)] })),
            (
                "breakglass",
                breakglass.map {
                    ["actor": .string($0.actor), "reason": .string($0.reason), "expires": .time($0.expires)]
                }
            ),
            ("decidedOn", .time(time)))
    }
}
