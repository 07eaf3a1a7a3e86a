import Documents
import Kubernetes
import KubernetesAPI

/// The status of an apply that other managers stand against, worded as the real server does.
enum ApplyConflictStatus {
    static func error(for conflict: ApplyConflict) -> APIError {
        let causes = conflict.fields.map { field in
            APIError.Cause(
                reason: "FieldManagerConflict", message: "conflict with \(described(field.manager))", field: field.path)
        }
        let count = causes.count
        var message = "Apply failed with \(count) \(count == 1 ? "conflict" : "conflicts"): "
        if let only = conflict.fields.first, count == 1 {
            message += "conflict with \(described(only.manager)): \(only.path)"
        } else {
            var managers: [String] = []
            for field in conflict.fields where !managers.contains(described(field.manager)) {
                managers.append(described(field.manager))
            }
            message += managers.map { manager in
                let paths = conflict.fields.filter { described($0.manager) == manager }.map { "- \($0.path)" }
                return "conflicts with \(manager):\n" + paths.joined(separator: "\n")
            }.joined(separator: "\n")
        }
        var details = Object()
        details["causes"] = .array(causes.map(\.value))
        return APIError(code: 409, reason: "Conflict", message: message, details: details)
    }

    private static func described(_ manager: ManagedFields.Manager) -> String {
        var text = "\"\(manager.name)\""
        if !manager.subresource.isEmpty { text += " with subresource \"\(manager.subresource)\"" }
        if manager.operation == .update { text += " using \(manager.apiVersion)" }
        return text
    }
}
