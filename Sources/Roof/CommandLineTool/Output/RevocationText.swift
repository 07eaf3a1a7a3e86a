import AuditService
import Documents
import WaybillCore

/// What runs on something that was revoked, as people and programs read it.
enum RevocationText {
    static func text(_ target: String, _ affected: [RevocationReach.Affected]) -> String {
        let head = "revoked \(target)"
        guard !affected.isEmpty else { return head + "\nnothing that runs rests on it" }
        let rows = affected.map { each in
            [
                each.isIntact ? "✓" : "✗", "\(each.workload) in \(each.namespace)", each.links.joined(separator: ", "),
                each.isIntact ? "signed before; still holds" : "no longer holds",
            ]
        }
        return head + "\n" + Terminal.table(rows)
    }

    static func value(_ target: String, _ affected: [RevocationReach.Affected]) -> Value {
        [
            "revoked": .string(target),
            "running": .array(
                affected.map { each in
                    [
                        "workload": .string(each.workload), "namespace": .string(each.namespace),
                        "environment": .string(each.environment), "image": .string(each.image.description),
                        "links": .array(each.links.map(Value.string)), "intact": .bool(each.isIntact),
                    ]
                }),
        ]
    }
}
