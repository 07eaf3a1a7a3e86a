import AdmissionService
import AgentService
import Attestations
import Delivery
import ForgeService
import GitRepositories
import Ledger
import Logging
import PipelineService
import Trust
import WaybillCore

/// One agent for each environment that the hosted repositories declare.
actor AgentHouse {
    private struct Resident {
        var agent: AgentService
        var task: Task<Void, Never>
    }

    private var platform: Platform?
    private var standard: PaperRules?
    private var residents: [String: Resident] = [:]
    private let logger = Logger(label: "agents")

    func open(_ platform: Platform, standard: PaperRules) async {
        self.platform = platform
        self.standard = standard
        await poke()
    }

    /// Looks for environments that are new, then asks every agent for a round at once.
    func poke() async {
        do { try await settle() } catch { logger.error("environments cannot be read", metadata: ["error": "\(error)"]) }
        for resident in residents.values { await resident.agent.poke() }
    }

    func stop() async {
        for resident in residents.values { resident.task.cancel() }
        for resident in residents.values { await resident.task.value }
        residents = [:]
    }

    private func settle() async throws(WaybillError) {
        guard let platform, let standard else { return }
        var repositories: [(name: String, git: GitExecutable)] = []
        for name in try await platform.forge.repositories() {
            repositories.append((name, try await platform.forge.repository(name)))
        }
        var rules = AdmissionRules(standard: standard)
        for source in try await Environments.find(repositories) {
            let papers = try Environments.rules(source.entry.require, builder: PipelineService.builderID)
            rules.byNamespace[source.entry.namespace] = papers
            guard residents[source.entry.name] == nil,
                let git = repositories.first(where: { $0.name == source.repository })?.git
            else { continue }
            let agent = AgentService(
                AgentSettings(environment: source.entry.name, actor: "agent/\(source.entry.name)"),
                doors: AgentDoors(
                    repository: git, cluster: platform.client, ledger: platform.ledger, signer: platform.signer.signer,
                    revisionGuard: SignedRangeGuard(
                        git: git, ledger: platform.ledger,
                        rootSigners: platform.state.rootSigners(of: source.repository)),
                    papersFor: { [index = platform.index] digests async throws(WaybillError) in
                        try await Self.papers(digests, papers, index)
                    },
                    now: Platform.now))
            residents[source.entry.name] = Resident(agent: agent, task: Task { await agent.run() })
        }
        platform.admission.setRules(rules)
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
