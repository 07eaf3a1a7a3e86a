public import WaybillCore

extension PromotionFacts {
    /// When an environment ran an image.
    public struct ImageRun: Hashable, Sendable {
        public var image: Digest
        public var environment: String
        public var since: Int64
        public var until: Int64?

        public init(image: Digest, environment: String, since: Int64, until: Int64?) {
            self.image = image
            self.environment = environment
            self.since = since
            self.until = until
        }
    }

    /// What an agent attested about an image where it runs.
    public struct ImageReport: Hashable, Sendable {
        public var image: Digest
        public var environment: String
        public var isPassed: Bool
        public var time: Int64
        public var message: String

        public init(image: Digest, environment: String, isPassed: Bool, time: Int64, message: String) {
            self.image = image
            self.environment = environment
            self.isPassed = isPassed
            self.time = time
            self.message = message
        }
    }

    /// Where releases run: an environment runs one while it runs every image of it.
    public static func placements(of releases: [Release], from runs: [ImageRun]) -> [Placement] {
        // The same images at two commits are told apart by nobody: the newer has them.
        let unique = Dictionary(releases.map { ($0.images, $0) }) { _, newer in newer }
        let byImage = Dictionary(grouping: runs, by: \.image)
        var placements: [Placement] = []
        for release in releases where unique[release.images]?.id == release.id {
            let digests = Set(release.images.values).sorted()
            guard let first = digests.first else { continue }
            var common = byImage[first] ?? []
            for digest in digests.dropFirst() {
                let others = byImage[digest] ?? []
                common = common.flatMap { run in others.compactMap { overlap(of: run, and: $0) } }
            }
            placements += common.map {
                Placement(release: release.id, environment: $0.environment, since: $0.since, until: $0.until)
            }
        }
        return placements
    }

    private static func overlap(of one: ImageRun, and other: ImageRun) -> ImageRun? {
        guard one.environment == other.environment else { return nil }
        var both = one
        both.since = max(one.since, other.since)
        both.until = [one.until, other.until].compactMap(\.self).min()
        return both.until.map { $0 > both.since } ?? true ? both : nil
    }

    /// What was found about releases. A release of several images is as its images are, taken together, while it runs:
    /// what one of them was found to be in another's company says nothing about this one.
    public static func verifications(
        of releases: [Release], from reports: [ImageReport], _ placements: [Placement]
    ) -> [Verification] {
        let ordered = reports.sorted { $0.time < $1.time }
        return releases.flatMap { release in
            let digests = Set(release.images.values)
            let own = ordered.filter { digests.contains($0.image) }
            guard digests.count > 1 else { return own.map { Verification(release.id, $0, $0.isPassed) } }
            var newest: [String: [Digest: Bool]] = [:]
            return own.compactMap { report in
                newest[report.environment, default: [:]][report.image] = report.isPassed
                let runs = placements.contains { placement in
                    placement.release == release.id && placement.environment == report.environment
                        && placement.since <= report.time && placement.until.map { report.time < $0 } ?? true
                }
                guard runs else { return nil }
                let known = newest[report.environment] ?? [:]
                return Verification(release.id, report, digests.allSatisfy { known[$0] == true })
            }
        }
    }
}

extension PromotionFacts.Verification {
    fileprivate init(_ release: Digest, _ report: PromotionFacts.ImageReport, _ isPassed: Bool) {
        self.init(
            release: release, environment: report.environment, isPassed: isPassed, time: report.time,
            message: report.message)
    }
}
