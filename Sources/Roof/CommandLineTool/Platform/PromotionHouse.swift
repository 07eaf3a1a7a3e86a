import Attestations
import Delivery
import Documents
import ForgeService
import GitRepositories
import Ledger
import Logging
import OCI
import Registries
import Signers
import Trust
import WaybillCore

/// Does what the board of environments says is to be done without anybody's asking, and follows images in registries.
///
/// Each step is a commit with the machine's own key and a paper that explains it. Where the repository asks for reviews
/// it becomes a change that people review; otherwise it goes to `main`, and the agents see to its limits.
actor PromotionHouse {
    /// The longest time between two looks; new papers call for one at once.
    private static let interval = Duration.seconds(2)
    /// How often registries are asked for new tags, in milliseconds.
    private static let followMilliseconds: Int64 = 60_000

    private var platform: Platform?
    private var promoter: Promoter?
    private var task: Task<Void, Never>?
    private var position: Int64 = 0
    private var lastEvent: Event?
    private var nextLook: Int64 = 0
    private var nextFollow: Int64 = 0
    /// What was followed already: what somebody newly asks for does not wait for its time.
    private var followed: Set<FollowSettings> = []
    /// Steps that are done or proposed: what the agents make of them takes a while.
    private var done: Set<String> = []
    /// What was last said about each step, so that nothing is said twice.
    private var told: [String: String] = [:]
    private let logger = Logger(label: "promotions")

    func open(_ platform: Platform, _ promoter: Promoter?) {
        self.platform = platform
        self.promoter = promoter
        guard promoter != nil else { return }
        task = Task {
            while !Task.isCancelled {
                await self.look()
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    func stop() async {
        task?.cancel()
        await task?.value
    }

    /// One look: cheap where nothing is new.
    func look() async {
        guard let platform, let promoter else { return }
        do throws(WaybillError) {
            let now = Platform.now().milliseconds
            let isNews = try await hasNews(platform)
            guard isNews || now >= nextLook || now >= nextFollow else { return }
            let catalog = try await EnvironmentCatalog(platform.state, ledger: platform.ledger)
            if isNews || now >= nextLook {
                // Without a gate that time opens there is nothing to look for but news.
                nextLook = .max
                for project in try await projects(catalog) where !Task.isCancelled {
                    try await advance(project, catalog, platform, promoter)
                }
            }
            let isDue = now >= nextFollow
            if isDue { nextFollow = now + Self.followMilliseconds }
            for source in catalog.environments {
                for follow in source.entry.follow where isDue || !followed.contains(follow) {
                    followed.insert(follow)
                    await self.follow(follow, source, catalog, platform, promoter)
                }
            }
        } catch {
            logger.error("promotions cannot be judged", metadata: ["error": "\(error)"])
        }
    }

    private func hasNews(_ platform: Platform) async throws(WaybillError) -> Bool {
        let before = position
        while true {
            let (papers, next) = try await platform.ledger.papers(after: position, limit: 1000)
            position = next
            if papers.count < 1000 { break }
        }
        let event = try await platform.ledger.events(about: nil, limit: 1).first
        defer { lastEvent = event }
        return position != before || event != lastEvent
    }

    /// Repositories whose `waybill.yaml` is a project's that goes to environments which promote by themselves.
    private func projects(_ catalog: EnvironmentCatalog) async throws(WaybillError) -> [String] {
        let automatic = Set(catalog.environments.filter(\.entry.promotion.isAutomatic).map(\.entry.name))
        guard !automatic.isEmpty else { return [] }
        var names: [String] = []
        for (name, git) in catalog.repositories {
            guard let head = try await git.resolve("refs/heads/main"),
                let bytes = try await git.read(ProjectFile.path, at: head),
                // A file that is no project's is another repository's business.
                let file = try? ProjectFile(parsing: bytes),
                file.environments.contains(where: { automatic.contains($0.name) })
            else { continue }
            names.append(name)
        }
        return names
    }

    private func advance(
        _ project: String, _ catalog: EnvironmentCatalog, _ platform: Platform, _ promoter: Promoter
    ) async throws(WaybillError) {
        let operations = try await ReleaseOperations(catalog, project: project)
        let board = PromotionBoard(operations.gates, order: operations.order)
        if let look = board.nextLook { nextLook = min(nextLook, look * 1000) }
        for case .promote(let id, let environment) in board.steps {
            let step = "\(id.short) \(environment)"
            guard let release = operations.facts.releases.first(where: { $0.id == id }), !done.contains(step) else {
                continue
            }
            await attempt(step, "\(project) \(release.name) to \(environment)", environment, platform) {
                () async throws(WaybillError) -> String in
                let source = try catalog.source(environment)
                let change = try await self.change(source, catalog, platform, promoter)
                let message = "Promote \(project) \(release.name) to \(environment)"
                let files = try await ReleasePromotion(operations: operations, state: platform.state)
                    .files(release, to: environment, by: change)
                let reason = "release \(release.id): every gate is open"
                return try await self.publish(
                    files, message, reason, branch: "promote-\(environment)-\(project)-\(release.name)", source, change,
                    catalog, platform)
            }
        }
    }

    /// Proposes the digest of the newest tag that an environment follows.
    private func follow(
        _ follow: FollowSettings, _ source: EnvironmentSource, _ catalog: EnvironmentCatalog, _ platform: Platform,
        _ promoter: Promoter
    ) async {
        let name = source.entry.name
        let place = "follow \(name) \(follow.image)"
        await attempt(place, "\(follow.image) in \(name)", name, platform, once: false) {
            () async throws(WaybillError) -> String in
            let (host, path) = follow.address
            let isOwn = host == platform.registryHost
            let registry = try RegistryClient(
                "\(isOwn || FollowSettings.isLoopback(host) ? "http" : "https")://\(host)")
            guard let tag = try await follow.newest(of: registry.tags(in: path)) else { return "" }
            let digest = try await registry.resolve(tag, in: path).digest
            let change = try await self.change(source, catalog, platform, promoter)
            let file = "\(follow.path == "." ? "" : follow.path + "/")kustomization.yaml"
            guard let text = change.text(file) else {
                throw WaybillError(.notFound, "there is no kustomization to name the image in", subject: file)
            }
            let edit = PromotionEdit(image: follow.image, newName: follow.repository, digest: digest)
            let edited = try edit.applied(to: text, file: file)
            guard edited != text else { return "" }
            let message = "Follow \(follow.image) \(tag) in \(name)"
            return try await self.publish(
                [file: edited], message, "tag \(tag) of \(follow.repository) is \(digest)",
                branch: "follow-\(name)-\(digest.hex.prefix(10))", source, change, catalog, platform)
        }
    }

    /// The clone, once it is sure that the repository lets the key sign.
    private func change(
        _ source: EnvironmentSource, _ catalog: EnvironmentCatalog, _ platform: Platform, _ promoter: Promoter
    ) async throws(WaybillError) -> EnvironmentChange {
        let line = try Promoter.signerLine(platform.state)
        let key = try AllowedSigners(parsing: Array((line + "\n").utf8), file: "promoter").entries.first?.key
        let people = try await catalog.verifier(of: source.entry.name).people
        guard let key, people.holders(of: key).contains(AutomationLimits.identity) else {
            throw WaybillError(
                .forbidden, "the repository does not list the key of promotions", subject: source.repository,
                remedy: "add to .waybill/allowed_signers what this prints: waybill env signer")
        }
        return try await promoter.change(source.repository, at: platform.repositoryAddress(source.repository))
    }

    /// A commit with its paper: on `main`, or as a change where reviews are asked.
    private func publish(
        _ files: [String: String], _ message: String, _ reason: String, branch: String, _ source: EnvironmentSource,
        _ change: EnvironmentChange, _ catalog: EnvironmentCatalog, _ platform: Platform
    ) async throws(WaybillError) -> String {
        guard let commit = try await change.commit(files, message: message) else { return "" }
        let now = Platform.now()
        let promotion = Promotion(
            environment: source.entry.name, from: source.entry.promotion.from.first, repository: source.repository,
            commit: commit, actor: AutomationLimits.identity, reason: reason,
            time: Timestamp(seconds: now.milliseconds / 1000))
        // First the paper, then the push: a commit that arrives is explained already.
        let envelope = try await platform.signer.signer.sign(
            Statement(
                subjects: [Statement.Subject(name: source.repository, digest: ["gitCommit": commit])],
                predicateType: PredicateType.promotion, predicate: promotion.value))
        try await platform.ledger.record([
            Paper(
                id: envelope.digest, subject: "gitCommit:\(commit)", predicateType: PredicateType.promotion,
                recorded: now, envelope: envelope)
        ])
        let reviews = try await neededReviews(source, catalog)
        guard reviews > 0 else {
            try await change.push(to: "main")
            return "\(commit.prefix(10)) \(message)"
        }
        try await change.push(to: branch)
        let opened = try await platform.forge.openChange(
            in: source.repository, branch: branch, title: message, by: Identity("promoter"))
        return "change \(opened.id) waits for \(reviews) reviews: \(message)"
    }

    private func neededReviews(
        _ source: EnvironmentSource, _ catalog: EnvironmentCatalog
    ) async throws(WaybillError) -> Int {
        guard let git = catalog.repositories.first(where: { $0.name == source.repository })?.git,
            let head = try await git.resolve("refs/heads/main")
        else { return source.entry.reviews }
        let terms = try await SourceTerms(at: head, in: git)
        return max(terms.settings.reviews, source.entry.reviews)
    }

    /// Does one step; what came of it is an event. A step that failed is tried again at the next look.
    private func attempt(
        _ step: String, _ what: String, _ environment: String, _ platform: Platform, once: Bool = true,
        _ work: () async throws(WaybillError) -> String
    ) async {
        let message: String, isDone: Bool
        do throws(WaybillError) {
            message = try await work()
            isDone = true
        } catch {
            // A change that is open already is what was wanted.
            isDone = error.code == .conflict && error.message.contains("is open for this branch")
            message = isDone ? "" : error.description
        }
        if isDone, once { done.insert(step) }
        guard !message.isEmpty, told[step] != message else { return }
        told[step] = message
        do throws(WaybillError) {
            try await platform.ledger.record(
                Event(
                    moment: Platform.now(), actor: AutomationLimits.identity,
                    action: isDone ? "release.promoted" : "release.not-promoted", subject: "environment:\(environment)",
                    verdict: isDone ? "allow" : nil, message: isDone ? message : "\(what): \(message)"))
        } catch { logger.error("an event is lost", metadata: ["event": "\(message)", "error": "\(error)"]) }
    }
}
