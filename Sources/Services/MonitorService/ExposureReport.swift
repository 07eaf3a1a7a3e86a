public import Advisories
import Packages
import Ledger
public import WaybillCore

/// Which running workloads a weakness reaches.
public struct ExposureReport: Hashable, Sendable {
    /// The records with that name, merged: all names, the worst severity.
    public var advisory: Advisory
    /// Running workloads, in the order in which people read them: environment, namespace, workload, package.
    public var entries: [Entry]
    /// Images that hold the package and do not run anywhere now.
    public var idleImages: [Digest]

    public struct Entry: Hashable, Sendable {
        public var environment: String
        public var namespace: String
        public var workload: String
        public var image: Digest
        public var repository: String
        public var package: String
        public var version: String
        public var purl: String
        public var place: String
        public var commit: String
        public var owner: String
        public var fixedVersion: String?
    }

    public init(advisory: Advisory, entries: [Entry], idleImages: [Digest] = []) {
        self.advisory = advisory
        self.entries = entries
        self.idleImages = idleImages
    }
}

/// Answers who is exposed, from records alone.
enum ExposureDecision {
    /// - Parameters:
    ///   - advisories: every record of the weakness.
    ///   - holders: images that hold a package of a name that the records speak of.
    ///   - running: deployments that run now.
    static func report(
        _ advisories: [Advisory], holders: [(image: ImageRecord, package: PackageRecord)], running: [DeploymentRecord]
    ) -> ExposureReport? {
        guard let advisory = merged(advisories) else { return nil }
        let index = AdvisoryIndex(advisories)
        let deployments = Dictionary(grouping: running, by: \.image)
        var entries: Set<ExposureReport.Entry> = [], idle: Set<Digest> = []
        for (image, record) in holders {
            let package = record.package
            for match in AdvisoryMatcher.match(package, index) {
                if deployments[image.digest] == nil { idle.insert(image.digest) }
                for deployment in deployments[image.digest] ?? [] {
                    entries.insert(
                        ExposureReport.Entry(
                            environment: deployment.environment, namespace: deployment.namespace, workload: deployment.workload,
                            image: image.digest, repository: image.repository, package: package.name,
                            version: package.version, purl: record.purl, place: record.place, commit: image.commit,
                            owner: image.owner, fixedVersion: match.fixedVersion))
                }
            }
        }
        return ExposureReport(advisory: advisory, entries: entries.sorted(by: inOrder), idleImages: idle.sorted())
    }

    private static func merged(_ advisories: [Advisory]) -> Advisory? {
        guard var merged = advisories.first(where: { $0.withdrawn == nil }) ?? advisories.first else { return nil }
        for advisory in advisories {
            for name in advisory.names where !merged.names.contains(name) { merged.aliases.append(name) }
            if advisory.withdrawn == nil, advisory.severity > merged.severity {
                merged.severity = advisory.severity
                merged.score = advisory.score
            }
            if merged.summary.isEmpty { merged.summary = advisory.summary }
        }
        return merged
    }

    private static func inOrder(_ left: ExposureReport.Entry, _ right: ExposureReport.Entry) -> Bool {
        let one = [left.environment, left.namespace, left.workload, left.package, left.version, left.purl, left.place]
        let other = [right.environment, right.namespace, right.workload, right.package, right.version, right.purl, right.place]
        for (a, b) in zip(one, other) where a != b { return a.utf8.lexicographicallyPrecedes(b.utf8) }
        return left.image < right.image
    }
}
