import WaybillCore

/// Why something changed, in words for people. What is found out about one weakness serves all packages that it is about.
struct TransitionCauses {
    private let old: AdvisoryIndex
    private let new: AdvisoryIndex
    private var openings: [[String]: String] = [:]
    private var closings: [[String]: String] = [:]

    init(_ old: AdvisoryIndex, _ new: AdvisoryIndex) {
        self.old = old
        self.new = new
    }

    mutating func opening(_ state: ExposureState) -> String {
        if let known = openings[state.names] { return known }
        let isKnown = state.names.contains { !old.advisories(named: $0).isEmpty }
        let cause = isKnown ? "the record now covers this version" : "the advisory was published"
        openings[state.names] = cause
        return cause
    }

    mutating func closing(_ state: ExposureState) -> String {
        if let known = closings[state.names] { return known }
        let records = state.names.flatMap { new.advisories(named: $0) }
        let cause =
            records.isEmpty
            ? "the advisory is gone"
            : records.allSatisfy { $0.withdrawn != nil }
                ? "the advisory was withdrawn" : "the record does not cover this version any more"
        closings[state.names] = cause
        return cause
    }

    static func change(_ before: ExposureState, _ after: ExposureState) -> String {
        var parts: [String] = []
        if before.fixedVersion != after.fixedVersion {
            parts.append(after.fixedVersion.map { "it is fixed in \($0)" } ?? "the fix was taken back")
        }
        if before.severity != after.severity {
            parts.append("its severity went from \(before.severity.rawValue) to \(after.severity.rawValue)")
        }
        if before.exploitedSince != after.exploitedSince, after.exploitedSince != nil {
            parts.append("attackers are known to use it")
        }
        if before.names != after.names { parts.append("its names changed") }
        return parts.isEmpty ? "its description changed" : parts.joined(separator: ", ")
    }
}
