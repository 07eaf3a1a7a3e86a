public import Documents
public import Rego
public import WaybillCore

/// Puts modules and data together as a bundle's files: one `data.json`, the modules by their paths, the manifest.
public struct BundleWriter: Sendable {
    public var revision: String
    public var roots: [String]
    public var metadata: Object
    public var version: RegoVersion
    public var modules: [SourceModule]
    public var data: Object

    public init(
        revision: String = "", roots: [String] = [""], metadata: Object = [:], version: RegoVersion = .v1,
        modules: [SourceModule], data: Object
    ) {
        self.revision = revision
        self.roots = roots
        self.metadata = metadata
        self.version = version
        self.modules = modules
        self.data = data
    }

    /// The files, signatures apart. `strip` is taken off the front of modules' paths.
    public func files() throws(WaybillError) -> [BundleFile] {
        var manifest = BundleManifest(revision: revision, roots: roots, regoVersion: version, metadata: metadata)
        var files = [BundleFile(path: "data.json", bytes: JSONWriter.bytes(.object(data), style: .canonical))]
        var paths: Set<String> = ["data.json", BundleManifest.path]
        for module in modules {
            let path = try BundlePath.plain(
                Array(module.file.split(separator: "/").filter { $0 != ".." }.joined(separator: "/").utf8),
                limits: .standard, subject: module.file)
            guard paths.insert(path).inserted else {
                throw WaybillError(.conflict, "two modules would have this path in the bundle", subject: path)
            }
            files.append(BundleFile(path: path, text: module.text))
            if module.module.version != version, !module.module.imports.contains(where: { $0.path == ["rego", "v1"] }) {
                manifest.fileRegoVersions.append(.init(pattern: "/" + path, version: module.module.version))
            }
        }
        files.append(BundleFile(path: BundleManifest.path, bytes: JSONWriter.bytes(manifest.value)))
        return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
}
