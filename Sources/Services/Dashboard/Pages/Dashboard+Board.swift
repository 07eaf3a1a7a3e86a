import Ledger
import WaybillCore

extension Dashboard {
    /// How many events the first page shows, and how many are searched for environments that run nothing yet.
    private static let latestMax = 12
    private static let searchedMax = 200

    func board() async throws(WaybillError) -> Screen {
        let running = try await ledger.deployments(runningOnly: true)
        var images: [Digest: ImageRecord] = [:]
        for record in try await ledger.images() { images[record.digest] = record }
        let latest = try await ledger.events(about: nil, limit: Self.searchedMax)
        let names = Set(running.map(\.environment))
            .union(latest.compactMap { EnvironmentStatus.name(inSubject: $0.subject) })
        var environments: [EnvironmentStatus] = []
        for name in names {
            let events = try await ledger.events(
                about: EnvironmentStatus.subject(name), limit: EnvironmentStatus.eventsMax)
            environments.append(EnvironmentStatus(name, events: events))
        }
        return Screen(
            title: "What runs where", tab: .board, template: .board,
            page: BoardPage(
                running: running, images: images, environments: environments,
                events: Array(latest.prefix(Self.latestMax)),
                now: now()))
    }
}
