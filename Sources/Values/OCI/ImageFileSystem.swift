public import WaybillCore

/// A whole image, read and verified: manifest, configuration, layers and the file system that they give.
public struct ImageFileSystem: Sendable {
    public let manifest: Manifest
    public let configuration: ImageConfiguration
    /// The lowest first.
    public let layers: [Layer]
    /// As a container sees it at its start.
    public let files: FileTree

    static let layersMax = 512

    /// Puts verified parts together. Throws when they are not parts of one image.
    public init(
        manifest: Manifest, configuration: ImageConfiguration, layers: [Layer], limits: LayerLimits = .standard
    ) throws(WaybillError) {
        let subject = "image \(manifest.digest.short)"
        guard
            configuration.digest == manifest.configuration.digest
                || manifest.configuration.digest.matches(configuration.bytes)
        else {
            throw WaybillError(.corrupted, "the configuration is not the one that the manifest names", subject: subject)
        }
        guard layers.map(\.digest) == manifest.layers.map(\.digest) else {
            throw WaybillError(.corrupted, "the layers are not those that the manifest names", subject: subject)
        }
        guard layers.map(\.unpackedDigest) == configuration.layerDigests else {
            throw WaybillError(
                .corrupted, "the configuration names other layers (rootfs.diff_ids) than the manifest", subject: subject
            )
        }
        self.manifest = manifest
        self.configuration = configuration
        self.layers = layers
        files = try FileTree(applying: layers, limits: limits)
    }

    /// Reads an image whose blobs are at hand. The bytes of the files that `keeps` names are kept.
    public init(
        reading manifest: Manifest, limits: LayerLimits = .standard, keeping keeps: @escaping (FileEntry) -> Bool,
        blob: (Descriptor) throws(WaybillError) -> [UInt8]
    ) throws(WaybillError) {
        try Self.check(manifest)
        let configuration = try ImageConfiguration(parsing: try blob(manifest.configuration))
        try Self.check(manifest, configuration)
        var layers: [Layer] = []
        for (descriptor, unpacked) in zip(manifest.layers, configuration.layerDigests) {
            layers.append(
                try Layer.read(
                    try blob(descriptor), digest: descriptor.digest, unpackedDigest: unpacked, limits: limits,
                    keeping: keeps))
        }
        try self.init(manifest: manifest, configuration: configuration, layers: layers, limits: limits)
    }

    /// Whether the manifest is of a container's image that can be read here; before anything is fetched.
    public static func check(_ manifest: Manifest) throws(WaybillError) {
        let subject = "image \(manifest.digest.short)"
        guard manifest.isContainerImage else {
            throw WaybillError(
                .unsupported,
                "is an artifact (\(Redaction.excerpt(manifest.effectiveArtifactType ?? "no type"))), not a container image",
                subject: subject)
        }
        guard manifest.layers.count <= layersMax else {
            throw WaybillError(.limitExceeded, "has more than \(layersMax) layers", subject: subject)
        }
        for layer in manifest.layers where !layer.mediaType.isLayer || layer.mediaType.rawValue.hasSuffix("+encrypted")
        {
            throw WaybillError(
                .unsupported, "has a layer of the kind \(Redaction.excerpt(layer.mediaType.rawValue))", subject: subject
            )
        }
    }

    /// Whether configuration and manifest speak of as many layers.
    public static func check(_ manifest: Manifest, _ configuration: ImageConfiguration) throws(WaybillError) {
        guard configuration.layerDigests.count == manifest.layers.count else {
            throw WaybillError(
                .corrupted,
                "the manifest has \(manifest.layers.count) layers, the configuration \(configuration.layerDigests.count)",
                subject: "image \(manifest.digest.short)")
        }
    }
}
