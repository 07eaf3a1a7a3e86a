/// Shapes that many kinds share.
extension HealthRule {
    /// One condition says it all: true is healthy, false is `no`, unknown and missing are on the way.
    static func ready(
        _ type: String = "Ready", no: ObjectHealth.State = .degraded, progressing: [String] = [],
        degraded: [String] = [], suspendedBy: String? = nil, first: [Clause] = []
    ) -> HealthRule {
        var clauses: [Clause] = []
        if let suspendedBy {
            clauses.append(
                .init(tests: [.field(suspendedBy, ["true"])], state: .suspended, message: .text("is suspended")))
        }
        clauses += first
        clauses.append(.init(tests: [.condition(type, [.yes])], state: .healthy, message: .text("is \(word(type))")))
        if !progressing.isEmpty {
            clauses.append(
                .init(
                    tests: [.condition(type, [.no], reasons: progressing)], state: .progressing,
                    message: .condition(type)))
        }
        if !degraded.isEmpty {
            clauses.append(
                .init(
                    tests: [.condition(type, [.no, .unknown], reasons: degraded)], state: .degraded,
                    message: .condition(type)))
        }
        clauses.append(.init(tests: [.condition(type, [.no])], state: no, message: .condition(type)))
        clauses.append(.init(tests: [.condition(type, [.unknown])], state: .progressing, message: .condition(type)))
        return HealthRule(clauses)
    }

    /// All of these conditions must be true; one that is false is degraded.
    static func all(_ types: String..., no: ObjectHealth.State = .degraded) -> HealthRule {
        var clauses = types.map { type in
            Clause(tests: [.condition(type, [.no])], state: no, message: .condition(type))
        }
        clauses += types.map { type in
            Clause(tests: [.condition(type, [.unknown])], state: .progressing, message: .condition(type))
        }
        clauses.append(
            Clause(
                tests: types.map { .condition($0, [.yes]) }, state: .healthy,
                message: .text("is \(types.map { word($0) }.joined(separator: " and "))")))
        return HealthRule(clauses)
    }

    /// A word in a field says it all.
    static func phase(
        _ path: String = "status.phase", healthy: [String], progressing: [String] = [], degraded: [String] = [],
        suspended: [String] = [], message: String? = nil, suspendedBy: String? = nil, first: [Clause] = []
    ) -> HealthRule {
        var clauses: [Clause] = []
        if let suspendedBy {
            clauses.append(
                .init(tests: [.field(suspendedBy, ["true"])], state: .suspended, message: .text("is suspended")))
        }
        clauses += first
        for (words, state) in [
            (healthy, ObjectHealth.State.healthy), (degraded, .degraded), (suspended, .suspended),
            (progressing, .progressing),
        ] where !words.isEmpty {
            if let message, state != .healthy {
                clauses.append(
                    Clause(tests: [.field(path, words), .present(message)], state: state, message: .field(message)))
            }
            clauses.append(Clause(tests: [.field(path, words)], state: state, message: .phase(path)))
        }
        // A word that nobody told us says nothing.
        clauses.append(Clause(tests: [.present(path)], state: .unknown, message: .phase(path)))
        return HealthRule(clauses)
    }

    /// Work that ends: `Succeeded` true, false or not yet known.
    static let run = HealthRule([
        Clause(tests: [.condition("Succeeded", [.yes])], state: .healthy, message: .text("succeeded")),
        Clause(tests: [.condition("Succeeded", [.no])], state: .degraded, message: .condition("Succeeded")),
        Clause(tests: [.condition("Succeeded", [.unknown])], state: .progressing, message: .condition("Succeeded")),
    ])

    /// Kinds that nothing works on: they are what is written.
    static let passive = HealthRule([], otherwise: .healthy, "is in place")

    static func when(_ tests: Test..., is state: ObjectHealth.State, _ message: Message) -> Clause {
        Clause(tests: tests, state: state, message: message)
    }

    private static func word(_ type: String) -> String { type.lowercased() }
}
