import Documents
import Ledger
import WaybillCore

/// Messages in words, for people.
enum MessageText {
    /// One line that says what it is about.
    static func title(_ payload: Value) -> String {
        if let title = payload["title"]?.string { return title }
        let counts = payload["counts"]?.object ?? Object()
        let parts = ["opened", "changed", "closed"].compactMap { kind in
            counts[kind]?.integer.map { "\($0) \(kind)" }
        }
        let worst = payload["transitions"]?[0]?["severity"]?.string ?? "unknown"
        return "Waybill: \(parts.joined(separator: ", ")) (worst: \(worst))"
    }

    static func lines(_ payload: Value) -> [String] {
        var lines = (payload["lines"]?.array ?? []).compactMap(\.string)
        for entry in payload["transitions"]?.array ?? [] {
            func text(_ key: String) -> String { entry[key]?.string ?? "" }
            var line =
                "\(text("severity").uppercased()) \(text("kind")): \(text("advisory"))"
                + " in \(text("package")) \(text("version")) — \(text("cause"))"
            if let fixed = entry["fixedVersion"]?.string { line += "; fixed in \(fixed)" }
            if let since = entry["exploitedSince"]?.string { line += "; attacked since \(since)" }
            let workloads = (entry["workloads"]?.array ?? []).compactMap(\.string)
            if !workloads.isEmpty { line += "; runs in \(workloads.joined(separator: ", "))" }
            lines.append(line)
        }
        if let more = payload["more"]?.integer, more > 0 { lines.append("… and \(more) more") }
        return lines
    }

    static func payload(_ message: OutboxRecord) -> Value { (try? JSONReader.value(from: message.payload)) ?? .null }
}
