public import Attestations
public import Documents
public import Signatures
public import WaybillCore

/// What is known of one image, gathered before anything is decided. Nothing in it is believed until it is verified.
public struct ImageEvidence: Sendable {
    /// A scan that was verified when it came in: by whom is the gatherer's affair.
    public struct Scan: Hashable, Sendable {
        public struct Vulnerability: Hashable, Sendable {
            /// `CVE-2021-20305`.
            public var id: String
            /// The full name of the note that describes it, where there is one.
            public var note: String?
            public var severity: Severity
            public var isFixAvailable: Bool

            public init(id: String, note: String? = nil, severity: Severity, isFixAvailable: Bool) {
                self.id = id
                self.note = note
                self.severity = severity
                self.isFixAvailable = isFixAvailable
            }
        }

        public var vulnerabilities: [Vulnerability]
        public var time: Timestamp
        /// A scan that did not end says nothing of what it did not look at.
        public var isFinished: Bool

        public init(vulnerabilities: [Vulnerability], time: Timestamp, isFinished: Bool = true) {
            self.vulnerabilities = vulnerabilities
            self.time = time
            self.isFinished = isFinished
        }
    }

    /// An attestation as Grafeas stores it: bytes, and signatures over them.
    public struct Attestation: Hashable, Sendable {
        /// The note under which it stands: `projects/p/notes/n`.
        public var note: String
        public var payload: [UInt8]
        public var signatures: [Envelope.Signature]

        public init(note: String, payload: [UInt8], signatures: [Envelope.Signature]) {
            self.note = note
            self.payload = payload
            self.signatures = signatures
        }
    }

    public var digest: Digest?
    /// Nil for an image that nobody scanned: it is not clean, it is unknown.
    public var scan: Scan?
    public var attestations: [Attestation]
    /// Signatures and attestations in cosign's forms.
    public var layers: [CosignLayer]
    public var bundles: [SigstoreBundle]
    /// The image's settings, for policies that ask for them.
    public var configuration: Value?

    public init(
        digest: Digest? = nil, scan: Scan? = nil, attestations: [Attestation] = [], layers: [CosignLayer] = [],
        bundles: [SigstoreBundle] = [], configuration: Value? = nil
    ) {
        self.digest = digest
        self.scan = scan
        self.attestations = attestations
        self.layers = layers
        self.bundles = bundles
        self.configuration = configuration
    }
}
