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
        return try await walker.chain(of: workload, namespace: namespace)
    }
}
