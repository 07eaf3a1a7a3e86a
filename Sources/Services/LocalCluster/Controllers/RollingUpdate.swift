import Documents

/// How many pods each replica set of a deployment should have next. Pure.
struct RollingUpdate: Sendable {
    private let wanted: Int
    private let isRecreate: Bool
    private let surge: Int
    private let unavailable: Int

    init(_ deployment: Value) {
        wanted = deployment[path: "spec", "replicas"]?.integer ?? 1
        isRecreate = deployment[path: "spec", "strategy", "type"]?.string == "Recreate"
        let rolling = deployment[path: "spec", "strategy", "rollingUpdate"]
        let surge = Self.share(rolling?["maxSurge"] ?? "25%", of: wanted, roundsUp: true)
        let unavailable = Self.share(rolling?["maxUnavailable"] ?? "25%", of: wanted, roundsUp: false)
        self.surge = surge
        // Nothing would ever move otherwise.
        self.unavailable = surge == 0 && unavailable == 0 ? 1 : unavailable
    }

    /// How many pods there should be, and how many there may be while one set follows the other.
    var desired: Int { wanted }
    var largest: Int { isRecreate ? wanted : wanted + surge }

    /// A number, or a percentage of `whole`.
    static func share(_ value: Value, of whole: Int, roundsUp: Bool) -> Int {
        if let number = value.integer { return max(0, number) }
        guard let text = value.string, text.hasSuffix("%"), let percent = Int(text.dropLast()), percent >= 0 else {
            return 0
        }
        return roundsUp ? (whole * percent + 99) / 100 : whole * percent / 100
    }

    /// The size of a new replica set beside the ones that are there.
    func firstReplicas(others: [Value]) -> Int {
        let old = others.reduce(0) { $0 + ($1[path: "spec", "replicas"]?.integer ?? 0) }
        if isRecreate {
            return old == 0 && others.allSatisfy { ($0[path: "status", "replicas"]?.integer ?? 0) == 0 } ? wanted : 0
        }
        return max(0, min(wanted, wanted + surge - old))
    }

    /// The replica sets that change their size now.
    func plan(current: Value, others: [Value], isPaused: Bool) -> [(set: Value, replicas: Int)] {
        let old = others.filter { ($0[path: "spec", "replicas"]?.integer ?? 0) > 0 }
        let size = current[path: "spec", "replicas"]?.integer ?? 0
        if isPaused || old.isEmpty {
            if isRecreate, others.contains(where: { ($0[path: "status", "replicas"]?.integer ?? 0) > 0 }) { return [] }
            return size == wanted ? [] : [(current, wanted)]
        }
        if isRecreate { return old.map { ($0, 0) } }
        let oldTotal = old.reduce(0) { $0 + ($1[path: "spec", "replicas"]?.integer ?? 0) }
        var changes: [(set: Value, replicas: Int)] = []
        let grown = size > wanted ? wanted : min(wanted, max(size, wanted + surge - oldTotal))
        if grown != size { changes.append((current, grown)) }
        // Old pods go as far as enough others are available; those that are not available themselves go first.
        let available = current[path: "status", "availableReplicas"]?.integer ?? 0
        let floor = wanted - unavailable
        var spare = oldTotal + size - floor - max(0, size - available)
        for set in old where spare > 0 {
            let replicas = set[path: "spec", "replicas"]?.integer ?? 0
            let less = min(replicas, spare)
            spare -= less
            changes.append((set, replicas - less))
        }
        return changes
    }
}
