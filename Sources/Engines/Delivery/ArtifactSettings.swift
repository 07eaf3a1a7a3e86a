import Documents
public import WaybillCore

/// A signed OCI artifact from which an environment takes its objects; `waybill.yaml` itself stays in Git.
public struct ArtifactSettings: Hashable, Sendable {
    public enum Version: Hashable, Sendable {
        /// Whatever the tag stands for, as long as it is signed and newer than what was accepted before.
        case tag(String)
        /// This one and no other.
        case digest(Digest)
    }

    /// `registry.example/shop/manifests`.
    public var repository: String
    public var version: Version
    /// The public key, in the environment repository, that must have signed it.
    public var key: String

    public init(repository: String, version: Version, key: String) {
        self.repository = repository
        self.version = version
        self.key = key
    }

    init(_ node: Node, exists: (String) -> Bool) throws(DocumentError) {
        var fields = try Fields(node, of: "artifact")
        repository = try fields.requiredRepository("repository")
        let tag = try fields.text("tag"), digest = try fields.text("digest")
        switch (tag, digest) {
        case (let tag?, nil):
            guard Self.isTag(tag) else {
                throw DocumentError(at: node.position, "artifact.tag: \(Redaction.excerpt(tag)) is not a tag")
            }
            version = .tag(tag)
        case (nil, let text?):
            guard let digest = Digest(text) else {
                throw DocumentError(at: node.position, "artifact.digest: expected sha256: and 64 hexadecimal digits")
            }
            version = .digest(digest)
        default: throw DocumentError(at: node.position, "artifact: expected one of tag and digest")
        }
        key = try fields.requiredPath("key", exists: exists)
        try fields.finish()
    }

    /// The registry's host and the repository's path in it.
    public var address: (host: String, path: String) { RepositoryAddress.split(repository) }

    /// The distribution specification's `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
    private static func isTag(_ text: String) -> Bool {
        func isWord(_ byte: UInt8) -> Bool {
            (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 0x5F
        }
        return text.utf8.count <= 128 && text.utf8.first.map(isWord) == true
            && text.utf8.allSatisfy { isWord($0) || $0 == 0x2E || $0 == 0x2D }
    }
}

/// `registry.example/shop` in its two parts.
enum RepositoryAddress {
    static func split(_ text: String) -> (host: String, path: String) {
        let host = text.prefix { $0 != "/" }
        return (String(host), String(text.dropFirst(host.count + 1)))
    }
}

extension Fields {
    /// A registry and a repository in it, without scheme, tag and digest.
    mutating func requiredRepository(_ key: String) throws(DocumentError) -> String {
        let position = try required(key).position
        let text = try requiredText(key)
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let isName =
            parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !text.contains("://") && !text.contains("@")
            && parts.last?.contains(":") == false && !text.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
        guard isName else {
            throw DocumentError(
                at: position, "\(name).\(key): expected a registry and a repository, as registry.example/shop")
        }
        return text
    }
}
