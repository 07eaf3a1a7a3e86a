/// What kind of content some bytes are, as the OCI and Docker specifications name it.
public struct MediaType: RawRepresentable, Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ text: String) { rawValue = text }
    public init(stringLiteral value: String) { rawValue = value }

    public var description: String { rawValue }
}

extension MediaType {
    public static let imageManifest: MediaType = "application/vnd.oci.image.manifest.v1+json"
    public static let imageIndex: MediaType = "application/vnd.oci.image.index.v1+json"
    public static let imageConfiguration: MediaType = "application/vnd.oci.image.config.v1+json"
    public static let layer: MediaType = "application/vnd.oci.image.layer.v1.tar"
    public static let layerGzip: MediaType = "application/vnd.oci.image.layer.v1.tar+gzip"
    public static let layerZstd: MediaType = "application/vnd.oci.image.layer.v1.tar+zstd"
    /// The two bytes `{}`, for a manifest that needs no configuration or no layer.
    public static let empty: MediaType = "application/vnd.oci.empty.v1+json"

    public static let dockerManifest: MediaType = "application/vnd.docker.distribution.manifest.v2+json"
    public static let dockerIndex: MediaType = "application/vnd.docker.distribution.manifest.list.v2+json"
    public static let dockerConfiguration: MediaType = "application/vnd.docker.container.image.v1+json"
    public static let dockerLayer: MediaType = "application/vnd.docker.image.rootfs.diff.tar"
    public static let dockerLayerGzip: MediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip"
    public static let dockerForeignLayer: MediaType = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"

    /// A signed manifest of before 2015; its digest is not that of its bytes, so it is refused.
    public static let dockerSchema1: MediaType = "application/vnd.docker.distribution.manifest.v1+prettyjws"

    /// Every manifest that this module reads, in the order in which a client asks for them.
    public static let manifests: [MediaType] = [.imageManifest, .imageIndex, .dockerManifest, .dockerIndex]
}

extension MediaType {
    public var isIndex: Bool { self == .imageIndex || self == .dockerIndex }
    public var isImageManifest: Bool { self == .imageManifest || self == .dockerManifest }

    /// Layers that a registry need not hold: they come from elsewhere, by the descriptor's URLs.
    public var isNonDistributable: Bool {
        self == .dockerForeignLayer || rawValue.hasPrefix("application/vnd.oci.image.layer.nondistributable.")
    }

    /// Whether it is a layer that holds files of a container's file system.
    public var isLayer: Bool {
        rawValue.hasPrefix("application/vnd.oci.image.layer.")
            || rawValue.hasPrefix("application/vnd.docker.image.rootfs.")
    }
}
