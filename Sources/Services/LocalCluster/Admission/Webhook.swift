import Documents
import Kubernetes

/// One webhook of a configuration.
struct Webhook: Sendable {
    var value: Value
    var configuration: String
    var isMutating: Bool

    var name: String { value["name"]?.string ?? "" }
    /// Anything but the word `Ignore` keeps the gate closed.
    var failsClosed: Bool { value["failurePolicy"]?.string != "Ignore" }
    var timeoutSeconds: Int { min(30, max(1, value["timeoutSeconds"]?.integer ?? 10)) }
    var hasSideEffects: Bool { !["None", "NoneOnDryRun"].contains(value["sideEffects"]?.string ?? "") }
    var isReinvoked: Bool { value["reinvocationPolicy"]?.string == "IfNeeded" }
}
