import Attestations
import AuditService
import Delivery
import Files
import GitRepositories
import Ledger
import Trust
import WaybillCore

/// Walks chains on a state folder, whether or not services run on it.
struct AuditOperations: Sendable {
    let state: StateFolder
    let ledger: any Ledger

    func chain(of workload: String, namespace: String) async throws(WaybillError) -> PaperChain {
        let house = try await house()
        return try await house.walker.chain(of: try await subject(workload, namespace, in: house.repositories))
    }

    /// The chain with everything that it rests on, unsealed.
    func evidence(
        of text: String, namespace: String
    ) async throws(WaybillError) -> (chain: PaperChain, pack: EvidencePack) {
        let house = try await house()
        return try await house.walker.evidence(of: try await subject(text, namespace, in: house.repositories))
    }

    /// Records the revocation as a signed paper and says what runs on what was revoked.
    func revoke(
        _ revocation: Revocation, recorded: Instant
    ) async throws(WaybillError) -> [RevocationReach.Affected] {
        if case .paper(let id) = revocation.target, try await ledger.paper(id) == nil {
            throw WaybillError(.notFound, "the ledger has no such attestation", subject: id.description)
        }
        let envelope = try await StateSigner.sign(revocation.statement, state: state)
        try await ledger.record([
            Paper(
                id: envelope.digest, subject: Revocations.subject, predicateType: PredicateType.revocation,
                recorded: recorded, envelope: envelope)
        ])
        return try await RevocationReach(try await house().walker).affected(by: revocation.target)
    }

    private func house() async throws(WaybillError) -> (
        walker: ChainWalker, repositories: [(name: String, git: GitExecutable)]
    ) {
        let key = try PublicKey(pem: try Files.text(state.signerPublicKey))
        let folder = state.repositories + "/repositories"
        var repositories: [(name: String, git: GitExecutable)] = []
        for name in try Files.names(in: folder) where name.hasSuffix(".git") {
            repositories.append((String(name.dropLast(4)), try GitExecutable("\(folder)/\(name)")))
        }
        let found = repositories
        let environments = try await Environments.find(found)
        let walker = ChainWalker(
            ledger: ledger, keys: [TrustedKey(key, name: Platform.signerName)],
            repository: { name in found.first { $0.name == name }?.git },
            environmentRepository: { name in environments.first { $0.entry.name == name }?.repository })
        return (walker, repositories)
    }

    private func subject(
        _ text: String, _ namespace: String, in repositories: [(name: String, git: GitExecutable)]
    ) async throws(WaybillError) -> ChainSubject {
        guard let commit = Self.commit(text) else { return try Self.imageOrWorkload(text, namespace) }
        for (name, git) in repositories {
            if try await git.object(commit)?.type == "commit" { return .commit(commit.hex, repository: name) }
        }
        throw WaybillError(.notFound, "no repository of this machine has the commit", subject: commit.hex)
    }

    // MARK: what people name

    static func commit(_ text: String) -> ObjectID? {
        ObjectID(text.hasPrefix("gitCommit:") ? String(text.dropFirst(10)) : text)
    }

    static func imageOrWorkload(_ text: String, _ namespace: String) throws(WaybillError) -> ChainSubject {
        guard
            let place = text.utf8.lastIndex(of: UInt8(ascii: "@"))
                ?? (text.hasPrefix("sha256:") ? text.startIndex : nil)
        else { return .workload(text, namespace: namespace) }
        let digest = text.hasPrefix("sha256:") ? text[...] : text[text.index(after: place)...]
        return .image(try Digest(parsing: String(digest)))
    }
}
