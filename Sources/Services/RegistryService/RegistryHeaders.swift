import HTTPTypes

/// Headers that the distribution spec adds to HTTP's own.
extension HTTPField.Name {
    static let contentDigest = literal("Docker-Content-Digest")
    static let uploadID = literal("Docker-Upload-UUID")
    static let subject = literal("OCI-Subject")
    static let filtersApplied = literal("OCI-Filters-Applied")
    static let supportsSignatures = literal("X-Registry-Supports-Signatures")
    static let link = literal("Link")

    private static func literal(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("not a header's name: \(name)") }
        return name
    }
}
