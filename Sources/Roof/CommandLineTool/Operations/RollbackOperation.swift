import Delivery
import Files
import WaybillCore

/// Goes back to what an environment ran before, by a new signed commit.
struct RollbackOperation: Sendable {
    let change: EnvironmentChange
    let project: String
    let environment: String

    /// Orders the rollback and says what was done.
    func run() async throws(WaybillError) -> String {
        try await change.update()
        guard let entry = try change.environmentsFile().environment(named: environment) else {
            throw WaybillError(.notFound, "the repository has no environment \(environment)", subject: change.folder)
        }
        let folder = entry.path == "." ? project : "\(entry.path)/\(project)"
        let overlay = "\(folder)/kustomization.yaml"
        guard let text = change.text(overlay) else {
            throw WaybillError(
                .notFound, "nothing of this project was promoted", subject: "\(project) in \(environment)")
        }
        let images = try PromotionEdit.images(in: text, file: overlay)
        guard let image = images.keys.sorted().first,
            let plan = RollbackPlan(image: image, history: try await change.history(of: overlay))
        else {
            throw WaybillError(
                .notFound, "there is no version before this one", subject: "\(project) in \(environment)")
        }
        // The manifests go back with the image: they were reviewed together.
        try await change.git("checkout", "-q", plan.revision, "--", folder)
        let message = "Roll back \(project) in \(environment) from \(plan.from.short) to \(plan.to.short)"
        guard let commit = try await change.publish([:], message: message) else {
            throw WaybillError(
                .conflict, "the version before is the present one", subject: "\(project) in \(environment)")
        }
        return "\(commit.prefix(10)) “\(message)”"
    }
}
