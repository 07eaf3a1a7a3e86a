import Attestations
import Delivery
import Documents
import WaybillCore

/// The board of environments as people and programs read it.
enum BoardReport {
    static func text(_ board: PromotionBoard) -> String {
        var rows: [[String]] = []
        for row in board.rows {
            let verdict = row.verification.map { $0.isPassed ? "verified" : "failed: \($0.message)" } ?? ""
            rows.append([
                row.environment, row.current?.name ?? "-", row.since.map { AppReport.time($0 * 1000) } ?? "", verdict,
            ])
            guard let next = row.next else { continue }
            let closed = row.gates.filter { !$0.isOpen }
            rows.append([
                "", "next \(next.name)", "",
                closed.isEmpty ? "may come" : closed.map(\.message).joined(separator: "; "),
            ])
        }
        return Terminal.table(rows)
    }

    static func value(_ board: PromotionBoard) -> Value {
        .array(
            board.rows.map { row in
                [
                    "environment": .string(row.environment),
                    "release": row.current.map { value($0, runsIn: [row.environment]) } ?? .null,
                    "since": row.since.map { .string(Timestamp(seconds: $0).description) } ?? .null,
                    "verified": row.verification.map { .bool($0.isPassed) } ?? .null,
                    "next": row.next.map { value($0, runsIn: []) } ?? .null, "gates": .array(row.gates.map(value)),
                ]
            })
    }

    static func value(_ release: Release, runsIn environments: [String]) -> Value {
        [
            "id": .string(release.id.description), "project": .string(release.project),
            "commit": .string(release.commit), "created": .string(Timestamp(seconds: release.created).description),
            "images": .object(
                Object(
                    release.images.sorted { $0.key < $1.key }.map {
                        (key: $0.key, value: Value.string($0.value.description))
                    })),
            "environments": .array(environments.map(Value.string)),
        ]
    }

    static func value(_ gate: PromotionGate) -> Value {
        [
            "gate": .string(gate.name), "open": .bool(gate.isOpen), "message": .string(gate.message),
            "opens": gate.opens.map { .string(Timestamp(seconds: $0).description) } ?? .null,
        ]
    }

    static func row(_ gate: PromotionGate) -> [String] { [gate.isOpen ? "open" : "closed", gate.name, gate.message] }
}
