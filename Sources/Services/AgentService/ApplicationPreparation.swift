import Delivery
import GitRepositories
import Kubernetes
import WaybillCore

/// Renders an application and asks whether it may be applied.
struct ApplicationPreparation: Sendable {
    let doors: AgentDoors
    let counters: AgentCounters
    let environment: EnvironmentEntry
    /// Whose papers are asked: the environment as it was accepted last.
    let rules: EnvironmentEntry

    enum Answer: Sendable {
        case accepted(ApplicationRecord.Content)
        case refused([Finding])
    }

    func prepare(_ entry: ApplicationEntry, _ tree: RevisionTree) async -> Result<Answer, WaybillError> {
        do throws(WaybillError) { return .success(try await judge(entry, tree)) } catch { return .failure(error) }
    }

    private func judge(_ entry: ApplicationEntry, _ tree: RevisionTree) async throws(WaybillError) -> Answer {
        let rendering: ApplicationRenderer.Rendering
        switch try await ApplicationRenderer(doors: doors, counters: counters).render(entry, of: environment, at: tree)
        {
        case .success(let found): rendering = found
        case .failure(let error):
            guard AgentService.isRevisionsFault(error) else { throw error }
            if SealedFiles.isRefusal(error) { return .refused([AgentRule.sealed(error)]) }
            return .refused([AgentRule.notRendered(tree.revision, error)])
        }
        guard rendering.desired.violations.isEmpty else { return .refused(rendering.desired.violations) }
        let digests = rendering.desired.imageDigests
        if !digests.isEmpty {
            let violations = try await doors.papersFor(digests, rules).violations
            guard violations.isEmpty else { return .refused(violations) }
        }
        return .accepted(Self.content(entry, tree, rendering))
    }

    static func content(
        _ entry: ApplicationEntry, _ tree: RevisionTree, _ rendering: ApplicationRenderer.Rendering
    ) -> ApplicationRecord.Content {
        let kept = rendering.desired.resources.filter { SyncMarks($0).hooks.isEmpty }
        return ApplicationRecord.Content(
            entry: entry, revision: tree.revision, inputs: rendering.inputs,
            digest: rendering.desired.digest.description,
            wanted: Dictionary(kept.map { ($0.key, ApplicationWork.hash($0)) }) { first, _ in first },
            images: rendering.desired.images, artifact: tree.artifact)
    }
}
