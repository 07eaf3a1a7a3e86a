public import Attestations
public import Kubernetes
import Signatures
import Trust
public import WaybillCore

/// Decides whether somebody may run something, from policies and evidence that were gathered before: no network, no clock.
public struct DeployJudge: Sendable {
    public let policies: DeployPolicies
    public let settings: DeploySettings

    public init(policies: DeployPolicies, settings: DeploySettings = DeploySettings()) {
        self.policies = policies
        self.settings = settings
    }

    /// The answer about one request.
    public struct Decision: Sendable {
        public var verdict: Verdict
        /// Let through against the verdict, by whom and why.
        public var breakglass: DeployRequest.Breakglass?
        public var isAllowed: Bool { verdict.isAllowed || breakglass != nil }
        /// Authorities by which images that passed are to be attested.
        public var attestations: [(authority: String, image: PodImage)]
    }

    /// Judges all images of the request. `evidence` is asked once for each; nil means that nothing is known of it.
    public func judge(
        _ request: DeployRequest, at moment: Timestamp, evidence: (PodImage) -> ImageEvidence?
    ) -> Decision {
        var verdict = Verdict(gate: .admit, subject: request.resource.key.description)
        var attestations: [(authority: String, image: PodImage)] = []
        for image in request.images {
            if settings.exempt.contains(where: { $0.matches(image.reference) }) { continue }
            var found = evidence(image) ?? ImageEvidence()
            if found.digest == nil { found.digest = image.digest }
            let judge = ImageJudge(request: request, image: image, evidence: found, settings: settings, moment: moment)
            let outcome = judge.judge(policies)
            verdict.violations += outcome.violations
            verdict.warnings += outcome.warnings
            attestations += outcome.attestations.map { ($0, image) }
        }
        return Decision(
            verdict: verdict, breakglass: verdict.isAllowed ? nil : breakglass(request, at: moment),
            attestations: attestations)
    }

    /// An emergency counts when it is declared by somebody who may, says why, and has not run out.
    private func breakglass(_ request: DeployRequest, at moment: Timestamp) -> DeployRequest.Breakglass? {
        if let declared = request.breakglass, settings.breakglassActors.contains(declared.actor),
            !declared.reason.isEmpty,
            moment < declared.expires
        {
            return declared
        }
        let annotations = request.resource.annotations
        guard settings.annotationIsBreakglass, annotations["kritis.grafeas.io/breakglass"] != nil else { return nil }
        return DeployRequest.Breakglass(actor: "an annotation", reason: "kritis.grafeas.io/breakglass", expires: moment)
    }
}
