import Attestations
import DeployPolicies
import Documents
import Kubernetes
import Ledger
import Trust
import WaybillCore

/// What is written down of a decision: an event for people, and a statement about the images to be signed.
struct AdmissionRecord {
    let event: Event
    /// Nil for an object without an image that is named by digest.
    let statement: Statement?

    init(_ request: AdmissionRequest, _ answer: AdmissionAnswer, _ moment: Instant) {
        let verdict = answer.verdict
        let user = request.user.isEmpty ? "nobody" : request.user
        let object = "\(request.kind.kind)/\(request.name)"
        let time = Timestamp(seconds: moment.milliseconds / 1000)
        var detail = Object()
        if let policy = answer.policy { detail["policy"] = .string(policy.description) }
        // A policy that only warns said no all the same: that is what a dry run is for.
        if !verdict.warnings.isEmpty {
            detail["warnings"] = .array(
                verdict.warnings.map { ["rule": .string($0.rule), "message": .string($0.message)] })
        }
        if !answer.orders.isEmpty {
            detail["breakglass"] = .array(
                answer.orders.map { order in
                    [
                        "actor": .string(order.actor), "reason": .string(order.reason),
                        "expires": .string(order.expires.description), "image": .string(order.image.description),
                    ]
                })
            detail["overridden"] = .array(
                answer.overridden.map { ["rule": .string($0.rule), "message": .string($0.message)] })
        }
        event = Event(
            moment: moment, actor: user, action: Self.action(answer),
            subject: "\(request.namespace)/\(object)", verdict: verdict.word, message: Self.message(object, answer),
            detail: detail.isEmpty ? .null : .object(detail))

        // Objects that cannot be read were denied and name no subject.
        let images = (try? Resource(request.object ?? .null))?.images ?? []
        let subjects = images.compactMap { image in
            image.digest.map { Statement.Subject(name: image.reference, digest: $0) }
        }
        guard !subjects.isEmpty else {
            statement = nil
            return
        }
        let broken = answer.orders.first.map {
            AdmissionDecision.Breakglass(actor: $0.actor, reason: $0.reason, expires: $0.expires)
        }
        let predicate = AdmissionDecision(
            isAllowed: verdict.isAllowed, request: request.uid, namespace: request.namespace, object: object,
            user: user, policy: answer.policy,
            violations: (verdict.violations + answer.overridden).map { .init(rule: $0.rule, message: $0.message) },
            breakglass: broken, time: time)
        statement = Statement(
            subjects: subjects, predicateType: PredicateType.admission, predicate: predicate.value)
    }

    private static func action(_ answer: AdmissionAnswer) -> String {
        guard answer.verdict.isAllowed else { return "admission.denied" }
        return answer.orders.isEmpty ? "admission.allowed" : "admission.breakglass"
    }

    private static func message(_ object: String, _ answer: AdmissionAnswer) -> String {
        guard answer.verdict.isAllowed else { return AdmissionRequest.message(answer.verdict) }
        if let order = answer.orders.first {
            return "\(object) runs by an emergency order of \(order.actor) until \(order.expires): \(order.reason)"
        }
        let warned = answer.verdict.warnings.isEmpty ? "" : "; \(answer.verdict.warnings.count) policies only warn"
        return "\(object) has its papers\(warned)"
    }
}
