import Delivery
import Documents
import GitRepositories
import Ledger
import WaybillCore

/// Moves an image that passed its gates to an environment, and back.
struct PromotionOperations: Sendable {
    let ledger: any Ledger
    /// `127.0.0.1:5000`.
    let registryHost: String

    /// The published image of a commit; of the newest one where none is named. Throws `.notFound` where no commit of the
    /// project has passed every gate.
    func image(_ project: String, commit: String?) async throws(WaybillError) -> (
        reference: String, digest: Digest, commit: String
    ) {
        for event in try await ledger.events(about: commit.map { "gitCommit:\($0)" }, limit: 10_000)
        where event.action == "pipeline.finished" && event.verdict == "allow" {
            guard event.detail["repository"]?.string == project, let text = event.detail["reference"]?.string,
                let digest = event.detail["image"]?.string.flatMap({ Digest($0) }),
                let from = event.detail["commit"]?.string
            else { continue }
            return ("\(registryHost)/\(text)", digest, from)
        }
        throw WaybillError(
            .notFound, "no image of \(commit.map { $0.prefix(10) + " " } ?? "")passed every gate", subject: project,
            remedy: "look at the pipeline's verdict: waybill change list \(project)")
    }

    /// The files that promote a commit with these images, by the names that its manifests use; with `image` alone, the
    /// project's own.
    func files(
        _ project: String, commit: String, image: Digest? = nil, images: [String: Digest] = [:], to environment: String,
        git: any GitRepository,
        current: (String) -> String?, environments: EnvironmentsFile
    ) async throws(WaybillError) -> PromotionFiles {
        guard let id = ObjectID(commit), let bytes = try await git.read(ProjectFile.path, at: id) else {
            throw WaybillError(.notFound, "the commit has no \(ProjectFile.path)", subject: commit)
        }
        let file = try ProjectFile(parsing: bytes)
        guard let place = file.environments.first(where: { $0.name == environment }) else {
            throw WaybillError(
                .notFound, "the project has no environment \(environment)", subject: project,
                remedy: "it has: \(file.environments.map(\.name).joined(separator: ", "))")
        }
        guard let entry = environments.environment(named: environment) else {
            throw WaybillError(
                .notFound, "the environment repository has no environment \(environment)", subject: place.repository)
        }
        guard let folder = file.posture.manifests.first else {
            throw WaybillError(
                .notFound, "the project names no manifests", subject: project, remedy: "set posture.manifests")
        }
        var manifests: [String: String] = [:]
        for each in try await git.files(at: id, under: folder) {
            guard let bytes = try await git.read(each.path, at: id) else { continue }
            manifests[String(each.path.dropFirst(folder.count + 1))] = String(decoding: bytes, as: UTF8.self)
        }
        var all = images
        if let image { all[file.build.image] = image }
        let edits = all.sorted { $0.key.precedesByBytes($1.key) }.map { name, digest in
            PromotionEdit(image: name, newName: "\(registryHost)/\(name)", digest: digest)
        }
        return try PromotionFiles(
            manifests: manifests, project: place, environment: entry, edits: edits, current: current)
    }
}
