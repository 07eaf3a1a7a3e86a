import Clusters
import Delivery
import Documents
import GitRepositories
import Kubernetes
import Kustomize
import WaybillCore

/// Renders an environment at a revision.
struct RevisionReader {
    let doors: AgentDoors
    let settings: AgentSettings

    struct Rendering {
        var environment: EnvironmentEntry
        var desired: DesiredState
    }

    func render(_ revision: ObjectID) async throws(WaybillError) -> Rendering {
        let files = try await RevisionFiles.read(doors.repository, at: revision)
        guard let text = files[EnvironmentsFile.path] else {
            throw WaybillError(
                .invalidInput, "there is no \(EnvironmentsFile.path) in the environment repository",
                subject: "gitCommit:\(revision)")
        }
        let document = try EnvironmentsFile(parsing: text)
        guard let environment = document.environment(named: settings.environment) else {
            throw WaybillError(
                .invalidInput, "the environment \(settings.environment) is not declared",
                subject: EnvironmentsFile.path,
                remedy: "add it to environments")
        }
        let rendered = try KustomizeBuild.render(root: environment.path) { files[$0] }
        let scopes = try await scopes(in: rendered)
        let desired = DesiredState(rendered: rendered, environment: environment) { scopes["\($0.group)/\($0.kind)"] }
        return Rendering(environment: environment, desired: desired)
    }

    /// Scopes of custom kinds: declared beside them, or known to the cluster.
    private func scopes(in rendered: [Resource]) async throws(WaybillError) -> [String: ObjectScope] {
        var definitions = rendered
        if !DesiredState.kindsOfUnknownScope(in: rendered).isEmpty {
            let kind = ObjectKind(group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition")
            definitions += try await doors.cluster.list(kind, namespace: nil, labels: nil)
        }
        var scopes: [String: ObjectScope] = [:]
        for declared in definitions.compactMap(ObjectScope.declared) {
            scopes["\(declared.group)/\(declared.kind)"] = declared.scope
        }
        return scopes
    }
}
