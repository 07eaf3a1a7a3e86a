public import Documents
public import Rego
public import WaybillCore

/// A template with one of its constraints, ready to judge objects.
public struct ConstraintPolicy: Sendable {
    public let template: ConstraintTemplate
    public let constraint: Constraint

    public init(_ template: ConstraintTemplate, _ constraint: Constraint) {
        self.template = template
        self.constraint = constraint
    }

    /// The violations; empty also where the constraint is not about the object. Throws where it cannot be found out, and
    /// where the template has not the engine. Without one the template's first judges.
    public func violations(
        of review: Review, inventory: Inventory = Inventory(), limits: EvaluationLimits = .standard,
        engine: ConstraintEngine? = nil
    ) throws(WaybillError) -> [ConstraintViolation] {
        guard
            template.operations.isEmpty || template.operations.contains("*")
                || template.operations.contains(review.operation),
            try constraint.match.matches(review, namespaces: inventory.namespaces)
        else { return [] }
        switch engine ?? template.engines.first {
        case .rego:
            guard let rules = template.rego else { throw missing(.rego) }
            return try violations(of: review, rules, inventory, limits)
        case .native, nil:
            switch template.native {
            case .absent: throw missing(.native)
            case .wrong(let error): throw error
            case .rules(let rules): return violations(of: review, rules, inventory)
            }
        }
    }

    private func missing(_ engine: ConstraintEngine) -> WaybillError {
        WaybillError(.unsupported, "the template has no rules for \(engine.rawValue)", subject: template.name)
    }

    private func violations(
        of review: Review, _ rules: NativeValidation, _ inventory: Inventory
    ) -> [ConstraintViolation] {
        let namespace = review.request["namespace"]?.string ?? ""
        let circumstances = NativeValidation.Circumstances(
            constraint: constraint.document,
            namespace: inventory.namespace(namespace) ?? .null)
        return rules.messages(for: review.request, in: circumstances).map { message in
            ConstraintViolation(
                constraint: constraint.description, enforcement: constraint.enforcement, message: message,
                details: nil, places: [])
        }
    }

    private func violations(
        of review: Review, _ rules: ConstraintTemplate.RegoRules, _ inventory: Inventory, _ limits: EvaluationLimits
    ) throws(WaybillError) -> [ConstraintViolation] {
        let policy =
            inventory.isEmpty
            ? rules.policy
            : rules.policy.replacing(regoData: RegoValue(["inventory": .object(inventory.document)]))
        let input: Value = ["parameters": constraint.parameters, "review": review.request]
        let found: [LocatedValue]
        do {
            found =
                try policy.evaluateLocated(
                    rule: rules.violationPath, regoInput: RegoValue(input), limits: limits) ?? []
        } catch {
            throw WaybillError(.failed, "the policy cannot be evaluated: \(error)", subject: constraint.description)
        }
        var violations: [ConstraintViolation] = []
        for each in found {
            guard let message = each.value["msg"]?.string else {
                throw WaybillError(
                    .invalidInput, "a violation has no “msg”: \(Redaction.excerpt(each.value.description))",
                    subject: constraint.description)
            }
            violations.append(
                ConstraintViolation(
                    constraint: constraint.description, enforcement: constraint.enforcement, message: message,
                    details: each.value["details"]?.document,
                    // Places are in the input; what people wrote is the object in it.
                    places: each.places.filter { $0.tokens.starts(with: ["review", "object"]) }
                        .map { Pointer(Array($0.tokens.dropFirst(2))) }))
        }
        return violations
    }
}

/// One thing that a constraint found.
public struct ConstraintViolation: Sendable, Hashable {
    /// `K8sRequiredLabels/all-must-have-owner`
    public var constraint: String
    public var enforcement: Enforcement
    public var message: String
    public var details: Value?
    /// Where in the object, the most telling first.
    public var places: [Pointer]
}
