public import Attestations
public import WaybillCore

/// The papers of one subject, verified once and kept in memory: what a gate decides from.
public struct PaperFile: Hashable, Sendable {
    /// A paper that is not believed, kept to say why it does not count.
    public struct Refused: Hashable, Sendable {
        public var envelope: Digest
        /// What the paper says of itself; nil where it cannot be read.
        public var predicateType: String?
        public var failure: EnvelopeFailure

        public init(envelope: Digest, predicateType: String?, failure: EnvelopeFailure) {
            self.envelope = envelope
            self.predicateType = predicateType
            self.failure = failure
        }
    }

    /// In the order in which they were added.
    public private(set) var verified: [VerifiedStatement] = []
    public private(set) var refused: [Refused] = []

    public init() {}

    /// Verifies the envelopes, oldest first.
    public init(_ envelopes: some Sequence<Envelope>, verifier: EnvelopeVerifier, at moment: Timestamp) {
        for envelope in envelopes { add(envelope, verifier: verifier, at: moment) }
    }

    /// Adds one paper; one that is there already is added no second time.
    public mutating func add(_ envelope: Envelope, verifier: EnvelopeVerifier, at moment: Timestamp) {
        let digest = envelope.digest
        guard !verified.contains(where: { $0.envelope == digest }) else { return }
        switch verifier.verify(envelope, at: moment) {
        case .success(let statement):
            verified.append(statement)
            refused.removeAll { $0.envelope == digest }
        case .failure(let failure):
            guard !refused.contains(where: { $0.envelope == digest }) else { return }
            let type = try? Statement(parsing: envelope.payload).predicateType
            refused.append(Refused(envelope: digest, predicateType: type, failure: failure))
        }
    }
}
