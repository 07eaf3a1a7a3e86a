public import WaybillCore

/// A text that is no image reference, with the place.
public struct ImageReferenceError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        case empty = "nothing is written"
        case host = "not a registry's host name or port"
        case repository =
            "a repository name has lower-case letters and digits, parted by one of . _ __ - and by slashes"
        case repositoryLength = "the name is longer than 255 characters"
        case tag = "a tag has letters, digits, _ . - and starts with neither . nor -"
        case tagLength = "the tag is longer than 128 characters"
        case digest = "not a digest such as sha256: and 64 lower-case hexadecimal characters"
    }

    public var input: String
    /// Where the wrong part starts, in bytes.
    public var offset: Int
    public var reason: Reason

    public var description: String { "\(Redaction.excerpt(input)) at offset \(offset): \(reason.rawValue)" }

    /// The shape that crosses modules.
    public var asWaybillError: WaybillError {
        WaybillError(
            .invalidInput, "not an image reference: \(reason.rawValue) (offset \(offset))",
            subject: Redaction.excerpt(input), remedy: "write HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]")
    }
}
