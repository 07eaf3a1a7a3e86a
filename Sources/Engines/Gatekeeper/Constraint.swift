public import Documents
public import WaybillCore

/// A rule that a team put in force: a template's kind, parameters, and which objects it is about.
public struct Constraint: Sendable {
    public let name: String
    public let kind: String
    public let match: ConstraintMatch
    /// With the template's defaults filled in.
    public let parameters: Value
    public let enforcement: Enforcement
    private let apiVersion: String
    /// Neither the constraint nor the template's defaults say anything.
    private let isWithoutParameters: Bool
    /// `K8sRequiredLabels/all-must-have-owner`
    public var description: String { "\(kind)/\(name)" }

    public static let group = "constraints.gatekeeper.sh"
    /// The API server's limit on names of custom objects' labels.
    static let nameLengthMax = 63

    /// Throws `SchemaViolation` wrapped as `.invalidInput` where the parameters do not fit the template's schema.
    public init(_ value: Value, of template: ConstraintTemplate, file: String) throws(WaybillError) {
        func failure(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: file) }
        let parts = (value["apiVersion"]?.string ?? "").split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == Self.group, let kind = value["kind"]?.string else {
            throw failure("not a constraint")
        }
        guard ["v1", "v1beta1", "v1alpha1"].contains(String(parts[1])) else {
            throw failure("unknown version \(parts[1])")
        }
        guard kind == template.kind else {
            throw failure("the constraint is a \(kind), the template makes \(template.kind)")
        }
        guard let name = value["metadata"]?["name"]?.string, !name.isEmpty else {
            throw failure("“metadata.name” is missing")
        }
        guard name.utf8.count <= Self.nameLengthMax else {
            throw failure("the name has more than \(Self.nameLengthMax) characters")
        }
        self.name = name
        self.kind = kind
        apiVersion = "\(parts[0])/\(parts[1])"
        let specification = value["spec"] ?? .null
        guard specification.isNull || specification.object != nil else { throw failure("“spec” is not an object") }
        for member in specification.object ?? Object() {
            guard ["match", "parameters", "enforcementAction", "scopedEnforcementActions"].contains(member.key) else {
                throw failure("spec: unknown key \(Redaction.excerpt(member.key))")
            }
        }
        match = try ConstraintMatch(specification["match"] ?? .null, file: file)
        enforcement = try Enforcement(specification, file: file)
        let given = specification["parameters"] ?? .null
        if let schema = template.parameters {
            parameters = try schema.accepted(given.isNull ? .object(Object()) : given, file: file)
        } else {
            parameters = given.isNull ? .object(Object()) : given
        }
        isWithoutParameters = given.isNull && parameters.object?.isEmpty != false
    }

    /// As expressions see it.
    var document: Value {
        [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": ["name": .string(name)],
            "spec": isWithoutParameters ? [:] : ["parameters": parameters],
        ]
    }
}

/// What a violation leads to, and where.
public struct Enforcement: Sendable, Hashable {
    public enum Action: String, Sendable, CaseIterable {
        case deny, warn, dryrun
    }

    /// The action at every point that `scoped` does not name; nil where only the named ones count.
    public var action: Action?
    /// Actions by enforcement point: `validation.gatekeeper.sh`, `audit.gatekeeper.sh`, `gator.gatekeeper.sh`, `*`.
    public var scoped: [String: Action] = [:]

    public init(_ action: Action = .deny) { self.action = action }

    init(_ specification: Value, file: String) throws(WaybillError) {
        func action(_ word: String) throws(WaybillError) -> Action {
            guard let action = Action(rawValue: word) else {
                let hint =
                    Spelling.nearest(to: word, among: Action.allCases.map(\.rawValue) + ["scoped"])
                    .map { ", did you mean “\($0)”?" } ?? ""
                throw WaybillError(
                    .invalidInput, "unknown enforcement action \(Redaction.excerpt(word))\(hint)", subject: file)
            }
            return action
        }
        let word = specification["enforcementAction"]?.string ?? "deny"
        guard word.lowercased() == "scoped" else {
            self.action = try action(word.lowercased())
            return
        }
        self.action = nil
        for entry in specification["scopedEnforcementActions"]?.array ?? [] {
            let scopedAction = try action((entry["action"]?.string ?? "").lowercased())
            for point in entry["enforcementPoints"]?.array ?? [] {
                if let name = point["name"]?.string { scoped[name] = scopedAction }
            }
        }
        guard !scoped.isEmpty else {
            throw WaybillError(
                .invalidInput, "enforcementAction is scoped and scopedEnforcementActions names no point", subject: file)
        }
    }

    /// The action at a point; nil where the constraint is not enforced there.
    public func action(at point: String) -> Action? { action ?? scoped[point] ?? scoped["*"] }
}
