import Documents
public import WaybillCore

/// An OCI image layout, read through a function: a folder, an archive, a test's dictionary.
public struct ImageLayout {
    /// The annotation that carries a tag in a layout's index.
    public static let referenceName = "org.opencontainers.image.ref.name"

    public let index: Index
    private let read: (String) throws(WaybillError) -> [UInt8]

    /// `read` gives the bytes of a path inside of the layout.
    public init(read: @escaping (String) throws(WaybillError) -> [UInt8]) throws(WaybillError) {
        self.read = read
        do {
            var fields = try Fields(try JSONReader.node(from: try read("oci-layout")), of: "oci-layout")
            let version = try fields.requiredString("imageLayoutVersion")
            guard version == "1.0.0" else {
                throw WaybillError(
                    .unsupported, "image layout version \(Redaction.excerpt(version))", subject: "oci-layout")
            }
        } catch let error as DocumentError {
            throw error.inFile("oci-layout")
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "cannot be read", subject: "oci-layout", cause: error)
        }
        index = try Index(parsing: try read("index.json"))
    }

    /// A layout whose files are in memory, by path.
    public init(files: [String: [UInt8]]) throws(WaybillError) {
        try self.init { (path) throws(WaybillError) in
            guard let bytes = files[path] else {
                throw WaybillError(.notFound, "is not in the image layout", subject: path)
            }
            return bytes
        }
    }

    public static func path(of digest: Digest) -> String { "blobs/\(digest.algorithm.rawValue)/\(digest.hex)" }

    /// A blob, checked against its digest.
    public func blob(_ digest: Digest) throws(WaybillError) -> [UInt8] {
        let bytes = try read(Self.path(of: digest))
        guard digest.matches(bytes) else {
            throw WaybillError(.corrupted, "the blob's bytes do not have its digest", subject: digest.description)
        }
        return bytes
    }

    /// The descriptor with the tag; without one the only descriptor that there is.
    public func descriptor(tag: String? = nil) throws(WaybillError) -> Descriptor {
        if let tag {
            guard let found = index.manifests.first(where: { $0.annotations[Self.referenceName] == tag }) else {
                throw WaybillError(
                    .notFound, "no manifest has the tag \(Redaction.excerpt(tag))", subject: "index.json")
            }
            return found
        }
        guard let only = index.manifests.first, index.manifests.count == 1 else {
            throw WaybillError(
                .invalidInput, "holds \(index.manifests.count) manifests", subject: "index.json",
                remedy: "name one by its tag")
        }
        return only
    }

    /// The manifest or index that a descriptor names.
    public func document(_ descriptor: Descriptor) throws(WaybillError) -> ManifestDocument {
        try ManifestDocument(parsing: try blob(descriptor.digest), mediaType: descriptor.mediaType)
    }

    /// The image manifest with the tag; of several platforms the one asked for.
    public func manifest(tag: String? = nil, platform: Platform = Platform(architecture: "amd64")) throws(WaybillError)
        -> Manifest
    {
        switch try document(try descriptor(tag: tag)) {
        case .image(let manifest): return manifest
        case .index(let index):
            guard let chosen = index.manifest(for: platform) else {
                throw WaybillError(.notFound, "has no manifest for \(platform)", subject: "index \(index.digest.short)")
            }
            return try Manifest(parsing: try blob(chosen.digest), mediaType: chosen.mediaType)
        }
    }

    /// The whole image. The bytes of the files that `keeps` names are kept.
    public func fileSystem(
        of manifest: Manifest, limits: LayerLimits = .standard, keeping keeps: @escaping (FileEntry) -> Bool
    ) throws(WaybillError) -> ImageFileSystem {
        try ImageFileSystem(reading: manifest, limits: limits, keeping: keeps) { (descriptor) throws(WaybillError) in
            try blob(descriptor.digest)
        }
    }
}
