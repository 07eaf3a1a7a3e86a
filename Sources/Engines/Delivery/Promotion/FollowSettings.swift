import Documents
public import Packages
import RegularExpressions
public import WaybillCore

/// An image whose newest tag an environment follows.
public struct FollowSettings: Hashable, Sendable {
    /// How tags are put in order.
    public enum Order: Hashable, Sendable {
        /// Semantic versions within a range, the highest first; pre-releases only where the range names one.
        case semver(NpmRange)
        /// By the whole tag, or by the named group `order` of its pattern.
        case alphabetical
        case numerical
    }

    /// The most tags that are looked at.
    public static let tagsMax = 100_000

    /// The image's name as the manifests write it.
    public var image: String
    /// Where its tags are: `registry.example/shop`.
    public var repository: String
    /// The folder whose kustomization names the digest.
    public var path: String
    /// The expression of tags that count; every one where there is none.
    public var pattern: String?
    public var order: Order

    init(_ node: Node, in environment: String, exists: (String) -> Bool) throws(DocumentError) {
        var fields = try Fields(node, of: "follow")
        image = try fields.requiredText("image")
        repository = try fields.requiredText("repository")
        path = try fields.path("path", exists: exists) ?? environment
        guard environment == "." || path == environment || path.hasPrefix(environment + "/") else {
            throw DocumentError(at: node.position, "follow.path: \(path) does not lie in \(environment)")
        }
        let parts = repository.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), !repository.contains("://"),
            !repository.contains("@")
        else {
            throw DocumentError(
                at: node.position, "follow.repository: expected a registry and a repository, as registry.example/shop")
        }
        if let text = try fields.text("tags") {
            do { _ = try RegularExpression(text) } catch {
                throw DocumentError(at: node.position, "follow.tags: \(error.message)")
            }
            pattern = text
        }
        let range = try fields.text("semver"), word = try fields.text("order")
        switch (range, word) {
        case (let range?, nil):
            guard let parsed = NpmRange(range) else {
                throw DocumentError(at: node.position, "follow.semver: \(Redaction.excerpt(range)) is not a range")
            }
            order = .semver(parsed)
        case (nil, "alphabetical"): order = .alphabetical
        case (nil, "numerical"): order = .numerical
        default:
            throw DocumentError(
                at: node.position, "follow: expected “semver: RANGE” or “order: alphabetical” or “order: numerical”")
        }
        try fields.finish()
    }

    /// The newest of these tags; nil where none counts.
    public func newest(of tags: [String]) throws(WaybillError) -> String? {
        let expression = try pattern.map { text throws(WaybillError) in try RegularExpression(text) }
        var best: (tag: String, key: Key)?
        for tag in tags.prefix(Self.tagsMax) {
            guard let key = key(of: tag, expression) else { continue }
            // Equal keys are told apart by the tag, so that the answer is always the same one.
            if let found = best, key < found.key || key == found.key && tag.precedesByBytes(found.tag) { continue }
            best = (tag, key)
        }
        return best?.tag
    }

    /// What a tag is put in order by.
    private enum Key: Comparable {
        case version(SemanticVersion)
        case text(String)
        /// Digits without zeros in front: longer is larger.
        case number(Int, String)

        static func < (left: Key, right: Key) -> Bool {
            switch (left, right) {
            case (.version(let one), .version(let other)): one.compare(other) == .less
            case (.text(let one), .text(let other)): one.precedesByBytes(other)
            case (.number(let size, let one), .number(let otherSize, let other)):
                size == otherSize ? one.precedesByBytes(other) : size < otherSize
            default: false
            }
        }

        static func == (left: Key, right: Key) -> Bool { !(left < right) && !(right < left) }
    }

    private func key(of tag: String, _ expression: RegularExpression?) -> Key? {
        var text = tag
        if let expression {
            let bytes = Array(tag.utf8)
            guard let match = expression.firstMatch(in: bytes) else { return nil }
            if expression.groupNames.contains("order") {
                guard let range = match["order"] else { return nil }
                text = String(decoding: bytes[range], as: UTF8.self)
            }
        }
        switch order {
        case .semver(let range):
            guard let version = SemanticVersion(text), range.contains(version) else { return nil }
            return .version(version)
        case .alphabetical: return .text(text)
        case .numerical:
            guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
            let digits = String(text.drop { $0 == "0" })
            return .number(digits.utf8.count, digits)
        }
    }
}

extension FollowSettings {
    /// The registry's host and the repository's path in it.
    public var address: (host: String, path: String) {
        let host = repository.prefix { $0 != "/" }
        return (String(host), String(repository.dropFirst(host.count + 1)))
    }

    /// A registry on this machine speaks without TLS.
    public static func isLoopback(_ host: String) -> Bool {
        let name =
            host.hasPrefix("[") ? String(host.prefix { $0 != "]" }.dropFirst()) : String(host.prefix { $0 != ":" })
        return name == "localhost" || name == "127.0.0.1" || name == "::1"
    }
}
