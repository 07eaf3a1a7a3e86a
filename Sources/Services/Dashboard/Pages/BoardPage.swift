import Ledger
import WaybillCore

/// The first page: services by environments, and what happened last.
struct BoardPage {
    struct Environment {
        let name: String
        let badge: Badge
        let message: String
        let revision: String?
        let stamp: Stamp?
        let drift: [String]
        let corrected: String?
        let events: Link
    }

    /// What one environment runs of a service.
    struct Cell {
        let environment: String
        let entries: [Entry]
    }

    struct Entry {
        let image: Link
        let commit: String?
        let workload: String
        let badge: Badge
        let stamp: Stamp
    }

    struct Row {
        let service: String
        let owner: String?
        let cells: [Cell]
    }

    let environments: [Environment]
    let services: Table<Row>?
    let events: Table<EventRow>?

    init(
        running: [DeploymentRecord], images: [Digest: ImageRecord], environments: [EnvironmentStatus], events: [Event],
        now: Instant
    ) {
        let ordered = environments.sorted { EnvironmentStatus.travelsBefore($0.name, $1.name) }
        self.environments = ordered.map { Environment($0, now: now) }
        let services = Dictionary(grouping: running) { images[$0.image]?.repository ?? $0.workload }
        self.services = Table(
            services.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { service, deployments in
                let cells = ordered.map { status in
                    Cell(
                        environment: status.name,
                        entries: Self.distinct(deployments.filter { $0.environment == status.name }).map {
                            Entry($0, images[$0.image], status, now: now)
                        })
                }
                return Row(
                    service: service, owner: deployments.lazy.compactMap { images[$0.image]?.owner }.first, cells: cells
                )
            })
        self.events = Table(events.map { EventRow($0, now: now) })
    }

    /// A workload that runs an image in several containers is shown once.
    private static func distinct(_ deployments: [DeploymentRecord]) -> [DeploymentRecord] {
        var seen: Set<[String]> = []
        return deployments.filter { seen.insert([$0.namespace, $0.workload, $0.image.hex]).inserted }
    }
}

extension BoardPage.Environment {
    init(_ status: EnvironmentStatus, now: Instant) {
        name = status.name
        badge = status.badge
        message = status.message ?? "no agent has reported yet"
        revision = status.revision.map { String($0.prefix(10)) }
        stamp = status.since.map { Stamp($0, now: now) }
        drift = status.drift
        corrected = status.corrected.map { "\($0.message) (\(Stamp($0.moment, now: now).age))" }
        events = .events(about: EnvironmentStatus.subject(status.name), "events")
    }
}

extension BoardPage.Entry {
    init(_ deployment: DeploymentRecord, _ image: ImageRecord?, _ status: EnvironmentStatus, now: Instant) {
        self.image = .image(deployment.image)
        commit = image.map { String($0.commit.prefix(10)) }
        workload = "\(deployment.workload) in \(deployment.namespace)"
        stamp = Stamp(deployment.deployed, now: now)
        let object = workload
        badge =
            if image == nil {
                Badge(.bad, "image not recorded")
            } else if status.drift.contains(where: { $0.hasPrefix(object + " ") }) {
                Badge(.bad, "drifted")
            } else if status.state == "refused" || status.state == "failed" {
                Badge(.wait, "last good")
            } else if !status.drift.isEmpty { Badge(.good, "running") } else {
                status.state == "synced" ? Badge(.good, "running") : status.badge
            }
    }
}
