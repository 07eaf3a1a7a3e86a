import CEL
import Documents
import Kubernetes
import KubernetesAPI

/// The expressions of admission: what they may name, and what those names mean for one request.
struct PolicyExpressions: Sendable {
    static let names: [String: CELType] = [
        "object": .any, "oldObject": .any, "request": .any, "params": .any, "namespaceObject": .any,
        "variables": .any, "authorizer": .any,
    ]
    /// What conditions of webhooks may name.
    static let conditionNames: [String: CELType] = [
        "object": .any, "oldObject": .any, "request": .any, "authorizer": .any,
    ]

    private let review: Review
    private let values: [String: CELValue]

    init(review: Review, seen: ResourceType, namespace: Value, params: Value = .null, authorizer: Authorizer) {
        self.review = review
        var values: [String: CELValue] = [:]
        let request = review.request(uid: Review.newUID(), as: seen)
        values["object"] = CELValue(request["object"] ?? .null)
        values["oldObject"] = CELValue(request["oldObject"] ?? .null)
        var shown = request
        shown["object"] = nil
        shown["oldObject"] = nil
        values["request"] = CELValue(shown)
        values["params"] = CELValue(params)
        values["namespaceObject"] = CELValue(namespace)
        values["authorizer"] = .host(AccessExpression(snapshot: authorizer.snapshot, user: review.user))
        self.values = values
    }

    /// With the policy's own variables, each computed once, when it is first asked for.
    func with(variables: [Value]) -> PolicyExpressions {
        var copy = values
        copy["variables"] = .host(
            PolicyVariables(
                variables.compactMap { variable in
                    guard let name = variable["name"]?.string, let text = variable["expression"]?.string else {
                        return nil
                    }
                    return (name, text)
                }, values: values))
        return PolicyExpressions(review: review, values: copy)
    }

    private init(review: Review, values: [String: CELValue]) {
        self.review = review
        self.values = values
    }

    func evaluate(_ text: String) throws(CELError) -> CELValue {
        try CELPrograms.shared.program(text, Self.names).evaluate(values)
    }

    /// Whether all conditions hold. One that does not decides, even where another cannot be computed.
    func conditions(_ conditions: [Value], failsClosed: Bool) throws(APIError) -> Bool {
        var failure: (String, CELError)?
        for condition in conditions {
            let text = condition["expression"]?.string ?? ""
            do throws(CELError) {
                guard try evaluate(text) == .bool(true) else { return false }
            } catch {
                failure = failure ?? (text, error)
            }
        }
        guard let (text, error) = failure else { return true }
        guard failsClosed else { return false }
        throw .forbidden(
            review.type, review.name, "expression '\(text)' resulted in error: \(error.message)")
    }
}

/// `authorizer.group('').resource('pods').namespace('n').check('get').allowed()`.
private struct AccessExpression: CELHost {
    var snapshot: AccessSnapshot
    var user: APIUser
    var request = AccessRequest(verb: "")
    var decision: Bool?
    var typeName: String { "kubernetes.authorization.Authorizer" }

    func call(_ name: String, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
        var next = self
        var text = ""
        if case .string(let value)? = arguments.first { text = value }
        switch name {
        case "group": next.request.group = text
        case "resource": next.request.resource = text
        case "subresource": next.request.subresource = text
        case "namespace": next.request.namespace = text
        case "name": next.request.name = text
        case "path": next.request.path = text
        case "serviceAccount":
            guard arguments.count == 2, case .string(let account) = arguments[1] else {
                throw CELError("no such overload")
            }
            next.user = ServiceAccountTokens.user(namespace: text, name: account, uid: "")
        case "check":
            next.request.verb = text
            next.decision = snapshot.reason(for: next.request, user) != nil
        case "allowed": return .bool(decision ?? false)
        case "reason": return .string("")
        case "errored": return .bool(false)
        case "error": return .string("")
        default: return nil
        }
        return .host(next)
    }
}
