import Documents
public import Kubernetes
public import WaybillCore

/// Renders a kustomization as kustomize 5 does, from files that the caller hands out: a revision in Git or a folder.
///
///     let resources = try KustomizeBuild.render(root: "staging/shop") { files[$0] }
///
/// Nothing is fetched and nothing is run: remote bases, charts, functions and plugins are refused with the reason. A
/// file outside its kustomization's folder is not read. A file that holds a symbolic link should not be handed out.
public enum KustomizeBuild {
    /// - Parameters:
    ///   - folder: the folder of the kustomization, relative to the root of `files`; `.` for the root itself.
    ///   - files: a file's bytes by its path from the root, nil where there is none.
    /// - Returns: the resources in the order in which they are written.
    public static func render(
        root folder: String, files: @escaping (String) -> [UInt8]?
    ) throws(WaybillError) -> [Resource] {
        var resources: [Resource] = []
        for item in try items(root: folder, files: files) {
            do { resources.append(try Resource(item.value)) } catch { throw item.failure(error.code, error.message) }
        }
        return resources
    }

    /// The same as a YAML stream, byte for byte as kustomize writes it.
    public static func stream(
        root folder: String, files: @escaping (String) -> [UInt8]?
    ) throws(WaybillError) -> [UInt8] {
        KubernetesYAMLWriter.bytes(documents: try render(root: folder, files: files).map(\.value))
    }

    /// Whether a folder holds a kustomization.
    public static func isKustomization(_ folder: String, files: (String) -> [UInt8]?) -> Bool {
        KustomizationFile.names.contains { files(FolderPath.join(folder, $0) ?? $0) != nil }
    }

    static func items(root folder: String, files: @escaping (String) -> [UInt8]?) throws(WaybillError) -> [Item] {
        guard let root = FolderPath.join("", folder) else {
            throw WaybillError(.invalidInput, "not a folder inside the repository", subject: Redaction.excerpt(folder))
        }
        let loader = Loader(files: files)
        let file = try loader.kustomization(in: root)
        var builder = Builder(loader: loader, root: root, metadata: file.metadata)
        var state = try builder.build(file, in: root)
        try state.addHashes()
        try state.fixNameReferences()
        try state.replaceVariables()
        state.list.items.removeAll { item in
            item.strings("annotations")["config.kubernetes.io/local-config"].map { $0 != "false" } ?? false
        }
        state.writeRecords(file.metadata)
        for index in state.list.items.indices where PlainNumbers.isNeeded(in: state.list.items[index].value) {
            PlainNumbers.write(&state.list.items[index].value)
        }
        guard let sort = file.sort else { return LegacyOrder.sorted(state.list.items) }
        guard sort.isLegacy else { return state.list.items }
        guard let first = sort.first, let last = sort.last else { return LegacyOrder.sorted(state.list.items) }
        return LegacyOrder.sorted(state.list.items, first: first, last: last)
    }
}
