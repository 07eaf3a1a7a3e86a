public import Documents
public import Ledger
public import WaybillCore

/// What people ask of an environment's applications: written by commands, read by the agent at each round.
public struct AgentOrders: Equatable, Sendable {
    public struct Order: Equatable, Sendable {
        /// Who suspended it and why; nil where it runs.
        public var suspended: String?
        /// When a sync was asked for, milliseconds since 1970.
        public var syncAsked: Int64 = 0
        /// Whether that sync may prune whatever left the repository.
        public var prunes = false

        public init() {}
    }

    /// By application; an environment that is one application has its own name here.
    public var applications: [String: Order] = [:]

    public init() {}

    public static func stateName(of environment: String) -> String { "agent/\(environment)/orders" }

    public init(_ value: Value?) {
        for member in value?["applications"]?.object?.members ?? [] {
            var order = Order()
            order.suspended = member.value["suspended"]?.string
            order.syncAsked = Int64(member.value["syncAsked"]?.integer ?? 0)
            order.prunes = member.value["prunes"]?.bool ?? false
            applications[member.key] = order
        }
    }

    public var value: Value {
        var members = Object()
        for (name, order) in applications.sorted(by: { $0.key < $1.key }) {
            members[name] = [
                "suspended": Value(order.suspended), "syncAsked": .integer(Int(order.syncAsked)),
                "prunes": .bool(order.prunes),
            ]
        }
        return ["applications": .object(members)]
    }

    public static func load(_ environment: String, from ledger: any Ledger) async throws(WaybillError) -> AgentOrders {
        AgentOrders(try await ledger.state(stateName(of: environment)))
    }

    public func save(_ environment: String, to ledger: any Ledger) async throws(WaybillError) {
        try await ledger.setState(Self.stateName(of: environment), to: value)
    }
}
