import Documents
import Ledger
import WaybillCore

/// A run of the pipeline as its event tells it. What the event does not say stays empty: it is never guessed.
struct RunReport {
    struct Stage {
        let name: String
        let seconds: String
        /// Hundredths of the longest stage, for the bar.
        let share: Int
    }

    struct PaperLink {
        let name: String
        let predicateType: String
        let link: Link
    }

    let moment: Instant
    let isFinished: Bool
    let message: String
    let verdict: String?
    let image: Digest?
    let reference: String?
    let isolation: String?
    let stages: [Stage]
    let papers: [PaperLink]
    let violations: [Finding]
    let warnings: [Finding]

    /// Nil for an event of another kind.
    init?(_ event: Event) {
        guard event.action == "pipeline.finished" || event.action == "pipeline.failed" else { return nil }
        let detail = event.detail
        moment = event.moment
        isFinished = event.action == "pipeline.finished"
        message = event.message
        verdict = detail["verdict"]?["verdict"]?.string ?? event.verdict
        image = detail["image"]?.string.flatMap { Digest($0) }
        reference = detail["reference"]?.string
        isolation = detail["isolation"]?.string
        stages = Self.stages(detail["stages"]?.array ?? [])
        papers = (detail["papers"]?.array ?? []).compactMap { paper in
            guard let type = paper["predicateType"]?.string,
                let digest = paper["envelope"]?.string.flatMap({ Digest($0) })
            else { return nil }
            return PaperLink(name: PaperRow.name(type), predicateType: type, link: .paper(digest))
        }
        violations = FindingRow.findings(detail["verdict"]?["violations"])
        warnings = FindingRow.findings(detail["verdict"]?["warnings"])
    }

    private static func stages(_ values: [Value]) -> [Stage] {
        let read = values.compactMap { value in
            value["name"]?.string.map { ($0, min(max(value["seconds"]?.number?.double ?? 0, 0), 1e6)) }
        }
        let longest = max(read.map(\.1).max() ?? 0, 0.001)
        return read.map { Stage(name: $0.0, seconds: text($0.1), share: Int($0.1 / longest * 100)) }
    }

    /// Two decimals, without a locale.
    static func text(_ seconds: Double) -> String {
        let hundredths = Int((seconds * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
