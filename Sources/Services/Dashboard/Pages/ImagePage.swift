import Ledger
import WaybillCore

/// What is known about one image.
struct ImagePage {
    /// More packages than this are counted, not listed.
    static let packagesMax = 1000

    struct Place {
        let environment: String
        let workload: String
        let container: String
        let revision: String
        let badge: Badge
        let stamp: Stamp
        let ended: Stamp?

        init(_ record: DeploymentRecord, now: Instant) {
            environment = record.environment
            workload = "\(record.workload) in \(record.namespace)"
            container = record.container
            revision = String(record.revision.prefix(10))
            badge = record.ended == nil ? Badge(.good, "running") : Badge(.off, "ended")
            stamp = Stamp(record.deployed, now: now)
            ended = record.ended.map { Stamp($0, now: now) }
        }
    }

    let digest: String
    let repository: String
    let commit: String
    let commitEvents: Link
    let owner: String
    let built: Stamp
    let papers: Table<PaperRow>?
    let places: Table<Place>?
    let packages: Table<PackageRecord>?
    let packageCount: Int
    let isCut: Bool

    init(
        _ image: ImageRecord, papers: [Paper], packages: [PackageRecord], deployments: [DeploymentRecord], now: Instant
    ) {
        digest = image.digest.description
        repository = image.repository
        commit = image.commit
        commitEvents = .events(about: "gitCommit:\(image.commit)", "events of this commit")
        owner = image.owner
        built = Stamp(image.built, now: now)
        self.papers = Table(papers.map { PaperRow($0, now: now) })
        places = Table(deployments.map { Place($0, now: now) })
        self.packages = Table(Array(packages.prefix(Self.packagesMax)))
        packageCount = packages.count
        isCut = packages.count > Self.packagesMax
    }
}

extension Dashboard {
    func image(_ digest: Digest) async throws(WaybillError) -> Screen {
        guard let image = try await ledger.image(digest) else {
            throw WaybillError(
                .notFound, "no image with this digest was built here or met", subject: digest.description,
                remedy: "look for it on the board")
        }
        let page = ImagePage(
            image, papers: try await ledger.papers(about: digest.description, predicateType: nil),
            packages: try await ledger.packages(of: digest),
            deployments: try await ledger.deployments(runningOnly: false).filter { $0.image == digest }, now: now())
        return Screen(title: "Image \(digest.short)", tab: nil, template: .image, page: page)
    }
}
