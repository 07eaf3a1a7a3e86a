public import Documents
public import WaybillCore

/// Judges Kubernetes manifests by the rule table.
public enum ManifestChecker {
    public struct Options: Sendable {
        /// Rules, by id, that are switched off altogether.
        public var disabled: Set<String>
        /// Findings below this severity are left out.
        public var severityMin: Severity

        public init(disabled: Set<String> = [], severityMin: Severity = .unknown) {
            self.disabled = disabled
            self.severityMin = severityMin
        }
    }

    /// What the rules find in the documents, in reading order. Lists are opened; documents that are no objects are left alone.
    public static func check(documents: [(file: String, node: Node)], options: Options = Options()) -> [Finding] {
        let objects = documents.flatMap { self.objects($0.node, file: $0.file) }
        var findings: [Finding] = []
        for rule in ManifestRules.all where !options.disabled.contains(rule.description.id) {
            for object in objects { findings += rule.check(object).map(rule.description.finding) }
        }
        for rule in ManifestRules.acrossObjects where !options.disabled.contains(rule.description.id) {
            findings += rule.check(objects).map(rule.description.finding)
        }
        return findings.filter { $0.severity >= options.severityMin }.sorted(by: Finding.inReadingOrder)
    }

    /// Lists inside lists are opened this deep.
    private static let listDepthMax = 4

    private static func objects(_ node: Node, file: String, depth: Int = 0) -> [KubernetesObject] {
        if let kind = node["kind"]?.string, kind.hasSuffix("List"), let items = node["items"]?.elements,
            depth < listDepthMax
        {
            return items.flatMap { objects($0, file: file, depth: depth + 1) }
        }
        return KubernetesObject(node, file: file).map { [$0] } ?? []
    }
}
