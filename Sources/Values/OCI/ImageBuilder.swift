import Documents
public import WaybillCore

/// Makes an image from files: equal parts give an equal digest, on every machine with the same zlib.
public struct ImageBuilder: Sendable {
    public var platform: Platform
    public var process = ImageConfiguration.Process()
    public var annotations: [String: String] = [:]
    /// RFC 3339; left out unless it is set, so that the time of building does not change the digest.
    public var created: String?
    public var isCompressed = true
    private var archives: [(bytes: [UInt8], createdBy: String?)] = []

    public init(platform: Platform = Platform(architecture: "amd64")) { self.platform = platform }

    /// Adds a layer of these entries, ordered by path. A file's bytes are its `contents`; whiteouts are files named so.
    public mutating func addLayer(_ entries: some Sequence<FileEntry>, createdBy: String? = nil) {
        var writer = TarWriter()
        for entry in entries.sorted(by: { $0.path.precedesByBytes($1.path) }) {
            let header = TarEntry(
                name: entry.kind == .folder ? entry.path + "/" : entry.path, kind: entry.kind, mode: entry.mode,
                userID: entry.userID, groupID: entry.groupID, linkName: entry.linkTarget ?? "", modified: entry.modified
            )
            writer.add(header, contents: entry.contents ?? [])
        }
        addLayer(archive: writer.finish(), createdBy: createdBy)
    }

    /// Adds a layer that is a tar archive already.
    public mutating func addLayer(archive: [UInt8], createdBy: String? = nil) {
        archives.append((archive, createdBy))
    }

    public func build() throws(WaybillError) -> BuiltImage {
        var blobs: [Digest: [UInt8]] = [:]
        var layers: [Descriptor] = []
        for archive in archives {
            let bytes = isCompressed ? try Gzip.compress(archive.bytes) : archive.bytes
            let layer = Descriptor(of: bytes, mediaType: isCompressed ? .layerGzip : .layer)
            blobs[layer.digest] = bytes
            layers.append(layer)
        }
        let configuration = ImageConfiguration(
            platform: platform, process: process, layerDigests: archives.map { .sha256(of: $0.bytes) },
            history: archives.map { ImageConfiguration.Step(created: created, createdBy: $0.createdBy) },
            created: created)
        blobs[configuration.digest] = configuration.bytes
        let manifest = Manifest(
            configuration: Descriptor(of: configuration.bytes, mediaType: .imageConfiguration), layers: layers,
            annotations: annotations)
        return BuiltImage(manifest: manifest, configuration: configuration, blobs: blobs)
    }
}

/// An image in memory.
public struct BuiltImage: Sendable, Hashable {
    public let manifest: Manifest
    public let configuration: ImageConfiguration
    /// Configuration and layers, by digest.
    public let blobs: [Digest: [UInt8]]

    public var digest: Digest { manifest.digest }

    /// The files of an OCI image layout that holds the image, by path.
    public func layout(tag: String? = nil) -> [String: [UInt8]] {
        var descriptor = manifest.descriptor
        descriptor.annotations = tag.map { [ImageLayout.referenceName: $0] } ?? [:]
        descriptor.platform = configuration.platform
        var files: [String: [UInt8]] = [
            "oci-layout": Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8),
            "index.json": Index(manifests: [descriptor]).bytes,
            ImageLayout.path(of: manifest.digest): manifest.bytes,
        ]
        for (digest, bytes) in blobs { files[ImageLayout.path(of: digest)] = bytes }
        return files
    }
}
