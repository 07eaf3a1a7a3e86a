import Attestations
public import DeployPolicies
import Kubernetes
import Trust
public import WaybillCore

/// The deployment policies that count, by place. All that are for a place must be satisfied, beside the papers.
public struct DeployRules: Sendable {
    /// Policies, or why there are none to judge by: what was meant to protect something lets nothing through unread.
    public enum Source: Sendable {
        case folder(DeployPolicyFolder)
        case unreadable(WaybillError)
    }

    /// Policies of an environment, for its namespace.
    public struct Place: Sendable {
        public var namespace: String
        public var source: Source

        public init(namespace: String, source: Source) {
            self.namespace = namespace
            self.source = source
        }
    }

    /// For every namespace that is judged.
    public var everywhere: Source?
    /// By environment; several may share a namespace, which then asks for what each of them asks.
    public var places: [String: Place]

    public init(everywhere: Source? = nil, places: [String: Place] = [:]) {
        self.everywhere = everywhere
        self.places = places
    }

    func sources(for namespace: String) -> [Source] {
        let own = places.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value).filter {
            $0.namespace.utf8.elementsEqual(namespace.utf8)
        }
        return [everywhere].compactMap(\.self) + own.map(\.source)
    }

    /// What the policies of the place say of one image.
    func judge(
        _ image: PodImage, of object: Resource, in namespace: String,
        evidence: ImageEvidence?, at moment: Timestamp
    ) throws(WaybillError) -> (violations: [Finding], warnings: [Finding]) {
        var violations: [Finding] = []
        var warnings: [Finding] = []
        for source in sources(for: namespace) {
            switch source {
            case .unreadable(let error):
                violations.append(
                    Finding(
                        rule: "WB-DEP-002", kind: .policy, severity: .high,
                        message:
                            "the admission policies of this place cannot be read: \(error.subject): \(error.message)",
                        remedy: "put the policies right, by review"))
            case .folder(let folder):
                var request = try DeployRequest(object, cluster: folder.cluster, namespace: namespace)
                request.images = [image]
                let verdict = folder.judge.judge(request, at: moment) { _ in evidence }.verdict
                violations += verdict.violations
                warnings += verdict.warnings
            }
        }
        func placed(_ finding: Finding) -> Finding {
            var finding = finding
            finding.place.object = image.reference
            finding.place.field = image.field
            return finding
        }
        return (violations.map(placed), warnings.map(placed))
    }

    /// The order by which the image runs here against the verdict; nil where nobody who may has signed one.
    func order(
        for image: Digest, in namespace: String, _ orders: (envelopes: [Envelope], revocations: Revocations),
        at moment: Timestamp
    ) -> BreakglassOrder? {
        for case .folder(let folder) in sources(for: namespace) {
            if let order = folder.order(
                among: orders.envelopes, for: image, in: namespace, at: moment, respecting: orders.revocations)
            {
                return order
            }
        }
        return nil
    }

    /// The content addresses of the policies of a place, as one.
    func digest(for namespace: String) -> Digest? {
        let digests = sources(for: namespace).compactMap { source -> Digest? in
            if case .folder(let folder) = source { folder.digest } else { nil }
        }
        guard digests.count > 1 else { return digests.first }
        return .sha256(of: digests.flatMap { Array($0.description.utf8) })
    }
}
