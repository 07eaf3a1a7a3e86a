public import Documents
public import Rego
import WaybillCore

/// `build`: a bundle from files, checked before it is written.
public struct BuildTool: Sendable {
    public var revision: String
    /// Nil owns everything.
    public var roots: [String]?
    public var metadata: Object
    /// Paths of rules that callers ask for: `shop/authz/allow`.
    public var entrypoints: [String]
    public var version: RegoVersion
    public var signer: BundleSigner?

    public init(
        revision: String = "", roots: [String]? = nil, metadata: Object = [:], entrypoints: [String] = [],
        version: RegoVersion = .v1, signer: BundleSigner? = nil
    ) {
        self.revision = revision
        self.roots = roots
        self.metadata = metadata
        self.entrypoints = entrypoints
        self.version = version
        self.signer = signer
    }

    /// The archive's bytes. Throws where a module does not compile, an entrypoint is not there, or the bundle could not
    /// be read back.
    public func bytes(_ sources: PolicySources, name: String) throws -> [UInt8] {
        let policy = try sources.compiled()
        for entrypoint in entrypoints { try check(entrypoint, sources, policy) }
        let given = sources.bundles.flatMap(\.manifest.roots)
        let writer = BundleWriter(
            revision: revision.isEmpty ? sources.bundles.first?.manifest.revision ?? "" : revision,
            roots: roots ?? (given.isEmpty ? [""] : given),
            metadata: metadata.isEmpty ? sources.bundles.first?.manifest.metadata ?? [:] : metadata, version: version,
            modules: sources.modules, data: sources.data)
        var files = try writer.files()
        if let signer { files.append(try signer.signature(over: files, subject: name)) }
        // What cannot be read back must not leave.
        _ = try PolicyBundle(files: files, name: name, version: version)
        return try BundleArchive.bytes(of: files)
    }

    private func check(_ entrypoint: String, _ sources: PolicySources, _ policy: CompiledPolicy) throws {
        let path = entrypoint.split(separator: "/").map(String.init)
        let isThere = sources.modules.contains { module in
            module.module.packagePath == path || module.module.packagePath.starts(with: path)
                || module.module.rules.contains { module.module.packagePath + $0.path == path }
        }
        guard isThere else {
            throw WaybillError(
                .notFound, "the entrypoint names no package and no rule", subject: entrypoint,
                remedy: "write it as a path: shop/authz/allow")
        }
    }
}
