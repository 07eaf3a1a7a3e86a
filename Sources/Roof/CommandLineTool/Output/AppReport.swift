import AgentService
import Attestations
import Delivery
import Documents
import GitRepositories
import Kubernetes
import WaybillCore

/// Applications as people read them.
enum AppReport {
    static func row(_ application: Value) -> [String] {
        [
            application["name"]?.string ?? "", application["state"]?.string ?? "",
            (application["revision"]?.string).map { String($0.prefix(10)) } ?? "-",
            application["message"]?.string ?? "",
        ]
    }

    static func text(_ condition: Value, _ memory: ApplicationState) -> String {
        var lines = [
            "\(condition["name"]?.string ?? "")  \(condition["state"]?.string ?? "")  \(condition["message"]?.string ?? "")"
        ]
        if let revision = memory.applied { lines.append("applied   \(revision.short)") }
        if let accepted = memory.accepted, accepted != memory.applied { lines.append("accepted  \(accepted.short)") }
        for violation in condition["violations"]?.array ?? [] {
            lines.append("refused   \(violation["message"]?.string ?? "") [\(violation["rule"]?.string ?? "")]")
        }
        for note in (condition["notes"]?.array ?? []).compactMap(\.string) { lines.append("note      \(note)") }
        lines += memory.inventory.map { "object    \($0.key)" }
        return lines.joined(separator: "\n")
    }

    static func time(_ milliseconds: Int64) -> String { Timestamp(seconds: milliseconds / 1000).description }
}

/// A sync plan as people and programs read it.
enum PlanReport {
    static func text(_ plan: SyncPlan) -> String {
        var lines: [String] = []
        let changes = Dictionary(plan.changes.map { ($0.object, $0) }) { first, _ in first }
        for violation in plan.violations { lines.append("refused  \(violation.message)") }
        for stage in plan.stages {
            lines.append("# \(stage.title)")
            for action in stage.actions {
                let report = changes[action.key]
                let reason = action.word == "apply" && report == nil ? "  (is missing)" : ""
                lines.append("\(action.word)  \(action.key)\(reason)")
                for difference in report?.differences ?? [] {
                    lines.append("    \(difference.field): \(short(difference.live)) -> \(short(difference.desired))")
                }
            }
        }
        for rejected in plan.rejected { lines.append("cannot  \(rejected.key): \(rejected.reason)") }
        for kept in plan.kept { lines.append("keep  \(kept.key): \(kept.reason)") }
        if lines.isEmpty { lines.append("\(plan.unchanged.count) objects as the repository says") }
        return lines.joined(separator: "\n")
    }

    static func value(_ plan: SyncPlan) -> Value {
        let changes = Dictionary(plan.changes.map { ($0.object, $0) }) { first, _ in first }
        return [
            "stages": .array(
                plan.stages.map { stage in
                    [
                        "phase": .string(stage.phase.rawValue), "wave": .integer(stage.wave),
                        "tier": .string(stage.tier.title),
                        "actions": .array(
                            stage.actions.map { action in
                                [
                                    "action": .string(action.word), "object": .string(action.key.description),
                                    "fields": .array(
                                        (changes[action.key]?.differences ?? []).map {
                                            [
                                                "field": .string($0.field), "live": $0.live ?? .null,
                                                "desired": $0.desired ?? .null,
                                            ]
                                        }),
                                ]
                            }),
                    ]
                }),
            "unchanged": .integer(plan.unchanged.count),
            "rejected": .array(
                plan.rejected.map { ["object": .string($0.key.description), "reason": .string($0.reason)] }),
            "kept": .array(plan.kept.map { ["object": .string($0.key.description), "reason": .string($0.reason)] }),
            "violations": .array(
                plan.violations.map { ["rule": .string($0.rule), "message": .string($0.message)] }),
        ]
    }

    private static func short(_ value: Value?) -> String {
        guard let value else { return "(none)" }
        let text = JSONWriter.string(value)
        return text.utf8.count > 120 ? text.prefix(117) + "..." : text
    }
}
