import Documents
import WaybillCore

/// A sigstore bundle: one file with a signature, whatever vouches for its key, and proofs that it was made in time.
/// Reading it believes nothing of it.
public struct SigstoreBundle: Hashable, Sendable {
    /// The media type that is written; older ones are read.
    public static let mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
    /// The largest bundle that is read.
    public static let bytesMax = 32 << 20
    /// The most log entries, timestamps and certificates that one bundle may have; each costs signature checks.
    public static let entriesMax = 32

    public enum Version: Int, Sendable, Comparable {
        case v01 = 1
        case v02, v03

        public static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
    }

    /// Whose key signed.
    public enum Material: Hashable, Sendable {
        /// A key that the verifier has; the hint only says which.
        case publicKey(hint: String)
        /// Certificates in DER form, the signer's first.
        case certificates([[UInt8]])
    }

    /// What was signed.
    public enum Content: Hashable, Sendable {
        /// The signature of a file; the digest is a convenience, not evidence.
        case message(digest: MessageDigest?, signature: [UInt8])
        case envelope(Envelope)
    }

    public struct MessageDigest: Hashable, Sendable {
        /// `SHA2_256`, `SHA2_384`, `SHA2_512`.
        public var algorithm: String
        public var bytes: [UInt8]

        public init(algorithm: String = "SHA2_256", bytes: [UInt8]) {
            self.algorithm = algorithm
            self.bytes = bytes
        }
    }

    public var version: Version
    public var material: Material
    public var logEntries: [LogEntry]
    /// RFC 3161 responses in DER form.
    public var timestamps: [[UInt8]]
    public var content: Content

    public init(
        version: Version = .v03, material: Material, logEntries: [LogEntry] = [], timestamps: [[UInt8]] = [],
        content: Content
    ) {
        self.version = version
        self.material = material
        self.logEntries = logEntries
        self.timestamps = timestamps
        self.content = content
    }

    /// The signature's bytes: what a timestamp authority stamps.
    public var signature: [UInt8] {
        switch content {
        case .message(_, let signature): signature
        case .envelope(let envelope): envelope.signatures.first?.bytes ?? []
        }
    }
}

extension SigstoreBundle {
    /// An entry of a transparency log, as the bundle brings it.
    public struct LogEntry: Hashable, Sendable {
        public var logIndex: Int
        public var logID: [UInt8]
        public var kind: String
        public var kindVersion: String
        /// When the log says that it took the entry; worth something only with the promise's signature.
        public var integratedTime: Timestamp?
        /// The log's signature over body, time, log and index.
        public var promise: [UInt8]?
        public var proof: InclusionProof?
        public var body: [UInt8]

        public init(
            logIndex: Int, logID: [UInt8], kind: String, kindVersion: String, integratedTime: Timestamp? = nil,
            promise: [UInt8]? = nil, proof: InclusionProof? = nil, body: [UInt8]
        ) {
            self.logIndex = logIndex
            self.logID = logID
            self.kind = kind
            self.kindVersion = kindVersion
            self.integratedTime = integratedTime
            self.promise = promise
            self.proof = proof
            self.body = body
        }
    }

    /// The path from an entry to the root of the log's tree (RFC 6962).
    public struct InclusionProof: Hashable, Sendable {
        public var index: Int
        public var treeSize: Int
        public var rootHash: [UInt8]
        public var hashes: [[UInt8]]
        /// The log's signed note about its root.
        public var checkpoint: String?

        public init(index: Int, treeSize: Int, rootHash: [UInt8], hashes: [[UInt8]], checkpoint: String?) {
            self.index = index
            self.treeSize = treeSize
            self.rootHash = rootHash
            self.hashes = hashes
            self.checkpoint = checkpoint
        }
    }
}
