public import WaybillCore

/// A finding that somebody has accepted: who, why, and until when.
public struct CheckException: Sendable, Hashable {
    /// A rule's id, one of its aliases, or an advisory's id.
    public var rule: String
    /// Where it holds: a glob over the file or the object, `**` for every depth. Nil for everywhere.
    public var place: String?
    public var owner: String
    public var reason: String
    /// Seconds since 1970; from then on the exception counts as absent.
    public var expires: Int

    public init(rule: String, place: String? = nil, owner: String, reason: String, expires: Int) {
        self.rule = rule
        self.place = place
        self.owner = owner
        self.reason = reason
        self.expires = expires
    }

    public func covers(_ finding: Finding) -> Bool {
        guard rule == finding.rule || finding.aliases.contains(rule) else { return false }
        guard let place else { return true }
        return [finding.place.location?.file, finding.place.object, finding.place.package].contains { text in
            text.map { Glob(place).matches($0) } ?? false
        }
    }
}

/// Findings after the exceptions were applied.
public struct ExceptionResult: Sendable {
    /// What counts.
    public var open: [Finding]
    /// What somebody accepted.
    public var accepted: [(finding: Finding, exception: CheckException)]
    /// Exceptions that cover something and have run out: their findings count again.
    public var expired: [CheckException]
    /// Exceptions that cover nothing: they can go.
    public var unused: [CheckException]

    /// - Parameter now: seconds since 1970.
    public init(_ findings: [Finding], exceptions: [CheckException], now: Int) {
        open = []
        accepted = []
        var used: Set<CheckException> = []
        for finding in findings {
            let covering = exceptions.filter { $0.covers(finding) }
            used.formUnion(covering)
            if let valid = covering.first(where: { $0.expires > now }) {
                accepted.append((finding, valid))
            } else {
                open.append(finding)
            }
        }
        expired = exceptions.filter { used.contains($0) && $0.expires <= now }
        unused = exceptions.filter { !used.contains($0) }
    }
}
