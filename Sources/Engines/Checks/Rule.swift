public import WaybillCore

/// A rule that people can list, read and make exceptions of.
public struct RuleDescription: Sendable, Hashable {
    /// `WB-K8S-001`: stable for ever.
    public var id: String
    public var title: String
    public var severity: Severity
    /// What can go wrong.
    public var why: String
    /// The shortest way to put it right.
    public var remedy: String
    public var kind: Finding.Kind
    /// What other tools call it.
    public var aliases: [String]
}

/// A rule with its check. `Subject` is what it looks at.
struct Rule<Subject>: Sendable {
    var description: RuleDescription
    var check: @Sendable (Subject) -> [RuleHit]

    init(
        _ id: String, _ severity: Severity, _ kind: Finding.Kind, _ title: String, why: String, remedy: String,
        aliases: [String] = [],
        check: @escaping @Sendable (Subject) -> [RuleHit]
    ) {
        description = RuleDescription(
            id: id, title: title, severity: severity, why: why, remedy: remedy, kind: kind, aliases: aliases)
        self.check = check
    }
}

/// Where a rule applies.
struct RuleHit: Sendable {
    var place: Place
    /// What was seen.
    var evidence: String
}

extension RuleDescription {
    func finding(_ hit: RuleHit) -> Finding {
        Finding(
            rule: id, kind: kind, severity: severity, message: title, place: hit.place, aliases: aliases,
            evidence: hit.evidence,
            remedy: remedy)
    }
}

/// Every rule that Waybill knows.
public enum RuleTable {
    public static var all: [RuleDescription] {
        ManifestRules.all.map(\.description) + ManifestRules.acrossObjects.map(\.description)
            + DockerfileRules.all.map(\.description)
            + ImageRules.all.map(\.description)
    }

    public static func rule(_ id: String) -> RuleDescription? { all.first { $0.id == id || $0.aliases.contains(id) } }
}
