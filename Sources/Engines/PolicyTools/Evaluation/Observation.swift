public import Rego

/// What is to be told about an evaluation beside its result.
public struct Observation: Sendable, Hashable {
    /// Which steps; nil for none.
    public var explanation: Explanation?
    /// How often and how long each statement ran.
    public var hasProfile: Bool
    /// Which lines were reached.
    public var hasCoverage: Bool

    public init(explanation: Explanation? = nil, hasProfile: Bool = false, hasCoverage: Bool = false) {
        self.explanation = explanation
        self.hasProfile = hasProfile
        self.hasCoverage = hasCoverage
    }

    /// Nil where nothing is to be told, so that nothing is spent on it.
    func recorder(clock: (@Sendable () -> Int)?) -> EvaluationRecorder? {
        guard explanation != nil || hasProfile || hasCoverage else { return nil }
        return EvaluationRecorder(.init(hasTrace: explanation != nil, clock: hasProfile ? clock : nil))
    }
}
