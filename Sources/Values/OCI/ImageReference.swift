public import WaybillCore

/// The name of an image: `registry.example:5000/shop/cart:1.4@sha256:…` (grammar of the distribution project).
public struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// With the port where one is written; nil where no registry is named.
    public var host: String?
    /// Without the host: `shop/cart`.
    public var repository: String
    public var tag: String?
    public var digest: Digest?

    /// The distribution spec allows at most 128 characters in a tag and 255 in a name.
    static let tagLengthMax = 128
    static let nameLengthMax = 255

    public init(host: String?, repository: String, tag: String? = nil, digest: Digest? = nil) {
        self.host = host
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    public init(parsing text: String) throws(ImageReferenceError) {
        try self.init(parsing: Array(text.utf8))
    }

    public init(parsing bytes: [UInt8]) throws(ImageReferenceError) {
        func failure(_ offset: Int, _ reason: ImageReferenceError.Reason) -> ImageReferenceError {
            ImageReferenceError(input: String(decoding: bytes, as: UTF8.self), offset: offset, reason: reason)
        }
        guard !bytes.isEmpty else { throw failure(0, .empty) }
        var name = bytes[...]
        if let at = bytes.firstIndex(of: UInt8(ascii: "@")) {
            guard let digest = Digest(String(decoding: bytes[(at + 1)...], as: UTF8.self)) else {
                throw failure(at + 1, .digest)
            }
            self.digest = digest
            name = bytes[..<at]
        } else {
            digest = nil
        }
        // A colon before the last slash belongs to the registry's port, not to a tag.
        let lastPart = name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        if let colon = name[lastPart...].firstIndex(of: UInt8(ascii: ":")) {
            let tag = name[(colon + 1)...]
            guard Self.isTag(tag) else {
                throw failure(colon + 1, tag.count > Self.tagLengthMax ? .tagLength : .tag)
            }
            self.tag = String(decoding: tag, as: UTF8.self)
            name = name[..<colon]
        } else {
            tag = nil
        }
        guard name.count <= Self.nameLengthMax else { throw failure(0, .repositoryLength) }
        var repositoryStart = 0
        if let slash = name.firstIndex(of: UInt8(ascii: "/")), Self.looksLikeHost(name[..<slash]) {
            guard Self.isHost(name[..<slash]) else { throw failure(0, .host) }
            host = String(decoding: name[..<slash], as: UTF8.self)
            repositoryStart = slash + 1
        } else {
            host = nil
        }
        var start = repositoryStart
        for component in name[repositoryStart...].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            guard Self.isPathComponent(component) else { throw failure(start, .repository) }
            start += component.count + 1
        }
        repository = String(decoding: name[repositoryStart...], as: UTF8.self)
    }

    /// Host and repository, as a repository is named without a version.
    public var name: String { host.map { "\($0)/\(repository)" } ?? repository }

    public var description: String {
        name + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    /// What a registry is asked for: the digest where there is one, else the tag, else `latest`.
    public var version: String { digest?.description ?? tag ?? "latest" }

    /// The full name that container engines take a short one for: `nginx` is `docker.io/library/nginx`.
    public var normalized: ImageReference {
        var result = self
        let host = host ?? "docker.io"
        result.host = host == "index.docker.io" ? "docker.io" : host
        if result.host == "docker.io", !repository.contains("/") { result.repository = "library/\(repository)" }
        if tag == nil, digest == nil { result.tag = "latest" }
        return result
    }

    /// The same image by digest, without a tag that could move.
    public func pinned(to digest: Digest) -> ImageReference {
        ImageReference(host: host, repository: repository, tag: nil, digest: digest)
    }
}
