import Advisories
import Documents
import MonitorService
import WaybillCore

/// An exposure as people and programs read it.
enum ExposureText {
    static func lines(_ report: ExposureReport) -> [String] {
        let advisory = report.advisory
        var lines = ["\(advisory.names.joined(separator: ", "))  \(advisory.severity.rawValue)  \(advisory.summary)"]
        for entry in report.entries {
            lines.append(
                "\(entry.workload) in \(entry.namespace) (\(entry.environment)): \(entry.package) \(entry.version)"
                    + " at \(entry.place), image \(entry.repository)@\(entry.image.short), commit \(entry.commit.prefix(10)),"
                    + " owner \(entry.owner), fixed in \(entry.fixedVersion ?? "no version yet")")
        }
        if report.entries.isEmpty { lines.append("no running workload holds it") }
        return lines
    }

    static func value(_ report: ExposureReport) -> Value {
        [
            "advisory": .string(report.advisory.id), "aliases": .array(report.advisory.aliases.map(Value.string)),
            "severity": .string(report.advisory.severity.rawValue), "summary": .string(report.advisory.summary),
            "exposed": .array(
                report.entries.map { entry in
                    [
                        "environment": .string(entry.environment), "namespace": .string(entry.namespace),
                        "workload": .string(entry.workload), "image": .string(entry.image.description),
                        "repository": .string(entry.repository), "package": .string(entry.package),
                        "version": .string(entry.version), "purl": .string(entry.purl), "place": .string(entry.place),
                        "commit": .string(entry.commit), "owner": .string(entry.owner),
                        "fixedVersion": Value(entry.fixedVersion),
                    ]
                }),
            "idleImages": .array(report.idleImages.map { .string($0.description) }),
        ]
    }
}
