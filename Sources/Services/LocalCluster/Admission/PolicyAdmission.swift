import CEL
import Documents
import Kubernetes
import KubernetesAPI
import WaybillCore

/// `ValidatingAdmissionPolicy` and `MutatingAdmissionPolicy`, with their bindings.
struct PolicyAdmission: Sendable {
    let store: ObjectStore
    let registry: TypeRegistry
    let authorizer: Authorizer

    private static let group = "admissionregistration.k8s.io"

    private struct Bound {
        var policy: Value
        var binding: Value
        var seen: ResourceType
        var params: [Value]
    }

    /// The policies that are bound to the request, in the order of their names.
    private func bound(_ kind: String, _ review: Review) async throws(APIError) -> [Bound] {
        guard review.type.group != Self.group, !review.type.isVirtual else { return [] }
        var result: [Bound] = []
        let policies = await list("\(kind)admissionpolicies.\(Self.group)")
        guard !policies.isEmpty else { return [] }
        let bindings = await list("\(kind)admissionpolicybindings.\(Self.group)")
        let labels = await NamespaceLabels.of(review, store)
        for policy in policies {
            let rules = MatchRules(policy: policy[path: "spec", "matchConstraints"] ?? [:])
            guard let seen = rules.match(review, namespaceLabels: labels, in: registry) else { continue }
            for binding in bindings where binding[path: "spec", "policyName"]?.string == policy.name {
                if let resources = binding[path: "spec", "matchResources"] {
                    var rules = MatchRules(policy: resources)
                    if rules.rules.isEmpty {
                        let every: Value = [
                            "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*", "*/*"],
                            "operations": [.string(review.operation.rawValue)],
                        ]
                        rules.rules = [every]
                    }
                    guard rules.match(review, namespaceLabels: labels, in: registry) != nil else { continue }
                }
                result.append(
                    Bound(
                        policy: policy, binding: binding, seen: seen,
                        params: try await params(policy, binding, review)))
            }
        }
        return result
    }

    private func list(_ resource: String) async -> [Value] { await store.list(resource) }

    /// What the binding gives the policy to compare with; one null where it asks for nothing.
    private func params(_ policy: Value, _ binding: Value, _ review: Review) async throws(APIError) -> [Value] {
        guard let kind = policy[path: "spec", "paramKind"], let reference = binding[path: "spec", "paramRef"] else {
            return [.null]
        }
        let objectKind = ObjectKind(apiVersion: kind["apiVersion"]?.string ?? "", kind: kind["kind"]?.string ?? "")
        guard let type = registry.type(of: objectKind) else {
            throw .forbidden(
                review.type, review.name,
                "failed to configure policy: failed to find resource referenced by paramKind: '\(objectKind.apiVersion), Kind=\(objectKind.kind)'"
            )
        }
        let namespace = type.isNamespaced ? reference["namespace"]?.string ?? review.namespace : nil
        var found = await store.list(type.qualifiedName, namespace: namespace).map { ObjectAPI.presented($0, type) }
        if let name = reference["name"]?.string, !name.isEmpty {
            found = found.filter { $0.name == name }
        } else if let written = reference["selector"] {
            // A selector that cannot be read chooses nothing, and what is to be done then the binding says.
            let selector = try? LabelSelector(written)
            found = found.filter { object in
                guard let selector, let resource = try? Resource(object) else { return false }
                return selector.matches(resource)
            }
        }
        if found.isEmpty {
            guard reference["parameterNotFoundAction"]?.string == "Allow" else {
                throw .forbidden(
                    review.type, review.name,
                    "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"
                )
            }
        }
        return found
    }

    private func namespace(_ review: Review) async -> Value {
        guard review.type.isNamespaced, !review.namespace.isEmpty else { return .null }
        return await store.get(.init(resource: "namespaces", namespace: "", name: review.namespace)) ?? .null
    }

    // MARK: Validating

    func validate(_ review: Review, _ warnings: inout [String]) async throws(APIError) {
        let policies = try await bound("validating", review)
        guard !policies.isEmpty else { return }
        let namespace = await namespace(review)
        for bound in policies {
            let spec = bound.policy["spec"] ?? [:]
            let failsClosed = spec["failurePolicy"]?.string != "Ignore"
            let actions = (bound.binding[path: "spec", "validationActions"]?.array ?? []).compactMap(\.string)
            for params in bound.params {
                let expressions = PolicyExpressions(
                    review: review, seen: bound.seen, namespace: namespace, params: params, authorizer: authorizer
                ).with(variables: spec["variables"]?.array ?? [])
                guard try expressions.conditions(spec["matchConditions"]?.array ?? [], failsClosed: failsClosed) else {
                    continue
                }
                for rule in spec["validations"]?.array ?? [] {
                    guard let failure = Self.failure(of: rule, expressions, failsClosed) else { continue }
                    let names = "'\(bound.policy.name)' with binding '\(bound.binding.name)'"
                    if actions.contains("Warn") {
                        warnings.append("Validation failed for ValidatingAdmissionPolicy \(names): \(failure.message)")
                    }
                    if actions.contains("Deny") {
                        throw Self.denial(
                            review, "ValidatingAdmissionPolicy \(names) denied request: \(failure.message)",
                            failure.reason, warnings)
                    }
                }
            }
        }
    }

    /// Why a rule does not hold; nil where it does.
    private static func failure(
        of rule: Value, _ expressions: PolicyExpressions, _ failsClosed: Bool
    ) -> (message: String, reason: String)? {
        let text = rule["expression"]?.string ?? ""
        do throws(CELError) {
            if try expressions.evaluate(text) == .bool(true) { return nil }
        } catch {
            guard failsClosed else { return nil }
            return ("expression '\(text)' resulted in error: \(error.message)", "Invalid")
        }
        var message = rule["message"]?.string ?? ""
        if let expression = rule["messageExpression"]?.string, !expression.isEmpty {
            if case .string(let text)? = try? expressions.evaluate(expression), !text.isEmpty, text.utf8.count <= 5120,
                !text.contains("\n")
            {
                message = text
            }
        }
        if message.isEmpty { message = "failed expression: \(text)" }
        return (message, rule["reason"]?.string ?? "Invalid")
    }

    private static func denial(
        _ review: Review, _ message: String, _ reason: String, _ warnings: [String]
    ) -> APIError {
        var error = APIError.forbidden(review.type, review.name, message)
        error.reason = reason
        error.code =
            switch reason {
            case "Forbidden": 403
            case "Unauthorized": 401
            case "RequestEntityTooLarge": 413
            default: 422
            }
        error.details?["causes"] = [["message": .string(message)]]
        error.warnings = warnings
        return error
    }

    // MARK: Mutating

    func mutate(_ review: Review) async throws(APIError) -> Value {
        var review = review
        let policies = try await bound("mutating", review)
        guard !policies.isEmpty, review.object != nil else { return review.object ?? .null }
        let namespace = await namespace(review)
        for bound in policies {
            let spec = bound.policy["spec"] ?? [:]
            let failsClosed = spec["failurePolicy"]?.string != "Ignore"
            for params in bound.params {
                for mutation in spec["mutations"]?.array ?? [] {
                    let expressions = PolicyExpressions(
                        review: review, seen: bound.seen, namespace: namespace, params: params, authorizer: authorizer
                    ).with(variables: spec["variables"]?.array ?? [])
                    guard try expressions.conditions(spec["matchConditions"]?.array ?? [], failsClosed: failsClosed)
                    else { continue }
                    do throws(CELError) {
                        review.object = try Self.mutated(review.object ?? .null, mutation, expressions, review.type)
                    } catch {
                        guard failsClosed else { continue }
                        throw Self.denial(
                            review,
                            "policy '\(bound.policy.name)' with binding '\(bound.binding.name)' denied request: \(error.message)",
                            "Invalid", [])
                    }
                }
            }
        }
        return review.object ?? .null
    }

    private static func mutated(
        _ object: Value, _ mutation: Value, _ expressions: PolicyExpressions, _ type: ResourceType
    ) throws(CELError) -> Value {
        if mutation["patchType"]?.string == "JSONPatch" {
            let result = try expressions.evaluate(mutation["jsonPatch"]?["expression"]?.string ?? "")
            guard let patch = result.json, patch.array != nil else {
                throw CELError("type mismatch: JSONPatchType.op expected a list of JSONPatch")
            }
            do throws(WaybillError) {
                return try JSONPatch(patch).apply(to: object)
            } catch {
                throw CELError("JSON Patch: \(error.message)")
            }
        }
        let result = try expressions.evaluate(mutation["applyConfiguration"]?["expression"]?.string ?? "")
        guard let applied = result.json, applied.object != nil else {
            throw CELError("must evaluate to Object")
        }
        let manager = ManagedFields.Manager("policy", .apply, apiVersion: type.kind.apiVersion)
        guard
            let merged = try? type.ownership.apply(
                applied, to: object, managers: ManagedFields(), as: manager, force: true, time: APITime.now)
        else { throw CELError("apply configuration conflicts") }
        return FieldOwnership.restoringIdentity(of: object, in: merged.object)
    }
}
