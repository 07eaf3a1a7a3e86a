import Documents
import Files
import OCI
import Registries
import WaybillCore

/// An image as the scanner needs it: its configuration, and its layers as streams, wherever they lie.
struct ImageSource: Sendable {
    struct LayerPlace: Sendable {
        /// Of the bytes as they are stored.
        var digest: Digest
        var unpackedDigest: Digest
    }

    /// The manifest's digest; nil for an archive that has none.
    var digest: Digest?
    var configuration: ImageConfiguration
    var layers: [LayerPlace]
    /// Tags and names that the source itself gives.
    var names: [String] = []
    /// Feeds the bytes of one layer.
    var read: @Sendable (_ layer: Int, _ use: ([UInt8]) throws(WaybillError) -> Void) async throws(WaybillError) -> Void
}

extension ImageSource {
    /// Of several platforms the one asked for.
    static func layout(
        _ folder: String, tag: String?, platform: Platform
    ) throws(WaybillError) -> ImageSource {
        guard Files.exists("\(folder)/oci-layout") else {
            throw WaybillError(
                .notFound, "is no OCI layout: there is no file oci-layout", subject: folder,
                remedy: "write one with skopeo copy, or name a folder with dir:")
        }
        let layout = try ImageLayout { (path) throws(WaybillError) in
            try Files.read("\(folder)/\(path)", bytesMax: RegistryLimits.wholeBlobBytesMax)
        }
        return try source(layout, tag: tag, platform: platform) { (digest, use) throws(WaybillError) in
            try OpenFile("\(folder)/\(ImageLayout.path(of: digest))").readAll { (piece) throws(WaybillError) in
                try use(piece)
            }
        }
    }

    /// From any layout; `blob` feeds one that may be large.
    static func source(
        _ layout: ImageLayout, tag: String?, platform: Platform,
        blob: @escaping @Sendable (Digest, ([UInt8]) throws(WaybillError) -> Void) throws(WaybillError) -> Void
    ) throws(WaybillError) -> ImageSource {
        let manifest: Manifest
        do {
            manifest = try layout.manifest(tag: tag, platform: platform)
        } catch  where error.code == .notFound && tag != nil {
            var error = error
            let tags = layout.index.manifests.compactMap { $0.annotations["org.opencontainers.image.ref.name"] }
            if !tags.isEmpty, error.remedy == nil {
                error.remedy =
                    "take one of its tags: \(tags.prefix(20).map { Redaction.excerpt($0) }.joined(separator: ", "))"
            }
            throw error
        }
        try ImageFileSystem.check(manifest)
        let configuration = try ImageConfiguration(parsing: try layout.blob(manifest.configuration.digest))
        try ImageFileSystem.check(manifest, configuration)
        let layers = zip(manifest.layers, configuration.layerDigests).map {
            LayerPlace(digest: $0.digest, unpackedDigest: $1)
        }
        return ImageSource(digest: manifest.digest, configuration: configuration, layers: layers) {
            (index, use) throws(WaybillError) in try blob(layers[index].digest, use)
        }
    }

    static func registry(
        _ reference: ImageReference, _ registry: any Registry, platform: Platform
    ) async throws(WaybillError) -> ImageSource {
        let repository = reference.repository
        let version = reference.digest?.description ?? reference.tag ?? "latest"
        let manifest = try await registry.image(version, in: repository, platform: platform)
        try ImageFileSystem.check(manifest)
        let configuration = try ImageConfiguration(
            parsing: try await registry.blob(manifest.configuration, in: repository))
        try ImageFileSystem.check(manifest, configuration)
        let descriptors = manifest.layers
        return ImageSource(
            digest: manifest.digest, configuration: configuration,
            layers: zip(manifest.layers, configuration.layerDigests).map {
                LayerPlace(digest: $0.digest, unpackedDigest: $1)
            }
        ) { (index, use) throws(WaybillError) in
            try await registry.readBlob(descriptors[index], in: repository, consume: use)
        }
    }
}
