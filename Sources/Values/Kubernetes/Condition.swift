public import Documents

/// One entry of `status.conditions`.
public struct Condition: Hashable, Sendable {
    public var type: String
    /// `True`, `False` or `Unknown`.
    public var status: String
    public var reason: String
    public var message: String

    public init(type: String, status: String, reason: String = "", message: String = "") {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
    }

    /// Nil when the value is not a condition.
    public init?(_ value: Value) {
        guard let type = value["type"]?.string, let status = value["status"]?.string else { return nil }
        self.init(
            type: type, status: status, reason: value["reason"]?.string ?? "", message: value["message"]?.string ?? "")
    }

    public var isTrue: Bool { status == "True" }
    public var isFalse: Bool { status == "False" }

    /// The message, the reason where there is none, what is known where there is neither.
    public var explanation: String {
        if !message.isEmpty { return message }
        return reason.isEmpty ? "\(type) is \(status)" : reason
    }
}

extension Resource {
    public var conditions: [Condition] { (self["status", "conditions"]?.array ?? []).compactMap(Condition.init) }
    public func condition(_ type: String) -> Condition? { conditions.first { $0.type == type } }
}
