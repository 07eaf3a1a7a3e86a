import AdmissionService
import AgentService
import Attestations
import Clusters
import Delivery
import Documents
import Files
import ForgeService
import Foundation
import GitRepositories
import Ledger
import Logging
import PipelineService
import Trust
import WaybillCore

/// One agent for each environment that the hosted repositories declare, on a mirror of its repository.
actor AgentHouse {
    private struct Resident {
        /// Nil while another process leads the environment.
        var agent: AgentService?
        /// The other cluster that it leads to.
        var cluster: NamedCluster?
        var task: Task<Void, Never>
    }

    private var platform: Platform?
    private var standard: PaperRules?
    private var residents: [String: Resident] = [:]
    private var mirrors: [String: RepositoryMirror] = [:]
    /// Papers that each namespace asks for, by the revision that its agent accepted.
    private var rules: [String: (namespace: String, papers: PaperRules)] = [:]
    /// Which revisions' admission policies count, as the ledger remembers it; nil until it was asked.
    private var places: Object?
    /// The repository that desires each environment.
    private var sources: [String: String] = [:]
    private let logger = Logger(label: "agents")
    /// Environments whose objects take no changes by hand, by the revisions that their agents accepted.
    private var refusing: Set<String> = []
    private let refuse: @Sendable (Set<String>) async -> Void

    init(refuse: @escaping @Sendable (Set<String>) async -> Void = { _ in }) { self.refuse = refuse }

    /// What the agents did since they started, in Prometheus' form.
    func metrics() -> String {
        residents.sorted { $0.key < $1.key }.compactMap { name, resident in
            resident.agent?.counters.text(environment: name)
        }.joined()
    }

    func open(_ platform: Platform, standard: PaperRules) async {
        self.platform = platform
        self.standard = standard
        await poke()
    }

    /// Looks for environments that are new, then asks every agent for a round at once.
    func poke() async {
        do { try await settle() } catch { logger.error("environments cannot be read", metadata: ["error": "\(error)"]) }
        for resident in residents.values { await resident.agent?.poke() }
    }

    func stop() async {
        for resident in residents.values { resident.task.cancel() }
        for resident in residents.values {
            await resident.task.value
            await resident.cluster?.stop()
        }
        residents = [:]
    }

    private func settle() async throws(WaybillError) {
        guard let platform else { return }
        var repositories: [(name: String, git: GitExecutable)] = []
        for name in try await platform.forge.repositories() {
            repositories.append((name, try await platform.forge.repository(name)))
        }
        for source in try await Environments.find(repositories) where residents[source.entry.name] == nil {
            let mirror = try await mirror(of: source.repository, platform)
            guard residents[source.entry.name] == nil else { continue }
            sources[source.entry.name] = source.repository
            // What was accepted before the start counts, whatever the branch says meanwhile.
            let accepted = try await AgentService.accepted(
                source.entry.name, in: mirror.repository, ledger: platform.ledger)
            settle(source, accepted == nil ? source.entry.cluster : accepted?.cluster, mirror, platform)
        }
    }

    private func settle(
        _ source: EnvironmentSource, _ clusterName: String?, _ mirror: RepositoryMirror, _ platform: Platform
    ) {
        let cluster = clusterName.map { NamedCluster($0, in: ClusterRegistry(platform.state)) }
        residents[source.entry.name] = Resident(
            cluster: cluster, task: Task { await self.lead(source, cluster, mirror, platform) })
    }

    /// Ends an environment's agent and begins anew in another cluster.
    private func move(_ source: EnvironmentSource, to entry: EnvironmentEntry) async {
        guard let platform, let old = residents[entry.name], old.cluster?.name != entry.cluster,
            let mirror = mirrors[source.repository]
        else { return }
        old.task.cancel()
        await old.task.value
        await old.cluster?.stop()
        // While we waited everything may have been stopped.
        guard residents[entry.name] != nil else { return }
        settle(source, entry.cluster, mirror, platform)
    }

    /// Looks after an environment while this process holds its Lease. Who leads anew begins from what the ledger holds.
    private func lead(
        _ source: EnvironmentSource, _ cluster: NamedCluster?, _ mirror: RepositoryMirror, _ platform: Platform
    ) async {
        let name = source.entry.name
        // The same from start to start: one process at a time works on a state folder, and need not wait for itself.
        let folder = Digest.sha256(of: platform.state.path.utf8).hex.prefix(16)
        let lease = AgentLease(
            cluster ?? platform.client, namespace: "default", environment: name, identity: "\(Self.hostName)-\(folder)"
        ) { Platform.now().milliseconds }
        await lease.run(unreachable: { await self.tell($0, name, platform) }) { [weak self] in
            guard let self else { return }
            let agent = await self.agent(for: source, on: mirror, cluster, platform, lease)
            await self.setAgent(agent, name)
            // What was accepted before the start counts, whatever the branch says meanwhile.
            do throws(WaybillError) {
                if let entry = try await agent.acceptedEnvironment() { await self.hold(entry) }
            } catch { await self.log("the accepted revision cannot be read", error) }
            await agent.run()
            await self.setAgent(nil, name)
        }
    }

    private func setAgent(_ agent: AgentService?, _ name: String) { residents[name]?.agent = agent }

    /// A cluster that does not answer has no agent that could say so.
    private func tell(_ failure: WaybillError, _ environment: String, _ platform: Platform) async {
        let name = AgentSettings.conditionsName(of: environment)
        do throws(WaybillError) {
            var value = try await platform.ledger.state(name) ?? ["applications": []]
            var applications = value["applications"]?.array ?? []
            if applications.isEmpty {
                applications = [
                    ["name": .string(environment), "objects": 0, "health": "unknown", "notes": [], "violations": []]
                ]
            }
            for index in applications.indices {
                applications[index]["state"] = "failed"
                applications[index]["message"] = .string(failure.description)
            }
            guard value["applications"] != .array(applications) else { return }
            log("the cluster of \(environment) cannot be asked", failure)
            value["applications"] = .array(applications)
            try await platform.ledger.setState(name, to: value)
        } catch { log("what stands in the way cannot be shown", error) }
    }

    private func log(_ message: Logger.Message, _ error: WaybillError) {
        logger.error(message, metadata: ["error": "\(error)"])
    }

    private static let hostName: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "host" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    private func mirror(of name: String, _ platform: Platform) async throws(WaybillError) -> RepositoryMirror {
        if let mirror = mirrors[name] { return mirror }
        try Files.makeFolder(platform.state.mirrors)
        let mirror = try await RepositoryMirror(
            of: try await platform.forge.repository(name).gitFolder, in: "\(platform.state.mirrors)/\(name).git",
            transports: [.file])
        mirrors[name] = mirror
        return mirror
    }

    private func agent(
        for source: EnvironmentSource, on mirror: RepositoryMirror, _ cluster: NamedCluster?, _ platform: Platform,
        _ lease: AgentLease
    ) -> AgentService {
        let name = source.entry.name, rootSigners = platform.state.rootSigners(of: source.repository)
        let index = platform.index
        var doors = AgentDoors(
            repository: mirror.repository,
            fetch: { () async throws(WaybillError) in try await mirror.fetch() },
            cluster: cluster ?? platform.client, ledger: platform.ledger, signer: platform.signer.signer,
            revisionGuard: SignedHistoryGuard(
                mirror.repository, environment: name,
                rootSigners: { () throws(WaybillError) in
                    try AllowedSigners(parsing: try Files.read(rootSigners), file: rootSigners)
                },
                isPromotion: { commit async throws(WaybillError) in
                    try await Self.isPromotion(commit, platform)
                }, now: Platform.now),
            papersFor: { digests, entry async throws(WaybillError) in
                let rules = try Environments.rules(entry.require, builder: PipelineService.builderID)
                return try await Self.papers(digests, rules, index)
            },
            revisionAccepted: { [weak self] entry in await self?.hold(entry) },
            now: Platform.now)
        doors.ask = HTTPQuestion.ask
        doors.mayWrite = { _ in lease.isHeld }
        doors.clusterAs = { account, namespace in
            let person = Impersonation.serviceAccount(account, namespace: namespace)
            return cluster?.acting(as: person) ?? platform.client.acting(as: person)
        }
        doors.moved = { [weak self] entry in
            // The agent that tells it is the one that ends: nobody waits for the move here.
            Task { await self?.move(source, to: entry) }
        }
        doors.artifacts = RegistryArtifacts(ownHost: platform.registryHost, now: Platform.now)
        let room = RenderRoom(folder: platform.state.builds)
        doors.render = { rendering, files throws(WaybillError) in try await room.run(rendering, files) }
        let keys = AgeKeyFolder(platform.state.ageKeys)
        doors.ageKeys = { () throws(WaybillError) in try keys.identities() }
        var settings = AgentSettings(environment: name, repository: source.repository, actor: "agent/\(name)")
        settings.cluster = cluster?.name
        return AgentService(settings, doors: doors)
    }

    /// From now on the environment's namespace asks for these papers at admission.
    private func hold(_ entry: EnvironmentEntry) async {
        // Another cluster's admission is not ours.
        guard let platform, let standard, entry.cluster == nil else { return }
        do throws(WaybillError) {
            rules[entry.name] = (
                entry.namespace, try Environments.rules(entry.require, builder: PipelineService.builderID)
            )
        } catch {
            logger.error("an environment's papers cannot be asked for", metadata: ["error": "\(error)"])
            rules[entry.name] = nil
        }
        var admission = AdmissionRules(standard: standard)
        for (namespace, papers) in rules.values { admission.byNamespace[namespace] = papers }
        platform.admission.setRules(admission)
        if let name = sources[entry.name], let mirror = mirrors[name] {
            let (place, memory) = await AdmissionPolicies.accepted(
                of: entry, in: mirror.repository, named: name, platform.state, platform.ledger)
            platform.admission.changePolicies { $0.places[entry.name] = place }
            await remember(memory, of: entry.name, platform)
        }
        let asks = entry.drift == .refuse || entry.applications.contains { $0.drift == .refuse }
        if asks { refusing.insert(entry.name) } else { refusing.remove(entry.name) }
        await refuse(refusing)
    }

    /// Which revision's policies count, for the next start: all of them are written as one.
    private func remember(_ memory: Value?, of environment: String, _ platform: Platform) async {
        do throws(WaybillError) {
            if places == nil {
                places = try await platform.ledger.state(AdmissionPolicies.stateName)?.object ?? Object()
            }
            guard places?[environment] != memory else { return }
            places?[environment] = memory
            try await platform.ledger.setState(AdmissionPolicies.stateName, to: places.map(Value.object))
        } catch {
            logger.error("what policies count cannot be remembered", metadata: ["error": "\(error)"])
        }
    }

    /// Whether this installation explained a commit of its own key, with its signature.
    private static func isPromotion(_ commit: ObjectID, _ platform: Platform) async throws(WaybillError) -> Bool {
        let verifier = EnvelopeVerifier(keys: [TrustedKey(platform.signer.publicKey, name: Platform.signerName)])
        let moment = Timestamp(seconds: Platform.now().milliseconds / 1000)
        for paper in try await platform.ledger.papers(
            about: "gitCommit:\(commit)", predicateType: PredicateType.promotion)
        {
            // A paper that is not ours explains nothing.
            guard case .success(let verified) = verifier.verify(paper.envelope, at: moment) else { continue }
            if verified.statement.predicateType == PredicateType.promotion,
                verified.statement.predicate["commit"]?.string == commit.hex
            {
                return true
            }
        }
        return false
    }

    private static func papers(
        _ digests: [Digest], _ rules: PaperRules, _ index: PaperIndex
    ) async throws(WaybillError) -> Verdict {
        try await index.catchUp()
        let moment = Timestamp(seconds: Platform.now().milliseconds / 1000)
        var verdict = Verdict(gate: .promote, subject: digests.map(\.short).joined(separator: ", "))
        for digest in digests {
            verdict.violations +=
                rules.judge(digest, papers: index.papers(about: digest), gate: .promote, at: moment).violations
        }
        return verdict
    }
}
