import Synchronization

/// How much an agent has worked: what metrics show and what tests hold it to.
public final class AgentCounters: Sendable {
    public struct Values: Hashable, Sendable {
        public var rounds = 0
        public var renders = 0
        public var lists = 0
        public var gets = 0
        public var dryRuns = 0
        public var applies = 0
        public var deletes = 0
        /// Applications whose objects were looked at one by one.
        public var syncs = 0
        public var failures = 0
        public init() {}
    }

    private let state = Mutex(Values())

    public init() {}

    public var values: Values { state.withLock { $0 } }

    func add(_ path: any WritableKeyPath<Values, Int> & Sendable, _ count: Int = 1) {
        state.withLock { $0[keyPath: path] += count }
    }

    /// Prometheus' text form.
    public func text(environment: String) -> String {
        let values = values
        let rows: [(String, Int)] = [
            ("rounds", values.rounds), ("renders", values.renders), ("cluster_lists", values.lists),
            ("cluster_gets", values.gets), ("cluster_dry_runs", values.dryRuns), ("cluster_applies", values.applies),
            ("cluster_deletes", values.deletes), ("syncs", values.syncs), ("failures", values.failures),
        ]
        return rows.map { name, value in
            "# TYPE waybill_agent_\(name)_total counter\nwaybill_agent_\(name)_total{environment=\"\(environment)\"} \(value)\n"
        }.joined()
    }
}
