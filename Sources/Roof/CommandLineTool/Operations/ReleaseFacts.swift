import Attestations
import Delivery
import Documents
import Files
import GitRepositories
import Ledger
import Trust
import WaybillCore

/// Reads what was attested about a project's releases.
struct ReleaseFacts: Sendable {
    let catalog: EnvironmentCatalog
    let project: String

    private static let eventsMax = 10_000

    func load() async throws(WaybillError) -> PromotionFacts {
        var facts = PromotionFacts()
        facts.releases = try await releases()
        let byImage = Dictionary(
            facts.releases.flatMap { release in release.images.values.map { ($0, release.id) } }
        ) { _, newer in newer }
        facts.placements = try await placements(byImage)
        facts.verifications = try await verifications(facts.releases)
        facts.orders = try await orders(facts.releases)
        return facts
    }

    /// One for each commit whose image passed every gate, oldest first.
    private func releases() async throws(WaybillError) -> [Release] {
        var releases: [Release] = []
        for event in try await catalog.ledger.events(about: nil, limit: Self.eventsMax)
        where event.action == "pipeline.finished" && event.verdict == "allow" {
            guard event.detail["repository"]?.string == project, let commit = event.detail["commit"]?.string,
                let image = event.detail["image"]?.string.flatMap({ Digest($0) }),
                let reference = event.detail["reference"]?.string
            else { continue }
            let name = String(reference.prefix { $0 != "@" && $0 != ":" })
            releases.append(
                Release(
                    project: project, commit: commit, images: [name: image],
                    created: event.moment.milliseconds / 1000, authors: try await authors(of: commit)))
        }
        var seen: Set<Digest> = []
        return releases.filter { seen.insert($0.id).inserted }.reversed()
    }

    private func authors(of commit: String) async throws(WaybillError) -> [String] {
        guard let git = catalog.repositories.first(where: { $0.name == project })?.git, let id = ObjectID(commit),
            let object = try await git.object(id), object.type == "commit"
        else { return [] }
        let parsed = try GitCommit(parsing: object.bytes)
        return Set([parsed.author.email, parsed.committer.email]).sorted()
    }

    private func placements(_ byImage: [Digest: Digest]) async throws(WaybillError) -> [PromotionFacts.Placement] {
        var placements: [PromotionFacts.Placement] = []
        for record in try await catalog.ledger.deployments(runningOnly: false) {
            guard let release = byImage[record.image] else { continue }
            placements.append(
                PromotionFacts.Placement(
                    release: release, environment: record.environment, since: record.deployed.milliseconds / 1000,
                    until: record.ended.map { $0.milliseconds / 1000 }))
        }
        return placements
    }

    private func verifications(_ releases: [Release]) async throws(WaybillError) -> [PromotionFacts.Verification] {
        let key = try PublicKey(pem: try Files.text(catalog.state.signerPublicKey))
        let verifier = EnvelopeVerifier(keys: [TrustedKey(key, name: Platform.signerName)])
        let now = Timestamp(seconds: Platform.now().milliseconds / 1000)
        var verifications: [PromotionFacts.Verification] = []
        for release in releases {
            for image in release.images.values.sorted() {
                for paper in try await catalog.ledger.papers(
                    about: image.description, predicateType: PredicateType.deployment)
                {
                    // A paper that is not the agent's proves nothing.
                    guard case .success(let verified) = verifier.verify(paper.envelope, at: now) else { continue }
                    let predicate = verified.statement.predicate
                    guard let environment = predicate["environment"]?.string,
                        let health = predicate["health"]?.string,
                        let time = predicate["deployedOn"]?.string.flatMap({ Timestamp($0) })
                    else { continue }
                    verifications.append(
                        PromotionFacts.Verification(
                            release: release.id, environment: environment, isPassed: health == "synced",
                            time: time.seconds,
                            message: predicate["verification"]?.string ?? "it was \(health)"))
                }
            }
        }
        return verifications
    }

    private func orders(_ releases: [Release]) async throws(WaybillError) -> [ReleaseOrder] {
        var subjects = releases.map(\.id)
        subjects += catalog.environments.map { ReleaseOrder.subject(project: project, environment: $0.entry.name) }
        let now = Timestamp(seconds: Platform.now().milliseconds / 1000)
        var orders: [ReleaseOrder] = []
        var verifiers: [String: ReleaseOrderVerifier] = [:]
        for environment in catalog.environments {
            verifiers[environment.entry.name] = try await catalog.verifier(of: environment.entry.name)
        }
        for subject in subjects {
            for paper in try await catalog.ledger.papers(
                about: subject.description, predicateType: ReleaseOrder.predicateType)
            {
                // An order counts where the people of its environment gave it; a stop, where those of any did.
                let claimed = (try? Statement(parsing: paper.envelope.payload)).flatMap {
                    try? ReleaseOrder($0.predicate)
                }
                let candidates =
                    claimed?.environment.map { [verifiers[$0]].compactMap(\.self) } ?? Array(verifiers.values)
                for verifier in candidates {
                    guard let order = try? verifier.verify(paper.envelope, at: now) else { continue }
                    orders.append(order)
                    break
                }
            }
        }
        return orders.sorted { $0.time < $1.time }
    }
}
