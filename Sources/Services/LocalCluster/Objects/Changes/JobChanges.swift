import Documents
import KubernetesAPI

/// What may not change of a job.
enum JobChanges {
    typealias Cause = FieldError

    private static let immutable = "field is immutable"

    static func check(_ job: Value, _ old: Value) -> [Cause] {
        func fixed(_ key: String) -> [Cause] { Validation.fixed(job, old, ["spec", key]) }
        return completions(job["spec"] ?? [:], old["spec"] ?? [:]) + fixed("selector") + template(job, old)
            + fixed("completionMode") + fixed("podFailurePolicy") + fixed("backoffLimitPerIndex")
            + fixed("managedBy") + fixed("successPolicy")
    }

    /// An indexed job may grow and shrink, if its parallelism follows.
    private static func completions(_ spec: Value, _ before: Value) -> [Cause] {
        guard let count = spec["completions"] else {
            guard spec["completionMode"] != "Indexed", before["completions"] != nil else { return [] }
            return [.invalid("spec.completions", .null, immutable)]
        }
        guard count != before["completions"] else { return [] }
        guard spec["completionMode"] == "Indexed" else { return [.invalid("spec.completions", count, immutable)] }
        return count == spec["parallelism"]
            ? [] : [.invalid("spec.completions", count, "can only be modified in tandem with spec.parallelism")]
    }

    /// Where a job's pods go may change while it is suspended and has not started.
    private static func template(_ job: Value, _ old: Value) -> [Cause] {
        let before = old[path: "spec", "template"] ?? [:]
        var template = job[path: "spec", "template"] ?? [:]
        if old[path: "spec", "suspend"]?.bool == true, old[path: "status", "startTime"] == nil {
            for key in ["nodeSelector", "tolerations", "schedulingGates"] {
                template[Pointer(["spec", key])] = before[path: "spec", key]
            }
            for key in ["annotations", "labels"] {
                template[Pointer(["metadata", key])] = before[path: "metadata", key]
            }
            let affinity = Pointer(["spec", "affinity", "nodeAffinity"])
            template[affinity] = before[affinity]
        }
        guard template != before else { return [] }
        return [.invalid("spec.template", GoStructure.value(template, "PodTemplateSpec"), immutable)]
    }
}
