/// What a template judges with.
public enum ConstraintEngine: String, Sendable, CaseIterable {
    case rego = "Rego"
    /// Expressions of the Common Expression Language, as the API server itself has them in its admission policies.
    case native = "K8sNativeValidation"
}
