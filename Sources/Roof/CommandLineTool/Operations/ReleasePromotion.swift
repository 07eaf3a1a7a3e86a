import Attestations
import Delivery
import Documents
import GitRepositories
import Ledger
import Processes
import Signers
import WaybillCore

/// Brings a release to an environment: a signed commit, and the paper that says so.
struct ReleasePromotion: Sendable {
    let operations: ReleaseOperations
    let state: StateFolder

    func promote(
        _ release: Release, to environment: String, by change: EnvironmentChange
    ) async throws(WaybillError) -> String {
        try await change.update()
        let files = try await files(release, to: environment, by: change)
        let message = "Promote \(release.project) \(release.name) to \(environment)"
        guard let commit = try await change.publish(files, message: message) else {
            return "\(environment) has this release already"
        }
        try await record(release, environment, commit, actor: try await change.git("config", "user.email").line)
        return "\(commit.prefix(10)) \(message)"
    }

    /// What the commit writes, in a clone that is up to date.
    func files(
        _ release: Release, to environment: String, by change: EnvironmentChange
    ) async throws(WaybillError) -> [String: String] {
        let registry = try state.readAddresses().registry.replacing("http://", with: "")
        let files = PromotionOperations(ledger: operations.catalog.ledger, registryHost: registry)
        let git = try GitExecutable("\(state.repositories)/repositories/\(release.project).git")
        return try await files.files(
            release.project, commit: release.commit, images: release.images, to: environment, git: git,
            current: change.text,
            environments: try change.environmentsFile()
        ).files
    }

    private func record(
        _ release: Release, _ environment: String, _ commit: String, actor: String
    ) async throws(WaybillError) {
        let source = try operations.catalog.source(environment)
        let now = Platform.now()
        var predicate = Promotion(
            environment: environment, from: source.entry.promotion.from.first, repository: source.repository,
            commit: commit, actor: actor, reason: "release \(release.id)",
            time: Timestamp(seconds: now.milliseconds / 1000)
        ).value
        predicate["release"] = .string(release.id.description)
        let subjects = release.images.sorted { $0.key < $1.key }.map {
            Statement.Subject(name: $0.key, digest: $0.value)
        }
        let envelope = try await SocketSigner(socketPath: state.signerSocket).sign(
            Statement(subjects: subjects, predicateType: PredicateType.promotion, predicate: predicate))
        try await operations.catalog.ledger.record([
            Paper(
                id: envelope.digest, subject: subjects.first?.digest.map { "\($0.key):\($0.value)" }.first ?? "",
                predicateType: PredicateType.promotion, recorded: now, envelope: envelope)
        ])
    }
}
