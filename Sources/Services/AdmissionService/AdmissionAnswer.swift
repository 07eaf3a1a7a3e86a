import Attestations
import DeployPolicies
import Kubernetes
import Trust
import WaybillCore

/// What admission answers, and why: the verdict as it is given, and what it would have been without an emergency.
struct AdmissionAnswer: Sendable {
    var verdict: Verdict
    /// What was overridden by people who may, and their orders.
    var overridden: [Finding] = []
    var orders: [BreakglassOrder] = []
    /// The content address of the policies.
    var policy: Digest?

    /// Judges by papers and by deployment policies. An image whose every objection is covered by an order runs all the
    /// same; the objections become warnings.
    init(
        _ request: AdmissionRequest, _ rules: AdmissionRules, _ deploy: DeployRules, _ index: PaperIndex,
        evidence: [String: ImageEvidence], at moment: Timestamp
    ) {
        verdict = rules.judge(request, papers: index.papers(about:), at: moment)
        guard let object = request.object, !rules.exemptNamespaces.contains(request.namespace),
            !deploy.sources(for: request.namespace).isEmpty
        else { return }
        policy = deploy.digest(for: request.namespace)
        do throws(WaybillError) {
            let resource = try Resource(object)
            let images = try resource.namedImages()
            for image in images {
                let found = try deploy.judge(
                    image, of: resource, in: request.namespace, evidence: evidence[image.reference], at: moment)
                verdict.violations += found.violations
                verdict.warnings += found.warnings
            }
            for image in images { breakGlass(for: image, in: request.namespace, deploy, index, moment) }
        } catch {
            // The same object was refused by the rules for papers; this is for the day when it is not.
            verdict.violations.append(
                Finding(
                    rule: "WB-ADM-007", kind: .policy, severity: .high, message: error.message,
                    place: Place(object: verdict.subject)))
        }
    }

    init(_ verdict: Verdict) { self.verdict = verdict }

    private mutating func breakGlass(
        for image: PodImage, in namespace: String, _ deploy: DeployRules, _ index: PaperIndex, _ moment: Timestamp
    ) {
        let objections = verdict.violations.filter { $0.place.field == image.field }
        guard !objections.isEmpty, let digest = image.digest,
            let order = deploy.order(for: digest, in: namespace, index.orders(about: digest), at: moment)
        else { return }
        verdict.violations.removeAll { $0.place.field == image.field }
        overridden += objections
        if !orders.contains(order) { orders.append(order) }
        verdict.warnings.append(
            Finding(
                rule: "WB-DEP-003", kind: .policy, severity: .high,
                message:
                    "runs by an emergency order of \(order.actor) until \(order.expires) (\(order.reason)), against \(objections.count) objections",
                place: Place(object: image.reference, field: image.field)))
    }
}
