public import Advisories
import Ledger
import Packages
public import WaybillCore

/// Which running workloads a weakness reaches, or hold a package.
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
struct ExposureDecision {
    /// A version of a package that is meant, with the version that puts it right.
    struct Found {
        var component: ExposureIndex.Component
        var fixedVersion: String?
    }

    var advisory: Advisory
    var found: [Found]

    /// Nil where there is no record.
    init?(_ advisories: [Advisory], _ exposure: ExposureIndex) {
        guard let advisory = Self.merged(advisories) else { return nil }
        self.advisory = advisory
        found = []
        let session = MatchingSession(AdvisoryIndex(advisories))
        for key in advisories.reduce(into: Set<AdvisoryIndex.Key>(), { $0.formUnion(AdvisoryIndex.keys(of: $1)) }) {
            for component in exposure.components(of: key) {
                if let first = session.hits(component.package).first {
                    found.append(Found(component: component, fixedVersion: first.fixedVersion))
                }
            }
        }
    }

    /// Who holds a package: every version of it, or the one that the package URL names.
    init(package text: String, _ exposure: ExposureIndex, _ index: AdvisoryIndex) throws(WaybillError) {
        let url: PackageURL
        do { url = try PackageURL(parsing: text) } catch {
            throw WaybillError(.invalidInput, "is no package URL", subject: Redaction.excerpt(text), cause: error)
        }
        guard let package = Package(url) else {
            throw WaybillError(.unsupported, "packages of this type are not known", subject: Redaction.excerpt(text))
        }
        advisory = Advisory(id: text, summary: "who holds this package")
        let session = MatchingSession(index)
        found = exposure.components(of: AdvisoryIndex.Key(package.ecosystem, package.name)).filter { component in
            (package.version.isEmpty || package.version == component.version)
                && (package.ecosystem.release == nil || package.ecosystem.release == component.ecosystem.release)
        }.map { component in
            // The version that removes everything that is known.
            let fixes = session.hits(component.package).compactMap(\.fixedVersion)
            let best = component.ecosystem.ordering.flatMap { ordering in
                fixes.max { ordering.compare($0, $1) == .less }
            }
            return Found(component: component, fixedVersion: best)
        }
    }

    /// What must be looked up to say where the packages lie: images that run, with what they hold.
    func places(_ exposure: ExposureIndex, _ running: [Digest: [DeploymentRecord]]) -> [PackageQuestion] {
        found.flatMap { found in
            exposure.images(holding: found.component).filter { running[$0] != nil }.map { image in
                PackageQuestion(
                    image: image, ecosystem: found.component.ecosystem.name, name: found.component.name,
                    version: found.component.version)
            }
        }
    }

    func report(
        _ exposure: ExposureIndex, _ images: [Digest: ImageRecord], _ running: [Digest: [DeploymentRecord]],
        _ places: [PackageQuestion: [PackageRecord]]
    ) -> ExposureReport {
        var entries: Set<ExposureReport.Entry> = [], idle: Set<UInt32> = []
        for found in found {
            let component = found.component
            for number in exposure.imageNumbers(holding: component) {
                let image = exposure.images[Int(number)]
                guard let here = running[image] else {
                    idle.insert(number)
                    continue
                }
                let question = PackageQuestion(
                    image: image, ecosystem: component.ecosystem.name, name: component.name, version: component.version)
                let record = images[image]
                for deployment in here {
                    for package in places[question] ?? [] {
                        entries.insert(
                            ExposureReport.Entry(
                                environment: deployment.environment, namespace: deployment.namespace,
                                workload: deployment.workload, image: image, repository: record?.repository ?? "",
                                package: package.package.name, version: package.package.version, purl: package.purl,
                                place: package.place, commit: record?.commit ?? "", owner: record?.owner ?? "",
                                fixedVersion: found.fixedVersion))
                    }
                }
            }
        }
        return ExposureReport(
            advisory: advisory, entries: entries.sorted(by: Self.inOrder),
            idleImages: idle.sorted().map { exposure.images[Int($0)] })
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
        let other = [
            right.environment, right.namespace, right.workload, right.package, right.version, right.purl, right.place,
        ]
        for (a, b) in zip(one, other) where a != b { return a.utf8.lexicographicallyPrecedes(b.utf8) }
        return left.image < right.image
    }
}
