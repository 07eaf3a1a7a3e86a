import Documents
import Kubernetes
import KubernetesAPI

extension BuiltInAdmission {
    private static let prefix = "pod-security.kubernetes.io/"

    /// The standard that a namespace's labels ask for in one mode.
    static func standard(_ mode: String, _ labels: [String: String]) -> PodSecurityStandard? {
        guard let word = labels[prefix + mode] else { return nil }
        // A word that is not known is taken for the strictest.
        return PodSecurityStandard(
            level: PodSecurityStandard.Level(rawValue: word) ?? .restricted,
            version: labels["\(prefix)\(mode)-version"] ?? "latest")
    }

    func podSecurity(_ review: Review, _ warnings: inout [String]) async throws(APIError) {
        if review.type.qualifiedName == "namespaces" { return try await namespaceLabels(review, &warnings) }
        guard review.operation == .create || review.operation == .update, let object = review.object,
            let resource = try? Resource(object), let (_, spec) = resource.podSpecification
        else { return }
        if review.operation == .update, let old = review.oldObject.flatMap({ try? Resource($0) })?.podSpecification,
            old.value == spec
        {
            return
        }
        let labels = await NamespaceLabels.of(review, store) ?? [:]
        let isPod = review.type.qualifiedName == "pods"
        let metadata = isPod ? object["metadata"] ?? [:] : object[path: "spec", "template", "metadata"] ?? [:]
        if let enforced = Self.standard("enforce", labels) {
            let violations = enforced.violations(of: spec, metadata: metadata)
            if !violations.isEmpty {
                let text = PodSecurityStandard.text(violations)
                if isPod {
                    throw .forbidden(
                        review.type, review.name, "violates PodSecurity \"\(enforced.description)\": \(text)")
                }
                warnings.append("would violate PodSecurity \"\(enforced.description)\": \(text)")
            }
        }
        guard let warned = Self.standard("warn", labels) else { return }
        let violations = warned.violations(of: spec, metadata: metadata)
        let text = "would violate PodSecurity \"\(warned.description)\": \(PodSecurityStandard.text(violations))"
        if !violations.isEmpty, !warnings.contains(text) { warnings.append(text) }
    }

    /// A stricter label tells which pods would not be let in any more.
    private func namespaceLabels(_ review: Review, _ warnings: inout [String]) async throws(APIError) {
        guard let object = review.object, review.operation != .delete else { return }
        let labels = (try? Resource(object))?.labels ?? [:]
        var causes: [APIError.Cause] = []
        for mode in ["enforce", "audit", "warn"] {
            if let word = labels[Self.prefix + mode], PodSecurityStandard.Level(rawValue: word) == nil {
                causes.append(
                    .invalid(
                        "metadata.labels[\(Self.prefix)\(mode)]", .string(word),
                        "must be one of privileged, baseline, restricted"))
            }
            if let version = labels["\(Self.prefix)\(mode)-version"], !Self.isVersion(version) {
                causes.append(
                    .invalid(
                        "metadata.labels[\(Self.prefix)\(mode)-version]", .string(version),
                        "must be \"latest\" or \"v1.x\""))
            }
        }
        if !causes.isEmpty { throw .invalid(review.type.kind, review.name, causes) }
        let before = review.oldObject.flatMap { try? Resource($0) }?.labels ?? [:]
        guard review.operation == .update, let standard = Self.standard("enforce", labels),
            standard != Self.standard("enforce", before), standard.level != .privileged
        else { return }
        var groups: [(reasons: String, pods: [String])] = []
        for pod in await list("pods", review.name) {
            let violations = standard.violations(of: pod["spec"] ?? [:], metadata: pod["metadata"] ?? [:])
            guard !violations.isEmpty else { continue }
            let reasons = violations.map(\.reason).joined(separator: ", ")
            if let index = groups.firstIndex(where: { $0.reasons == reasons }) {
                groups[index].pods.append(pod.name)
            } else {
                groups.append((reasons, [pod.name]))
            }
        }
        guard !groups.isEmpty else { return }
        warnings.append(
            "existing pods in namespace \"\(review.name)\" violate the new PodSecurity enforce level \"\(standard.description)\""
        )
        for group in groups {
            let others = group.pods.count - 1
            let more = others == 0 ? "" : " (and \(others) other pod\(others == 1 ? "" : "s"))"
            warnings.append("\(group.pods.sorted()[0])\(more): \(group.reasons)")
        }
    }

    private static func isVersion(_ text: String) -> Bool {
        text == "latest" || text.hasPrefix("v1.") && text.dropFirst(3).allSatisfy(\.isNumber) && text.count > 3
    }
}
