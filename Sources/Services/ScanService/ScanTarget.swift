import Files
public import OCI
public import WaybillCore

/// What is scanned.
public enum ScanTarget: Sendable, Hashable {
    /// A folder with `oci-layout`; of several manifests the one with the tag.
    case layout(String, tag: String?)
    /// The archive that `docker save` or `skopeo copy oci-archive:` writes, packed with gzip or zstd or not.
    case archive(String)
    case registry(ImageReference)
    /// A file system on disk as a container would see it: what is installed counts.
    case root(String)
    /// A project: what is locked counts.
    case folder(String)
    /// A commit of a repository on disk.
    case revision(repository: String, revision: String)
    case sbom(String)

    /// Reads `KIND:PLACE`, or finds out what a path is. Throws where neither a path nor an image's name can be meant.
    public init(parsing text: String) throws(WaybillError) {
        for (prefix, make) in Self.kinds where text.hasPrefix(prefix) {
            self = try make(String(text.dropFirst(prefix.count)))
            return
        }
        if Files.isFolder(text) {
            self = Files.exists("\(text)/oci-layout") ? .layout(text, tag: nil) : .folder(text)
            return
        }
        if Files.exists(text) {
            self = try Self.file(text)
            return
        }
        guard !text.hasPrefix("/"), !text.hasPrefix("."), text.contains("/") || text.contains(":") else {
            throw WaybillError(
                .notFound, "there is no such file or folder, and it is no image's name", subject: text,
                remedy: "write an image with its registry: registry.example/shop/cart:1.5")
        }
        self = .registry(try Self.image(text))
    }

    private static let kinds: [(String, @Sendable (String) throws(WaybillError) -> ScanTarget)] = [
        (
            "oci:",
            { (text) throws(WaybillError) in
                // A tag stands behind the last colon, unless a folder has that name.
                guard !Files.isFolder(text), let colon = text.lastIndex(of: ":") else { return .layout(text, tag: nil) }
                return .layout(String(text[..<colon]), tag: String(text[text.index(after: colon)...]))
            }
        ),
        ("archive:", { (text) throws(WaybillError) in .archive(text) }),
        ("docker-archive:", { (text) throws(WaybillError) in .archive(text) }),
        ("oci-archive:", { (text) throws(WaybillError) in .archive(text) }),
        ("image:", { (text) throws(WaybillError) in .registry(try image(text)) }),
        ("docker://", { (text) throws(WaybillError) in .registry(try image(text)) }),
        ("rootfs:", { (text) throws(WaybillError) in .root(text) }),
        ("dir:", { (text) throws(WaybillError) in .folder(text) }),
        ("sbom:", { (text) throws(WaybillError) in .sbom(text) }),
        (
            "git:",
            { (text) throws(WaybillError) in
                guard let hash = text.lastIndex(of: "#") else { return .revision(repository: text, revision: "HEAD") }
                return .revision(
                    repository: String(text[..<hash]), revision: String(text[text.index(after: hash)...]))
            }
        ),
    ]

    private static func image(_ text: String) throws(WaybillError) -> ImageReference {
        do {
            return try ImageReference(parsing: text)
        } catch {
            throw WaybillError(
                .invalidInput, "is neither a path nor an image's name: \(error)", subject: Redaction.excerpt(text),
                remedy: "write an image with its registry: registry.example/shop/cart:1.5")
        }
    }

    /// By the first bytes: text is a bill of materials, everything else an archive.
    private static func file(_ path: String) throws(WaybillError) -> ScanTarget {
        let file = try OpenFile(path)
        var start = try file.read(at: 0, count: 512)[...]
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { start = start.dropFirst(3) }
        start = start.drop { $0 == 0x20 || $0 &- 9 < 5 }
        let isText =
            start.first == UInt8(ascii: "{") || start.first == UInt8(ascii: "<") || start.starts(with: "SPDX".utf8)
        return isText ? .sbom(path) : .archive(path)
    }

    public var description: String {
        switch self {
        case .layout(let path, let tag): tag.map { "\(path):\($0)" } ?? path
        case .archive(let path), .root(let path), .folder(let path), .sbom(let path): path
        case .registry(let reference): reference.description
        case .revision(let repository, let revision): "\(repository)#\(revision)"
        }
    }

    /// What kind of thing it is, for people.
    public var kind: String {
        switch self {
        case .layout, .archive, .registry: "image"
        case .root: "root file system"
        case .folder: "folder"
        case .revision: "commit"
        case .sbom: "bill of materials"
        }
    }
}
