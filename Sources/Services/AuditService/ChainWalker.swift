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
        try await chain(of: .workload(workload, namespace: namespace))
    }

    /// The chain behind a workload, an image or a commit. Throws `.notFound` for a workload that does not run.
    public func chain(of subject: ChainSubject) async throws(WaybillError) -> PaperChain {
        var links: [ChainLink] = []
        let revocations: Revocations
        do {
            revocations = try await Revocations(in: ledger, keys: keys)
        } catch let error where error.code == .corrupted {
            // Whatever it took away, nobody can say: the walk goes on and the chain does not hold.
            revocations = Revocations()
            links.append(ChainLink(name: "revocations", isIntact: false, detail: error.description))
        }
        let reader = PaperReader(ledger: ledger, keys: keys, revocations: revocations)
        switch subject {
        case .workload(let workload, let namespace):
            let running = try await running(workload, namespace)
            links.append(try await deployed(running, reader))
            links.append(try await promoted(running, revocations))
            var chain = PaperChain(
                workload: running.workload, namespace: running.namespace, environment: running.environment,
                image: running.image, repository: "", runningSince: running.deployed.milliseconds, links: links)
            try await built(running.image, reader, &chain)
            return chain
        case .image(let image):
            var chain = PaperChain(
                workload: "", namespace: "", environment: "", image: image, repository: "", runningSince: 0,
                links: links)
            try await built(image, reader, &chain)
            return chain
        case .commit(let commit, let name):
            var chain = PaperChain(
                workload: "", namespace: "", environment: "", image: nil, repository: name, commit: commit,
                runningSince: 0, links: links)
            chain.links += try await source(reader, name).links(commit: commit)
            return chain
        }
    }

    private func running(_ workload: String, _ namespace: String) async throws(WaybillError) -> DeploymentRecord {
        let running = try await ledger.deployments(runningOnly: true).first {
            $0.namespace == namespace && $0.workload.lowercased() == workload.lowercased()
        }
        guard let running else {
            throw WaybillError(
                .notFound, "nothing of this name was deployed and is running", subject: "\(workload) in \(namespace)",
                remedy: "kubectl get deployments -n \(namespace)")
        }
        return running
    }

    /// The image's own papers, and behind them its source.
    private func built(_ image: Digest, _ reader: PaperReader, _ chain: inout PaperChain) async throws(WaybillError) {
        for requirement in PaperReader.requirements {
            chain.links.append(try await reader.link(requirement, image: image))
        }
        let origin = try await reader.source(of: image)
        chain.links.append(origin.link)
        guard let name = origin.repository, let commit = origin.commit else { return }
        chain.repository = name
        chain.commit = commit
        chain.links += try await source(reader, name).links(commit: commit)
    }

    private func source(_ reader: PaperReader, _ name: String) -> SourceWalk {
        SourceWalk(
            ledger: ledger, keys: keys, name: name, git: repository(name), revocations: reader.revocations)
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
    private func promoted(
        _ running: DeploymentRecord, _ revocations: Revocations
    ) async throws(WaybillError) -> ChainLink {
        guard let name = environmentRepository(running.environment), let git = repository(name),
            let id = ObjectID(running.revision)
        else { return ChainLink(name: "promoted", isIntact: false, detail: "the environment's repository is not here") }
        let verification: CommitVerification?
        do {
            verification = try await SourceWalk.verify(id, in: git, revocations)
        } catch let error where error.code == .corrupted {
            return ChainLink(name: "promoted", isIntact: false, detail: error.description)
        }
        guard let verification else {
            return ChainLink(name: "promoted", isIntact: false, detail: "the commit \(id.short) is not in \(name)")
        }
        return ChainLink(
            name: "promoted", isIntact: verification.outcome.isGood,
            detail: "\(verification.label) \(verification.outcome)",
            signer: verification.commit.author.email)
    }
}
