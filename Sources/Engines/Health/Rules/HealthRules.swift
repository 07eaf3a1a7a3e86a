import Kubernetes

/// The rules of the custom kinds that we know, as data.
enum HealthRules {
    /// By `group/Kind`; `*` stands for every kind of a group.
    static let table: [String: HealthRule] = {
        var table: [String: HealthRule] = [:]
        for family in [
            certificates, flux, argo, crossplane, mesh, gateways, monitoring, serving, pipelines, streaming, databases,
            clusters, secrets, scaling, backups, storage, operators, policies, machines, clouds, delivery, jobs,
        ] {
            for (names, rule) in family {
                for name in names { table[name] = rule }
            }
        }
        return table
    }()

    /// Groups whose every member follows one rule, by the end of their name.
    static let families: [(suffix: String, rule: HealthRule)] = [
        (".upbound.io", managed), (".crossplane.io", managed), (".services.k8s.aws", controllersForAWS),
        (".cnrm.cloud.google.com", configConnector), (".azure.com", serviceOperator),
    ]

    static var count: Int { table.count }

    static func rule(for kind: ObjectKind) -> HealthRule? {
        if let own = table["\(kind.group)/\(kind.kind)"] ?? table["\(kind.group)/*"] { return own }
        return families.first { kind.group.hasSuffix($0.suffix) }?.rule
    }

    typealias Family = [([String], HealthRule)]

    /// `group/Kind` for each kind.
    static func kinds(_ group: String, _ kinds: String...) -> [String] { kinds.map { "\(group)/\($0)" } }
}
