import OCI

/// What a path of the distribution API names. Repository names hold slashes, so a path is read from its end.
enum RegistryRoute: Hashable, Sendable {
    case base
    case catalog
    case uploads(repository: String)
    case upload(repository: String, id: String)
    case blob(repository: String, digest: String)
    case manifest(repository: String, reference: String)
    case tags(repository: String)
    case referrers(repository: String, digest: String)
    /// OpenPGP signatures of an image, by the extension that skopeo and podman know: `/extensions/v2/NAME/signatures/DIGEST`.
    case signatures(repository: String, digest: String)

    /// Nil for a path that names nothing.
    init?(path: String) {
        guard let parts = Self.parts(path) else {
            guard path.utf8.starts(with: Self.extensions.utf8),
                let parts = Self.parts(String(path.dropFirst(Self.extensions.count))), parts.count > 2,
                parts[parts.count - 2] == "signatures", let name = Self.name(parts.dropLast(2))
            else { return nil }
            self = .signatures(repository: name, digest: parts[parts.count - 1])
            return
        }
        if parts.isEmpty {
            self = .base
            return
        }
        if parts == ["_catalog"] {
            self = .catalog
            return
        }
        let last = parts[parts.count - 1]
        let before = parts.count > 1 ? parts[parts.count - 2] : ""
        let third = parts.count > 2 ? parts[parts.count - 3] : ""
        if third == "blobs", before == "uploads", let name = Self.name(parts.dropLast(3)) {
            self = .upload(repository: name, id: last)
        } else if before == "blobs", last == "uploads", let name = Self.name(parts.dropLast(2)) {
            self = .uploads(repository: name)
        } else if before == "blobs", let name = Self.name(parts.dropLast(2)) {
            self = .blob(repository: name, digest: last)
        } else if before == "manifests", let name = Self.name(parts.dropLast(2)) {
            self = .manifest(repository: name, reference: last)
        } else if before == "tags", last == "list", let name = Self.name(parts.dropLast(2)) {
            self = .tags(repository: name)
        } else if before == "referrers", let name = Self.name(parts.dropLast(2)) {
            self = .referrers(repository: name, digest: last)
        } else {
            return nil
        }
    }

    private static let extensions = "/extensions"

    /// The components after `/v2`; nil for another path.
    private static func parts(_ path: String) -> [String]? {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
        guard parts.count >= 2, parts[0].isEmpty, parts[1] == "v2" else { return nil }
        return Array(parts.last == "" ? parts[2...].dropLast() : parts[2...])
    }

    private static func name(_ parts: ArraySlice<String>) -> String? {
        let name = parts.joined(separator: "/")
        return ImageReference.isRepository(name) ? name : nil
    }

    var repository: String? {
        switch self {
        case .base, .catalog: nil
        case .uploads(let name), .upload(let name, _), .blob(let name, _), .manifest(let name, _), .tags(let name),
            .referrers(let name, _), .signatures(let name, _):
            name
        }
    }
}
