import Ledger
import WaybillCore

/// A change with everything that the ledger knows about its head and about the image that came of it.
struct ChangeEvidence {
    var change: ProposedChange
    /// About the change and about its head, newest first.
    var events: [Event] = []
    /// About the head and about the image, oldest first.
    var papers: [Paper] = []
    var run: RunReport?
    var runCount = 0
    var imageDigest: Digest?
    var deployments: [DeploymentRecord] = []

    func newest(_ predicateType: String) -> Paper? { papers.last { $0.predicateType == predicateType } }
    var mergeEvent: Event? { events.first { $0.action == "change.merged" } }
}

extension Dashboard {
    private static let eventsMax = 200

    func change(_ id: Int, _ repository: String) async throws(WaybillError) -> Screen {
        let change = try await changes.change(id, in: repository)
        let page = ChangePage(try await evidence(of: change), now: now())
        return Screen(
            title: "\(change.repository) #\(change.id): \(page.title)", tab: .changes, template: .change, page: page)
    }

    private func evidence(of change: ProposedChange) async throws(WaybillError) -> ChangeEvidence {
        var evidence = ChangeEvidence(change: change)
        evidence.events = try await ledger.events(
            about: "change:\(change.repository)/\(change.id)", limit: Self.eventsMax)
        guard let head = change.head else { return evidence }
        let subject = "gitCommit:\(head)"
        let ofHead = try await ledger.events(about: subject, limit: Self.eventsMax)
        evidence.events = (evidence.events + ofHead).sorted { $0.moment > $1.moment }
        let runs = ofHead.compactMap { RunReport($0) }
        evidence.run = runs.first
        evidence.runCount = runs.count
        evidence.imageDigest = runs.first?.image
        evidence.papers = try await ledger.papers(about: subject, predicateType: nil)
        guard let image = evidence.imageDigest else { return evidence }
        evidence.papers += try await ledger.papers(about: image.description, predicateType: nil)
        // A paper may be about both.
        var seen: Set<Digest> = []
        evidence.papers = evidence.papers.filter { seen.insert($0.id).inserted }.sorted { $0.recorded < $1.recorded }
        evidence.deployments = try await ledger.deployments(runningOnly: false).filter { $0.image == image }
        return evidence
    }
}
