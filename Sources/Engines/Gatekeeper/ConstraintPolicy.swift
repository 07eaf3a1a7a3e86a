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

    /// The violations; empty also where the constraint is not about the object. Throws where it cannot be found out.
    public func violations(
        of review: Review, inventory: Inventory = Inventory(), limits: EvaluationLimits = .standard
    ) throws(WaybillError) -> [ConstraintViolation] {
        guard
            template.operations.isEmpty || template.operations.contains("*")
                || template.operations.contains(review.operation),
            try constraint.match.matches(review, namespaces: inventory.namespaces)
        else { return [] }
        let policy =
            inventory.isEmpty
            ? template.policy
            : template.policy.replacing(regoData: RegoValue(["inventory": .object(inventory.document)]))
        let input: Value = ["parameters": constraint.parameters, "review": review.request]
        let found: [LocatedValue]
        do {
            found =
                try policy.evaluateLocated(
                    rule: template.violationPath, regoInput: RegoValue(input), limits: limits) ?? []
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
