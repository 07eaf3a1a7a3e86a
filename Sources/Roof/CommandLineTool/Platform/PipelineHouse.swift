import Documents
import Files
import ForgeService
import GitRepositories
import Ledger
import Logging
import MonitorService
import PipelineService
import Registries
import Sandboxes
import WaybillCore

/// Runs pipelines for merges, one after the other for a repository, a named number at a time.
actor PipelineHouse {
    private var platform: Platform?
    private var registry: RegistryClient?
    private var service: PipelineService?
    private var runs: [String: Task<Void, Never>] = [:]
    private let logger = Logger(label: "pipelines")

    func open(_ platform: Platform, registry: RegistryClient) {
        self.platform = platform
        self.registry = registry
    }

    /// A protected branch moved: its new commit goes through the pipeline if the repository has a project.
    func merged(_ repository: String, _ commit: ObjectID) {
        let before = runs[repository]
        runs[repository] = Task {
            await before?.value
            await run(repository, commit)
        }
    }

    func stop() async {
        for run in runs.values { run.cancel() }
        for run in runs.values { await run.value }
    }

    private func run(_ name: String, _ commit: ObjectID) async {
        guard let platform else { return }
        do {
            let git = try await platform.forge.repository(name)
            guard try await isProject(git, commit) else { return }
            _ = try await pipeline().run(name, git, commit: commit, actor: "pipeline")
        } catch {
            logger.error(
                "a pipeline failed", metadata: ["repository": "\(name)", "commit": "\(commit)", "error": "\(error)"])
        }
    }

    /// A repository whose first files are only the rules has nothing to build yet.
    private func isProject(_ git: GitExecutable, _ commit: ObjectID) async throws(WaybillError) -> Bool {
        guard let bytes = try await git.read("waybill.yaml", at: commit) else { return false }
        let node: Node
        do { node = try YAMLReader.node(from: bytes, schema: .core) } catch { throw error.inFile("waybill.yaml") }
        guard node["name"] != nil else { return false }
        let containerfile = node["build"]?["containerfile"]?.string ?? "Containerfile"
        return try await git.read(containerfile, at: commit) != nil
    }

    private func pipeline() async throws -> PipelineService {
        if let service { return service }
        guard let platform, let registry else {
            throw WaybillError(.unavailable, "the services are still starting", subject: "pipeline")
        }
        let base = platform.state.bases + "/busybox"
        // The folder is made as a whole or not at all; a half-made one of an earlier process is made again.
        let image: LocalImage
        if Files.exists(base + "/digest"), let digest = Digest(try Files.text(base + "/digest")) {
            image = LocalImage(path: base + "/layout", digest: digest)
        } else {
            try Files.remove(base)
            try Files.makeFolder(base)
            image = try await BaseImage.makeBusybox(in: base + "/layout")
            try Files.write(Array(image.digest.description.utf8), to: base + "/digest")
        }
        let monitor = platform.monitor
        let made = PipelineService(
            ledger: platform.ledger, signer: platform.signer.signer, sandbox: try await platform.openSandbox(),
            registry: registry, baseImages: [BaseImageSource(name: BaseImage.busyboxName, image: image)],
            advisories: { () async throws(WaybillError) in await monitor.index }, workFolder: platform.state.builds,
            now: Platform.now)
        service = made
        return made
    }
}
