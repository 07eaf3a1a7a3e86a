import Documents
import OCI
public import PolicyTools
public import Registries
public import WaybillCore

/// Policies in an OCI registry: as a plain bundle of OPA, or as single files with conftest's layer types.
public enum PolicyArtifact {
    /// How policies are stored.
    public enum Form: String, Sendable, CaseIterable {
        /// One layer, a gzipped tar archive.
        case bundle
        /// One layer for each file, named by its title.
        case conftest
    }

    /// A registry's name for conftest's policies and for their configuration.
    static let configurationType: MediaType = "application/vnd.cncf.openpolicyagent.config.v1+json"
    static let policyLayerType: MediaType = "application/vnd.cncf.openpolicyagent.policy.layer.v1+rego"
    static let dataLayerType: MediaType = "application/vnd.cncf.openpolicyagent.data.layer.v1+json"
    static let bundleLayerType: MediaType = "application/vnd.oci.image.layer.v1.tar+gzip"
    static let titleAnnotation = "org.opencontainers.image.title"

    static let layersMax = 10_000
    static let bytesMax = 512 << 20

    /// Pushes the files under a tag and returns the manifest's digest.
    @discardableResult
    public static func push(
        _ files: [BundleFile], as form: Form, to repository: String, tag: String?, in registry: any Registry,
        annotations: [String: String] = [:]
    ) async throws(WaybillError) -> Digest {
        let configuration = Array("{}".utf8)
        // OPA takes a bundle only from beside the configuration of an image.
        let configurationType: MediaType =
            form == .bundle ? "application/vnd.oci.image.config.v1+json" : Self.configurationType
        var layers: [(Descriptor, [UInt8])] = []
        switch form {
        case .bundle:
            let bytes = try BundleArchive.bytes(of: files)
            layers.append(
                (
                    Descriptor(of: bytes, mediaType: bundleLayerType, annotations: [titleAnnotation: "bundle.tar.gz"]),
                    bytes
                ))
        case .conftest:
            for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
                let type: MediaType
                switch file.name {
                case let name where name.hasSuffix(".rego"): type = policyLayerType
                case let name where name.hasSuffix(".json") || name.hasSuffix(".yaml") || name.hasSuffix(".yml"):
                    type = dataLayerType
                default: continue
                }
                layers.append(
                    (Descriptor(of: file.bytes, mediaType: type, annotations: [titleAnnotation: file.path]), file.bytes)
                )
            }
        }
        guard !layers.isEmpty else {
            throw WaybillError(.invalidInput, "there is no policy to push", subject: repository)
        }
        let head = Descriptor(of: configuration, mediaType: configurationType)
        try await registry.push(blob: configuration, as: head.digest, to: repository)
        for (descriptor, bytes) in layers {
            try await registry.push(blob: bytes, as: descriptor.digest, to: repository)
        }
        let manifest = Manifest(configuration: head, layers: layers.map(\.0), annotations: annotations)
        try await registry.push(.image(manifest), tag: tag, to: repository)
        return manifest.digest
    }

    /// The files that are stored under a tag or digest, in either form. Content is checked against its digest; a title
    /// that would leave the folder is refused.
    public static func pull(
        _ version: String, from repository: String, in registry: any Registry
    ) async throws(WaybillError) -> (files: [BundleFile], digest: Digest, form: Form) {
        let found = try await registry.resolve(version, in: repository)
        let subject = "\(repository)@\(found.digest)"
        guard case .image(let manifest) = try await registry.manifest(found.digest, in: repository) else {
            throw WaybillError(.unsupported, "is an index, expected policies", subject: subject)
        }
        guard manifest.layers.count <= layersMax else {
            throw WaybillError(.limitExceeded, "has more than \(layersMax) layers", subject: subject)
        }
        guard manifest.layers.reduce(0, { $0 &+ max(0, $1.size) }) <= bytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(bytesMax) bytes", subject: subject)
        }
        let archives = manifest.layers.filter { isBundle($0.mediaType) }
        if !archives.isEmpty {
            guard archives.count == 1, let layer = archives.first else {
                throw WaybillError(.unsupported, "holds \(archives.count) bundles, expected one", subject: subject)
            }
            let bytes = try await registry.blob(layer, in: repository)
            return (try BundleArchive.files(in: bytes, subject: subject), found.digest, .bundle)
        }
        return (try await files(of: manifest, repository, registry, subject), found.digest, .conftest)
    }

    private static func files(
        of manifest: Manifest, _ repository: String, _ registry: any Registry, _ subject: String
    ) async throws(WaybillError) -> [BundleFile] {
        var files: [BundleFile] = []
        for layer in manifest.layers {
            guard layer.mediaType == policyLayerType || layer.mediaType == dataLayerType else {
                throw WaybillError(
                    .unsupported, "a layer of the type \(layer.mediaType.rawValue) is not a policy", subject: subject,
                    remedy: "pull a bundle, or what conftest has pushed")
            }
            guard let title = layer.annotations[titleAnnotation] else {
                throw WaybillError(.invalidInput, "the layer \(layer.digest) has no title", subject: subject)
            }
            let path = try ArtifactPath.plain(title, subject: subject)
            guard !files.contains(where: { $0.path == path }) else {
                throw WaybillError(.invalidInput, "holds \(Redaction.excerpt(path)) twice", subject: subject)
            }
            files.append(BundleFile(path: path, bytes: try await registry.blob(layer, in: repository)))
        }
        guard !files.isEmpty else { throw WaybillError(.notFound, "holds no policy", subject: subject) }
        return files
    }

    private static func isBundle(_ type: MediaType) -> Bool {
        type == bundleLayerType || type == "application/vnd.oci.image.layer.v1.tar+gzip"
            || type == "application/vnd.opa.bundle.layer.v1.tar+gzip"
            || type == "application/vnd.docker.image.rootfs.diff.tar.gzip"
    }
}

/// The place of a file that came from outside.
public enum ArtifactPath {
    /// Relative and plain; throws for one that leaves the folder it is written into.
    public static func plain(_ title: String, subject: String) throws(WaybillError) -> String {
        let parts = title.split(separator: "/").filter { $0 != "." }
        guard !title.hasPrefix("/"), !parts.isEmpty, !parts.contains(where: { $0 == ".." }),
            !title.utf8.contains(0), !title.utf8.contains(UInt8(ascii: "\\")), title.utf8.count <= 4096
        else {
            throw WaybillError(
                .invalidInput, "the name \(Redaction.excerpt(title)) leaves the folder", subject: subject)
        }
        return parts.joined(separator: "/")
    }
}
