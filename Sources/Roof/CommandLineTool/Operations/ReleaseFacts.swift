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
        let runs = try await catalog.ledger.deployments(runningOnly: false).map {
            PromotionFacts.ImageRun(
                image: $0.image, environment: $0.environment, since: $0.deployed.milliseconds / 1000,
                until: $0.ended.map { $0.milliseconds / 1000 })
        }
        facts.placements = PromotionFacts.placements(of: facts.releases, from: runs)
        facts.verifications = PromotionFacts.verifications(
            of: facts.releases, from: try await reports(facts.releases), facts.placements)
        facts.orders = try await orders(facts.releases)
        return facts
    }

    /// Those that can be put together of what passed every gate, oldest first.
    private func releases() async throws(WaybillError) -> [Release] {
        var passed: [ReleaseAssembly.Passed] = []
        var companions: [String: [String]] = [:]
        for event in try await catalog.ledger.events(about: nil, limit: Self.eventsMax).reversed()
        where event.action == "pipeline.finished" && event.verdict == "allow" {
            guard let source = event.detail["repository"]?.string, let commit = event.detail["commit"]?.string,
                let image = event.detail["image"]?.string.flatMap({ Digest($0) }),
                let reference = event.detail["reference"]?.string
            else { continue }
            passed.append(
                ReleaseAssembly.Passed(
                    project: source, commit: commit, name: String(reference.prefix { $0 != "@" && $0 != ":" }),
                    image: image, time: event.moment.milliseconds / 1000))
            if source == project, companions[commit] == nil {
                companions[commit] = try await companionsDeclared(at: commit)
            }
        }
        let members = Set(companions.values.flatMap(\.self)).union([project])
        passed = passed.filter { members.contains($0.project) }
        for index in passed.indices {
            passed[index].authors = try await authors(of: passed[index].commit, in: passed[index].project)
        }
        return try ReleaseAssembly(project: project, companions: companions).releases(from: passed)
    }

    /// The projects that the commit's own `waybill.yaml` says go with it. A commit that is gone goes alone.
    private func companionsDeclared(at commit: String) async throws(WaybillError) -> [String] {
        guard let git = catalog.repositories.first(where: { $0.name == project })?.git, let id = ObjectID(commit),
            let bytes = try await git.read(ProjectFile.path, at: id)
        else { return [] }
        return try ProjectFile(parsing: bytes).releasesWith
    }

    private func authors(of commit: String, in repository: String) async throws(WaybillError) -> [String] {
        guard let git = catalog.repositories.first(where: { $0.name == repository })?.git, let id = ObjectID(commit),
            let object = try await git.object(id), object.type == "commit"
        else { return [] }
        let parsed = try GitCommit(parsing: object.bytes)
        return Set([parsed.author.email, parsed.committer.email]).sorted()
    }

    /// What the agents attested about every image of these releases.
    private func reports(_ releases: [Release]) async throws(WaybillError) -> [PromotionFacts.ImageReport] {
        let key = try PublicKey(pem: try Files.text(catalog.state.signerPublicKey))
        let verifier = EnvelopeVerifier(keys: [TrustedKey(key, name: Platform.signerName)])
        let now = Timestamp(seconds: Platform.now().milliseconds / 1000)
        var reports: [PromotionFacts.ImageReport] = []
        for image in Set(releases.flatMap(\.images.values)).sorted() {
            for paper in try await catalog.ledger.papers(
                about: image.description, predicateType: PredicateType.deployment)
            {
                // A paper that is not the agent's proves nothing.
                guard case .success(let verified) = verifier.verify(paper.envelope, at: now) else { continue }
                let predicate = verified.statement.predicate
                guard let environment = predicate["environment"]?.string, let health = predicate["health"]?.string,
                    let time = predicate["deployedOn"]?.string.flatMap({ Timestamp($0) })
                else { continue }
                reports.append(
                    PromotionFacts.ImageReport(
                        image: image, environment: environment, isPassed: health == "synced", time: time.seconds,
                        message: predicate["verification"]?.string ?? "it was \(health)"))
            }
        }
        return reports
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
