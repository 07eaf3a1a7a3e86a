import Documents
public import WaybillCore

/// The files of an environment repository that a promotion writes: the project's manifests as they stand in the
/// promoted commit, and the kustomization that names the image by digest.
public struct PromotionFiles: Hashable, Sendable {
    /// Text by path.
    public private(set) var files: [String: String] = [:]

    /// - Parameters:
    ///   - manifests: the manifests of the promoted commit, by path below their folder.
    ///   - project: where the project stands in the environment repository.
    ///   - environment: the environment's own folder, whose kustomization lists the projects.
    ///   - edits: the images to set.
    ///   - current: a file's text in the environment repository, nil where there is none.
    public init(
        manifests: [String: String], project: ProjectEnvironment, environment: EnvironmentEntry,
        edits: [PromotionEdit],
        current: (String) -> String?
    ) throws(WaybillError) {
        guard manifests["kustomization.yaml"] != nil else {
            throw WaybillError(
                .notFound, "the project's manifests have no kustomization.yaml", subject: project.path,
                remedy: "add one that lists the manifests as resources")
        }
        for (path, text) in manifests { files["\(project.path)/base/\(path)"] = text }
        let overlay = "\(project.path)/kustomization.yaml"
        let fresh = YAMLWriter.string([
            "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": ["base"],
        ])
        var text = current(overlay) ?? fresh
        for edit in edits { text = try edit.applied(to: text, file: overlay) }
        files[overlay] = text
        guard let below = Self.relative(project.path, to: environment.path) else {
            throw WaybillError(
                .invalidInput, "the project's folder is not below the environment's",
                subject: "\(project.path), \(environment.path)",
                remedy: "set environments.path in the project's waybill.yaml to a folder below \(environment.path)")
        }
        let root = "\(environment.path)/kustomization.yaml"
        files[root] = try Self.listing(below, in: current(root), file: root)
    }

    /// A promotion of one image.
    public init(
        manifests: [String: String], project: ProjectEnvironment, environment: EnvironmentEntry, edit: PromotionEdit,
        current: (String) -> String?
    ) throws(WaybillError) {
        try self.init(
            manifests: manifests, project: project, environment: environment, edits: [edit], current: current)
    }

    /// The path of `folder` below `parent`; nil when it is not.
    private static func relative(_ folder: String, to parent: String) -> String? {
        if parent == "." { return folder }
        return folder.hasPrefix(parent + "/") ? String(folder.dropFirst(parent.count + 1)) : nil
    }

    /// The environment's kustomization with the project among its resources.
    private static func listing(_ project: String, in text: String?, file: String) throws(WaybillError) -> String {
        var value: Value = ["apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"]
        if let text {
            do { value = try YAMLReader.node(from: text).value } catch { throw error.inFile(file) }
            let listed =
                value["resources"]?.array?.contains { $0.string == project || $0.string == "./" + project } ?? false
            if listed { return text }
        }
        value["resources"] = .array((value["resources"]?.array ?? []) + [.string(project)])
        return YAMLWriter.string(value)
    }
}
