import AgentService
import Attestations
import Delivery
import Documents
import Files
import GitRepositories
import Ledger
import Trust
import WaybillCore

/// The environments of a state folder, and what is known of the releases that move through them.
struct EnvironmentCatalog: Sendable {
    let state: StateFolder
    let ledger: any Ledger
    let repositories: [(name: String, git: GitExecutable)]
    let environments: [EnvironmentSource]

    init(_ state: StateFolder, ledger: any Ledger) async throws(WaybillError) {
        self.state = state
        self.ledger = ledger
        let folder = state.repositories + "/repositories"
        var repositories: [(name: String, git: GitExecutable)] = []
        for name in try Files.names(in: folder).sorted() where name.hasSuffix(".git") {
            repositories.append((String(name.dropLast(4)), try GitExecutable("\(folder)/\(name)")))
        }
        self.repositories = repositories
        environments = try await Environments.find(repositories)
    }

    func source(_ environment: String) throws(WaybillError) -> EnvironmentSource {
        if let found = environments.first(where: { $0.entry.name == environment }) { return found }
        let names = environments.map(\.entry.name)
        let hint = Spelling.nearest(to: environment, among: names).map { ", did you mean \($0)?" } ?? ""
        throw WaybillError(
            .notFound, "there is no environment \(environment)\(hint)", subject: state.path,
            remedy: "there are: \(names.joined(separator: ", "))")
    }

    /// How the applications of an environment stood when the agent last looked.
    func conditions(of environment: String) async throws(WaybillError) -> [Value] {
        try await ledger.state(AgentSettings.conditionsName(of: environment))?["applications"]?.array ?? []
    }

    func application(_ name: String, in environment: String) async throws(WaybillError) -> Value {
        let all = try await conditions(of: environment)
        if let found = all.first(where: { $0["name"]?.string == name }) { return found }
        let names = all.compactMap { $0["name"]?.string }
        let hint = Spelling.nearest(to: name, among: names).map { ", did you mean \($0)?" } ?? ""
        throw WaybillError(
            .notFound, "the environment \(environment) has no application \(name)\(hint)", subject: environment,
            remedy: "look at them: waybill app list --environment \(environment)")
    }

    func memory(of application: String, in environment: String) async throws(WaybillError) -> ApplicationState {
        try ApplicationState(
            try await ledger.state(AgentSettings.stateName(of: application, in: environment)))
    }

    /// The people whose orders about an environment count: the signers of its repository as it stands.
    func verifier(of environment: String) async throws(WaybillError) -> ReleaseOrderVerifier {
        let source = try source(environment)
        guard let git = repositories.first(where: { $0.name == source.repository })?.git,
            let head = try await git.resolve(AgentSettings.trunk)
        else {
            throw WaybillError(.notFound, "the environment's repository has no main", subject: source.repository)
        }
        let path = state.rootSigners(of: source.repository)
        let root = Files.exists(path) ? try AllowedSigners(parsing: try Files.read(path), file: path) : AllowedSigners()
        let terms = try await SourceTerms(at: head, in: git, root: root)
        return ReleaseOrderVerifier(people: terms.signers, revoked: terms.revoked)
    }
}
