public import Documents
public import Rego
public import WaybillCore

/// A Rego module with its text.
public struct SourceModule: Sendable {
    public var file: String
    public var text: String
    public var module: PolicyModule

    public init(
        parsing text: String, file: String, version: RegoVersion = .v1, extensions: LanguageExtensions = []
    ) throws(RegoError) {
        self.file = file
        self.text = text
        module = try PolicyModule(parsing: text, file: file, version: version, extensions: extensions)
    }
}

/// Policies and data that travel together, read and checked.
///
///     let files = try BundleArchive.files(in: bytes, subject: "shop.tar.gz")
///     let bundle = try PolicyBundle(files: files, name: "shop.tar.gz")
public struct PolicyBundle: Sendable {
    public var name: String
    public var manifest: BundleManifest
    /// False where the manifest is only the default.
    public var hasManifest = false
    public var data: Object = [:]
    public var modules: [SourceModule] = []
    /// Changes to the data of the bundle before; nil for a whole bundle.
    public var patch: [DataChange]?
    /// As they were read, ordered by path; among them those that no tool here looks at.
    public var files: [BundleFile]
    /// Where data was found: file paths by document path.
    public var dataFiles: [BundleFile] = []

    /// Reads a bundle's files.
    ///
    /// - Parameter verification: what signatures must satisfy; nil reads without looking at them.
    public init(
        files: [BundleFile], name: String, version: RegoVersion = .v1, verification: BundleVerification? = nil
    ) throws {
        self.name = name
        self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        if let verification { try verification.verify(files, subject: name) }
        manifest = BundleManifest()
        if let file = files.first(where: { $0.path == BundleManifest.path }) {
            manifest = try BundleManifest(parsing: file.bytes, subject: name)
            hasManifest = true
        }
        var errors: [RegoError] = []
        for file in self.files {
            switch file.name {
            case "data.json", "data.yaml", "data.yml":
                let value = try DataFile.value(of: file, subject: "\(name)/\(file.path)")
                try DataFile.merge(value, at: file.folders, into: &data, subject: "\(name)/\(file.path)")
                dataFiles.append(file)
            case "patch.json" where file.path == "patch.json":
                patch = try DataChange.read(file.bytes, subject: "\(name)/patch.json")
            case let leaf where leaf.hasSuffix(".rego"):
                guard let text = String(validating: file.bytes, as: UTF8.self) else {
                    throw WaybillError(.invalidInput, "is not UTF-8 text", subject: "\(name)/\(file.path)")
                }
                do throws(RegoError) {
                    modules.append(
                        try SourceModule(
                            parsing: text, file: "\(name)/\(file.path)",
                            version: manifest.version(of: file.path) ?? version))
                } catch {
                    errors.append(error)
                }
            default: break
            }
        }
        guard errors.isEmpty else { throw RegoErrors(errors) }
        if patch != nil, !modules.isEmpty || !dataFiles.isEmpty {
            throw WaybillError(
                .invalidInput, "a delta bundle holds a patch and a manifest, nothing else", subject: name)
        }
        try checkRoots()
    }

    private func checkRoots() throws(WaybillError) {
        let roots = "[" + manifest.roots.joined(separator: " ") + "]"
        for module in modules where !manifest.owns(module.module.packagePath) {
            throw WaybillError(
                .invalidInput,
                "manifest roots \(roots) do not permit 'package \(module.module.package)' in module '\(module.file)'",
                subject: name, remedy: "add the package to the roots, or move the module")
        }
        if let path = firstOutside(.object(data), []) {
            throw WaybillError(
                .invalidInput, "manifest roots \(roots) do not permit data at path '/\(path.joined(separator: "/"))'",
                subject: name, remedy: "check the bundle's folders")
        }
        for change in patch ?? [] where !manifest.owns(change.path) {
            throw WaybillError(
                .invalidInput,
                "manifest roots \(roots) do not permit data at path '/\(change.path.joined(separator: "/"))'",
                subject: name)
        }
    }

    /// The first document that no root owns; objects above a root are only folders.
    private func firstOutside(_ value: Value, _ path: [String]) -> [String]? {
        if manifest.owns(path) { return nil }
        let leads = manifest.roots.contains { root in
            let parts = root.split(separator: "/").map(String.init)
            return parts.count > path.count && zip(parts, path).allSatisfy { $0.hasSameBytes(as: $1) }
        }
        guard leads || path.isEmpty, let object = value.object else { return path }
        for member in object.members {
            if let found = firstOutside(member.value, path + [member.key]) { return found }
        }
        return nil
    }

    /// The part of a bundle that is the same whatever its packing: for comparing two.
    public var digest: Digest { .sha256(of: files.flatMap { Array($0.path.utf8) + [0] + $0.bytes + [0] }) }
}
