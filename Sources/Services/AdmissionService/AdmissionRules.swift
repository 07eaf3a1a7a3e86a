public import Attestations
import Documents
import Kubernetes
public import Trust
public import WaybillCore

/// What admission asks of the images of a pod. Pure: the same request, papers and moment give the same verdict.
public struct AdmissionRules: Sendable {
    /// Which papers an image must have in a namespace that has its own rules.
    public var byNamespace: [String: PaperRules]
    /// Which papers it must have in every other namespace.
    public var standard: PaperRules
    /// Namespaces of the cluster itself, which are not judged.
    public var exemptNamespaces: Set<String>

    public init(
        standard: PaperRules, byNamespace: [String: PaperRules] = [:],
        exemptNamespaces: Set<String> = ["kube-system", "kube-public", "kube-node-lease"]
    ) {
        self.standard = standard
        self.byNamespace = byNamespace
        self.exemptNamespaces = exemptNamespaces
    }

    /// The verdict about a request. `papers` is asked once for each image.
    public func judge(
        _ request: AdmissionRequest, papers: (Digest) -> PaperFile, at moment: Timestamp
    ) -> Verdict {
        let subject = "\(request.kind.kind)/\(request.name)"
        var verdict = Verdict(gate: .admit, subject: subject)
        guard let object = request.object, !exemptNamespaces.contains(request.namespace) else { return verdict }
        let images: [PodImage]
        do {
            images = try Resource(object).namedImages()
        } catch {
            // What cannot be read is not let in.
            verdict.violations.append(
                Finding(
                    rule: "WB-ADM-007", kind: .policy, severity: .high, message: error.message,
                    place: Place(object: subject)))
            return verdict
        }
        let rules = byNamespace[request.namespace] ?? standard
        for image in images {
            guard let digest = image.digest else {
                verdict.violations.append(
                    Finding(
                        rule: "WB-ADM-008", kind: .policy, severity: .high,
                        message:
                            "the image \(Redaction.excerpt(image.reference)) is not named by digest, so no paper can be about it",
                        place: Place(object: subject, field: image.field),
                        remedy: "name it as repository@sha256:…; `waybill promote` does so"))
                continue
            }
            let judged = rules.judge(digest, papers: papers(digest), gate: .admit, at: moment)
            verdict.violations += judged.violations.map { violation in
                var violation = violation
                violation.place.object = image.reference
                violation.place.field = image.field
                return violation
            }
        }
        return verdict
    }
}
