import Attestations
import GitRepositories
import Ledger
public import Trust
public import WaybillCore

/// What runs on a key or a paper.
public struct RevocationReach: Sendable {
    /// A running workload whose chain rests on it.
    public struct Affected: Hashable, Sendable {
        public var workload: String
        public var namespace: String
        public var environment: String
        public var image: Digest
        /// The links that rest on it, in the chain's order.
        public var links: [String]
        /// Whether the chain holds all the same: what a key signed before it was revoked goes on counting.
        public var isIntact: Bool
    }

    let walker: ChainWalker

    public init(_ walker: ChainWalker) { self.walker = walker }

    /// Every running workload whose chain has the paper in it, or something that the key signed.
    public func affected(by target: Revocation.Target) async throws(WaybillError) -> [Affected] {
        var found: [Affected] = []
        var seen: Set<[String]> = []
        for running in try await walker.ledger.deployments(runningOnly: true) {
            guard seen.insert([running.namespace, running.workload]).inserted else { continue }
            let (chain, pack) = try await walker.evidence(
                of: .workload(running.workload, namespace: running.namespace))
            var names = Set(pack.papers.filter { rests($0, on: target) }.compactMap { Self.links[$0.predicateType] })
            if case .key(let id) = target { names.formUnion(Self.commits(in: pack, signedBy: id, chain.repository)) }
            guard !names.isEmpty else { continue }
            found.append(
                Affected(
                    workload: running.workload, namespace: running.namespace, environment: running.environment,
                    image: running.image, links: chain.links.map(\.name).filter(names.contains),
                    isIntact: chain.isIntact))
        }
        return found
    }

    private func rests(_ paper: Paper, on target: Revocation.Target) -> Bool {
        switch target {
        case .paper(let id): paper.id == id
        case .key(let id): paper.envelope.signatures.contains { $0.keyID.utf8.elementsEqual(id.utf8) }
        }
    }

    /// The chain's link for each type of paper.
    private static let links = [
        PredicateType.deployment: "deployed", PredicateType.provenance: "built", PredicateType.review: "review",
        PredicateType.referenceMove: "merged",
    ].merging(PaperReader.requirements.map { ($0.predicateType, $0.name) }) { first, _ in first }

    private static func commits(in pack: EvidencePack, signedBy id: String, _ source: String) -> Set<String> {
        var names: Set<String> = []
        for (repository, objects) in pack.repositories {
            for object in objects.values where object.type == "commit" {
                // A commit that is not signed by an SSH key was not signed by this one.
                guard let commit = try? GitCommit(parsing: object.bytes), let armored = commit.signature,
                    let key = try? SSHSignature(armored: armored).key, [key.sshFingerprint, key.keyID].contains(id)
                else { continue }
                names.insert(repository == source ? "commit" : "promoted")
            }
        }
        return names
    }
}
