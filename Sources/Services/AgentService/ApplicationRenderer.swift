import Clusters
import Delivery
import Documents
import GitRepositories
import Kubernetes
import Kustomize
import WaybillCore

/// Renders applications of one environment at one revision.
struct ApplicationRenderer {
    let doors: AgentDoors
    let counters: AgentCounters

    struct Rendering: Sendable {
        var desired: DesiredState
        /// What it was made from: unchanged inputs need no new rendering.
        var inputs: [String: ObjectID?]
    }

    /// Throws what the revision is at fault for as `Refused`, doors that fail as they are.
    func render(
        _ application: ApplicationEntry, of environment: EnvironmentEntry, at tree: RevisionTree
    ) async throws(WaybillError) -> Result<Rendering, WaybillError> {
        counters.add(\.renders)
        if let settings = application.render {
            return try await run(settings, application, environment, tree)
        }
        let seals = SealedFiles(keys: doors.ageKeys)
        var options = RenderOptions(variables: application.variables)
        options.unseal = { path, bytes throws(WaybillError) in try seals.open(path, bytes) }
        let (outcome, inputs) = try await tree.reading(folder: application.path) { files throws(WaybillError) in
            try KustomizeBuild.render(root: application.path, options: options, files: files)
        }
        switch outcome {
        case .failure(let error): return .failure(error)
        case .success(let rendered):
            let scopes = try await scopes(in: rendered)
            // Not a plain nil: a value may be null as well.
            let sealed = seals.isEmpty ? Value?.none : Self.binding(inputs, application)
            let desired = DesiredState(
                rendered: rendered, environment: environment, application: application, sealedInputs: sealed
            ) { scopes["\($0.group)/\($0.kind)"] }
            return .success(Rendering(desired: desired, inputs: inputs))
        }
    }

    /// Lets a program of the user's own make the objects, from the files of its folders.
    private func run(
        _ settings: RendererSettings, _ application: ApplicationEntry, _ environment: EnvironmentEntry,
        _ tree: RevisionTree
    ) async throws(WaybillError) -> Result<Rendering, WaybillError> {
        let rendering = ProgramRendering(
            settings, folder: application.path, name: application.name, namespace: application.namespace)
        var files: [String: [UInt8]] = [:]
        var inputs: [String: ObjectID?] = [:]
        var count = 0
        for folder in rendering.folders {
            inputs["\(folder)/"] = tree.listing(of: "\(folder)/")
            for path in tree.paths(below: "\(folder)/") where files[path] == nil {
                guard let bytes = try await tree.bytes(of: path) else { continue }
                files[path] = bytes
                count += bytes.count
                guard files.count <= ProgramRendering.filesMax, count <= ProgramRendering.bytesMax else {
                    return .failure(
                        WaybillError(
                            .limitExceeded,
                            "more than \(ProgramRendering.filesMax) files or \(ProgramRendering.bytesMax) bytes for \(settings.program.rawValue)",
                            subject: folder))
                }
            }
        }
        do throws(WaybillError) {
            let output = try await doors.render(rendering, files)
            let resources = try KustomizeBuild.substituted(
                rendering.resources(from: output), application.variables)
            let scopes = try await scopes(in: resources)
            let desired = DesiredState(rendered: resources, environment: environment, application: application) {
                scopes["\($0.group)/\($0.kind)"]
            }
            return .success(Rendering(desired: desired, inputs: inputs))
        } catch {
            return .failure(error)
        }
    }

    /// Everything that decides what comes out, without what came out.
    private static func binding(_ inputs: [String: ObjectID?], _ application: ApplicationEntry) -> Value {
        var files = Object()
        for (path, blob) in inputs.sorted(by: { $0.key.precedesByBytes($1.key) }) {
            if let blob { files[path] = .string(blob.hex) }
        }
        var variables = Object()
        for (name, text) in (application.variables ?? [:]).sorted(by: { $0.key.precedesByBytes($1.key) }) {
            variables[name] = .string(text)
        }
        return ["path": .string(application.path), "files": .object(files), "variables": .object(variables)]
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
