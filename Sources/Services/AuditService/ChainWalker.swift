import Attestations
import Documents
public import GitRepositories
public import Ledger
public import Trust
public import WaybillCore

/// Walks from a running workload back to the people who let it run, and verifies every link on the way.
///
/// Everything is read from the ledger and from Git on this machine: no network is asked.
public struct ChainWalker: Sendable {
    let ledger: any Ledger
    /// The keys whose papers count: the installation's signer.
    let keys: [TrustedKey]
    /// The Git repository of a name; nil where this machine has none.
    let repository: @Sendable (String) -> (any GitRepository)?
    /// The environment repository's name for an environment.
    let environmentRepository: @Sendable (String) -> String?

    public init(
        ledger: any Ledger, keys: [TrustedKey], repository: @escaping @Sendable (String) -> (any GitRepository)?,
        environmentRepository: @escaping @Sendable (String) -> String?
    ) {
        self.ledger = ledger
        self.keys = keys
        self.repository = repository
        self.environmentRepository = environmentRepository
    }

    /// The chain of `workload` (`deployment/shop`, any case) in a namespace. Throws `.notFound` where it does not run.
    public func chain(of workload: String, namespace: String) async throws(WaybillError) -> PaperChain {
        let running = try await ledger.deployments(runningOnly: true).first {
            $0.namespace == namespace && $0.workload.lowercased() == workload.lowercased()
        }
        guard let running else {
            throw WaybillError(
                .notFound, "nothing of this name was deployed and is running", subject: "\(workload) in \(namespace)",
                remedy: "kubectl get deployments -n \(namespace)")
        }
        let walk = PaperReader(ledger: ledger, keys: keys)
        var links: [ChainLink] = []
        links.append(try await deployed(running, walk))
        links.append(try await promoted(running))
        for requirement in PaperReader.requirements {
            links.append(try await walk.link(requirement, image: running.image))
        }
        let source = try await walk.source(of: running.image)
        links.append(source.link)
        if let repositoryName = source.repository, let commit = source.commit {
            links += try await SourceWalk(
                ledger: ledger, keys: keys, name: repositoryName, git: repository(repositoryName)
            )
            .links(commit: commit)
        }
        return PaperChain(
            workload: running.workload, namespace: running.namespace, environment: running.environment,
            image: running.image, repository: source.repository ?? "", runningSince: running.deployed.milliseconds,
            links: links)
    }

    /// The agent's signed statement that it applied this image.
    private func deployed(_ running: DeploymentRecord, _ walk: PaperReader) async throws(WaybillError) -> ChainLink {
        try await walk.link(
            .init(name: "deployed", predicateType: PredicateType.deployment) { predicate in
                let revision = predicate["revision"]?.string ?? "?"
                guard revision == running.revision else {
                    return .failure("names another revision than \(running.revision)")
                }
                return .success("to \(running.environment), revision \(revision.prefix(10))")
            }, image: running.image, matching: { $0["revision"]?.string == running.revision })
    }

    /// The signed commit of the environment repository that the agent applied.
    private func promoted(_ running: DeploymentRecord) async throws(WaybillError) -> ChainLink {
        guard let name = environmentRepository(running.environment), let git = repository(name),
            let id = ObjectID(running.revision)
        else { return ChainLink(name: "promoted", isIntact: false, detail: "the environment's repository is not here") }
        let verification = try await SourceWalk.verify(id, in: git)
        guard let verification else {
            return ChainLink(name: "promoted", isIntact: false, detail: "the commit \(id.short) is not in \(name)")
        }
        return ChainLink(
            name: "promoted", isIntact: verification.outcome.isGood,
            detail: "\(verification.label) \(verification.outcome)",
            signer: verification.commit.author.email)
    }
}
