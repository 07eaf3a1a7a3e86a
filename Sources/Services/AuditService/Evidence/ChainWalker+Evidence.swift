public import Attestations
import Delivery
import Documents
import GitRepositories
import Ledger
public import Trust
public import WaybillCore

extension ChainWalker {
    /// Walks the chain and packs everything that it was shown, unsealed: the same walk on the pack sees the same.
    public func evidence(
        of subject: ChainSubject
    ) async throws(WaybillError) -> (chain: PaperChain, pack: EvidencePack) {
        let recorder = EvidenceRecorder()
        let repository = repository, environmentRepository = environmentRepository
        let watching: @Sendable (String) -> ObjectRepository? = { name in
            repository(name).map { recorder.watching($0, name: name) }
        }
        let walker = ChainWalker(
            ledger: WatchedLedger(ledger: ledger, recorder: recorder), keys: keys, repository: { watching($0) },
            environmentRepository: { environment in
                let name = environmentRepository(environment)
                if let name { recorder.see(environment: environment, in: name) }
                return name
            })
        let chain = try await walker.chain(of: subject)
        if let git = watching(chain.repository), let commit = ObjectID(chain.commit) {
            try await Self.readPolicy(at: commit, in: git)
        }
        var deployment: DeploymentRecord?
        if case .workload = subject {
            deployment = try await ledger.deployments(runningOnly: true).first {
                $0.namespace == chain.namespace && $0.workload == chain.workload
            }
        }
        return (
            chain,
            EvidencePack(
                subject: subject, deployment: deployment, environments: recorder.environments, papers: recorder.papers,
                answers: recorder.answers,
                repositories: recorder.objects, keys: keys)
        )
    }

    /// The rules that the commit itself carries: not judged again by the walk, but what an auditor will want to read.
    private static func readPolicy(at commit: ObjectID, in git: ObjectRepository) async throws(WaybillError) {
        guard try await git.resolve(commit.hex) != nil else { return }
        for file in try await git.files(at: commit, under: ".waybill") {
            _ = try await git.read(file.path, at: commit)
        }
        guard let bytes = try await git.read(ProjectFile.path, at: commit) else { return }
        let paths: [String]
        // A file that cannot be read is packed as it stands; the walk has judged by it already where it matters.
        do { paths = try ProjectFile(parsing: bytes).policy.paths } catch { return }
        for path in paths {
            for file in try await git.files(at: commit, under: path) { _ = try await git.read(file.path, at: commit) }
        }
    }
}

extension EvidencePack {
    /// The chain as the pack alone shows it, believed as far as the reader's own keys go. The first link is the seal: the
    /// installation's word that nothing was left out.
    public func chain(
        of asked: ChainSubject? = nil, trusting keys: [TrustedKey], at moment: Timestamp
    ) async throws(WaybillError) -> PaperChain {
        let pack = self
        let walker = ChainWalker(
            ledger: PackedLedger(pack: pack), keys: keys,
            repository: { name in
                guard let objects = pack.repositories[name] else { return nil }
                return ObjectRepository(name: name) { id throws(WaybillError) in
                    objects[id.hex].map { ($0.type, $0.bytes) }
                }
            }, environmentRepository: { pack.environments[$0] })
        var chain = try await walker.chain(of: asked ?? subject)
        chain.links.insert(sealLink(keys, moment), at: 0)
        return chain
    }

    private func sealLink(_ keys: [TrustedKey], _ moment: Timestamp) -> ChainLink {
        func broken(_ detail: String) -> ChainLink { ChainLink(name: "pack", isIntact: false, detail: detail) }
        guard let seal else { return broken("is not sealed: something may have been left out") }
        switch EnvelopeVerifier(keys: keys).verify(seal, at: moment) {
        case .failure(let failure): return broken("the seal \(failure)")
        case .success(let verified):
            guard verified.statement.predicateType.utf8.elementsEqual(PredicateType.evidencePack.utf8) else {
                return broken("the seal is a paper of another type")
            }
            guard verified.statement.isAbout(contentDigest) else {
                return broken("was changed after it had been sealed")
            }
            // A key's id is a hint that nobody signed; here it must be the truth, so that no byte of a pack is loose.
            guard seal.signatures.map(\.keyID) == verified.signers.map(\.keyID) else {
                return broken("the seal names another key than the one that made it")
            }
            return ChainLink(
                name: "pack", isIntact: true,
                detail: "whole: \(papers.count) papers, \(objectCount) objects",
                signer: verified.signers.map(\.name).joined(separator: ", "), paper: seal.digest)
        }
    }
}
