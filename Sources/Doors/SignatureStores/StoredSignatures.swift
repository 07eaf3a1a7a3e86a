import Attestations
public import Signatures
public import WaybillCore

/// Everything that stands beside an image in its registry and might be a signature of it. Nothing of it is verified.
public struct StoredSignatures: Sendable {
    /// One thing that was found, with its place.
    public struct Item: Sendable {
        public enum Content: Sendable {
            case layer(CosignLayer)
            case bundle([UInt8])
            case notation([UInt8])
            case envelope([UInt8])
            /// An OpenPGP message, as skopeo and podman make it.
            case openPGP([UInt8])
        }

        /// The digest of the bytes, by which people find it again.
        public var digest: Digest
        public var content: Content

        public init(digest: Digest, content: Content) {
            self.digest = digest
            self.content = content
        }

        /// What people call the form.
        public var form: String {
            switch content {
            case .layer(let layer):
                layer.mediaType == SimpleSigningPayload.mediaType ? "cosign signature" : "cosign attestation"
            case .bundle: "sigstore bundle"
            case .notation: "Notation signature"
            case .envelope: "envelope"
            case .openPGP: "OpenPGP signature"
            }
        }
    }

    /// More than this of one image is not read: each costs a request.
    public static let itemsMax = 500

    public var items: [Item]

    public init(_ items: [Item] = []) { self.items = items }
}
