import Documents
public import Kubernetes

/// What an object's status says about it: is it as its specification asks, on the way there, or broken?
public struct ObjectHealth: Hashable, Sendable {
    public enum State: String, Sendable, CaseIterable {
        /// As the specification asks; also for kinds that have nothing to wait for.
        case healthy
        /// Nobody works on it because somebody asked for that.
        case suspended
        /// On its way.
        case progressing
        /// Waits for its finalizers.
        case terminating
        /// Not there.
        case missing
        /// Will not get there without a change.
        case degraded
        /// The object does not say, or says what we do not know.
        case unknown

        /// How much a state weighs among others: the heaviest speaks for all.
        var weight: Int {
            switch self {
            case .healthy: 0
            case .suspended: 1
            case .unknown: 2
            case .progressing: 3
            case .terminating: 4
            case .missing: 5
            case .degraded: 6
            }
        }
    }

    public var state: State
    /// One sentence for people, as it follows the object's name.
    public var message: String

    public init(_ state: State, _ message: String) {
        self.state = state
        self.message = message
    }

    /// Whether what comes after it may go on: healthy, or at rest because somebody wants it so.
    public var isSettled: Bool { state == .healthy || state == .suspended }

    static let inPlace = ObjectHealth(.healthy, "is in place")

    /// Annotations that take an object out of every judgement; the second is what people bring along.
    static let ignoreAnnotations = ["waybill.dev/ignore-health", "argocd.argoproj.io/ignore-healthcheck"]

    /// Judges by the object alone, in this order: a wish to be left out, deletion, the generation that its controller
    /// has seen, the kind's own rule, then the conditions that most controllers write.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970; some states are broken only once they last. Nil takes them for broken.
    ///   - rules: what the owner of the environment says of kinds; they go before those that come along.
    public static func assess(
        _ resource: Resource, now: Int64? = nil, rules: [CustomHealthRule] = []
    ) -> ObjectHealth {
        let annotations = resource.annotations
        if ignoreAnnotations.contains(where: { annotations[$0] == "true" }) {
            return ObjectHealth(.healthy, "asks not to be judged")
        }
        if resource.isBeingDeleted { return terminating(resource) }
        if let observed = resource["status", "observedGeneration"]?.integer, let generation = resource.generation,
            observed < generation
        {
            return ObjectHealth(.progressing, "generation \(generation) has not been observed yet")
        }
        if let rule = rules.first(where: { $0.covers(resource) }) { return rule.assess(resource) }
        if let own = BuiltInHealth.assess(resource, now: now) { return own }
        if let rule = HealthRules.rule(for: resource.objectKind) { return rule.assess(resource) }
        return general(resource)
    }

    private static func terminating(_ resource: Resource) -> ObjectHealth {
        let finalizers = (resource["metadata", "finalizers"]?.array ?? []).compactMap(\.string)
        return ObjectHealth(
            .terminating,
            finalizers.isEmpty
                ? "is being deleted" : "is being deleted and waits for \(finalizers.joined(separator: ", "))"
        )
    }

    /// Kinds that nobody wrote a rule for: the conditions that kstatus reads. Without any there is nothing to wait for.
    static func general(_ resource: Resource) -> ObjectHealth {
        if let condition = resource.condition("Reconciling"), condition.isTrue {
            return ObjectHealth(.progressing, condition.explanation)
        }
        if let condition = resource.condition("Stalled"), condition.isTrue {
            return ObjectHealth(.degraded, condition.explanation)
        }
        for type in ["Ready", "Available", "Succeeded"] {
            guard let condition = resource.condition(type) else { continue }
            if condition.isTrue { return ObjectHealth(.healthy, "is \(type.lowercased())") }
            let isOver = type == "Succeeded" && condition.isFalse
            return ObjectHealth(isOver ? .degraded : .progressing, condition.explanation)
        }
        if let failed = resource.condition("Failed"), failed.isTrue {
            return ObjectHealth(.degraded, failed.explanation)
        }
        return inPlace
    }

    /// The heaviest of many, with its object; nil where there is none.
    public static func worst(_ all: [(key: ObjectKey, health: ObjectHealth)]) -> (key: ObjectKey, health: ObjectHealth)?
    {
        all.max { left, right in
            left.health.state.weight == right.health.state.weight
                ? right.key < left.key : left.health.state.weight < right.health.state.weight
        }
    }
}
