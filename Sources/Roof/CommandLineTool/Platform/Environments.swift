import Delivery
import GitRepositories
import Trust
import WaybillCore

/// An environment with the repository that desires it.
struct EnvironmentSource: Sendable {
    var repository: String
    var entry: EnvironmentEntry
}

/// Finds the environments among the hosted repositories.
enum Environments {
    /// Every environment that the `main` of a hosted repository declares. A repository whose `waybill.yaml` is a
    /// project's or is not there declares none.
    static func find(
        _ repositories: [(name: String, git: GitExecutable)]
    ) async throws(WaybillError) -> [EnvironmentSource] {
        var found: [EnvironmentSource] = []
        for (name, git) in repositories {
            guard let head = try await git.resolve("refs/heads/main"),
                let bytes = try await git.read(EnvironmentsFile.path, at: head)
            else { continue }
            do throws(WaybillError) {
                found += try EnvironmentsFile(parsing: bytes).environments.map {
                    EnvironmentSource(repository: name, entry: $0)
                }
            } catch {
                // A project's file names itself; anything else was meant for environments and is wrong.
                do throws(WaybillError) { _ = try ProjectFile(parsing: bytes) } catch _ { throw error }
            }
        }
        return found
    }

    /// The papers that an environment asks of every image.
    static func rules(_ papers: [RequiredPaper], builder: String) throws(WaybillError) -> PaperRules {
        var requirements: [PaperRequirement] = []
        for paper in papers {
            requirements.append(
                try PaperRequirement.named(paper.rawValue, signedBy: [Platform.signerName], builder: builder))
        }
        return PaperRules(requirements)
    }
}
