import Delivery
import GitRepositories
import Kubernetes
import Kustomize
import Trust
import WaybillCore

/// What an environment repository asks of the next step, read from the repository itself.
struct HistoryTerms<Repository: GitRepository> {
    struct Rules {
        var source: SourceTerms
        /// The environment as it stands; nil before it is declared.
        var environment: EnvironmentEntry?
        /// Every environment of the repository.
        var environments: [EnvironmentEntry] = []

        /// Reviews that any step needs.
        var reviewsMin: Int { source.settings.reviews }
    }

    let repository: Repository
    let environment: String
    let root: AllowedSigners

    /// The rules at the last good revision. Throws where they cannot be read. Before the first one nobody can have
    /// reviewed, and the registered signers count.
    func rules(at revision: ObjectID?) async throws(WaybillError) -> Rules {
        guard let revision else { return Rules(source: .first(root)) }
        let source = try await SourceTerms(at: revision, in: repository, root: root)
        let bytes = try await repository.read(EnvironmentsFile.path, at: revision)
        let declared = try bytes.map { bytes throws(WaybillError) in try EnvironmentsFile(parsing: bytes) }
        return Rules(
            source: source, environment: declared?.environment(named: environment),
            environments: declared?.environments ?? [])
    }

    /// The rules after a step that was accepted. One that left rules which nobody can read leaves those before in
    /// force, so that a later commit can mend them.
    func rules(after before: Rules, at revision: ObjectID, isFirst: Bool) async throws(WaybillError) -> Rules {
        var rules: Rules
        do throws(WaybillError) { rules = try await self.rules(at: revision) } catch {
            guard [.invalidInput, .limitExceeded, .unsupported].contains(error.code) else { throw error }
            return before
        }
        // A history that was brought whole has no reviews until the repository is known.
        if isFirst { rules.source.settings.reviews = 0 }
        return rules
    }

    /// How many reviews a step needs: the repository's rule, and the environment's where the step changes what runs
    /// there or what is asked of it.
    func reviews(_ rules: Rules, from: ObjectID?, to: ObjectID) async throws(WaybillError) -> Int {
        guard let from, let entry = rules.environment, entry.reviews > rules.reviewsMin else {
            return rules.reviewsMin
        }
        let changes = try await content(at: from) != content(at: to)
        return changes ? entry.reviews : rules.reviewsMin
    }

    private struct Content: Equatable {
        var entry: EnvironmentEntry?
        var resources: [Resource] = []
        /// Modules of policy that its applications name.
        var modules: [String: [UInt8]] = [:]
        /// The whole repository, where what it comes to cannot be found out: every difference then counts.
        var everything: [String: [UInt8]] = [:]
    }

    private func content(at revision: ObjectID) async throws(WaybillError) -> Content {
        let files = try await RevisionFiles.read(repository, at: revision)
        var content = Content()
        do throws(WaybillError) {
            guard let bytes = files[EnvironmentsFile.path],
                let entry = try EnvironmentsFile(parsing: bytes).environment(named: environment)
            else { return content }
            content.entry = entry
            for application in try entry.allApplications(files: files.keys) {
                content.resources += try KustomizeBuild.render(root: application.path) { files[$0] }
                for path in application.ignore.flatMap(\.rego) { content.modules[path] = files[path] }
            }
        } catch {
            content.everything = files
        }
        return content
    }
}
