public import Attestations
public import WaybillCore

/// A statement whose envelope was verified. Only `EnvelopeVerifier` makes one.
public struct VerifiedStatement: Hashable, Sendable {
    public let statement: Statement
    /// The keys that signed it, each once.
    public let signers: [TrustedKey]
    /// The envelope's content address.
    public let envelope: Digest

    init(_ statement: Statement, signers: [TrustedKey], envelope: Digest) {
        self.statement = statement
        self.signers = signers
        self.envelope = envelope
    }

    public func isSigned(by name: String) -> Bool { signers.contains { $0.name.utf8.elementsEqual(name.utf8) } }
}

/// Why an envelope is not believed.
public enum EnvelopeFailure: Error, Hashable, Sendable {
    /// Not an envelope, or not a statement inside.
    case malformed(String)
    /// The payload is of a type that was not asked for.
    case payloadType(String)
    /// No signature fits a trusted key; the key names are those that the envelope claims.
    case unknownKeys([String])
    /// Signed by a trusted key at another time than it is valid for.
    case keyNotValid(String)
    /// Signed by a trusted key that was withdrawn before the signature is known to have been there.
    case keyRevoked(String, Timestamp)
    /// Signed by a trusted key that may not sign such papers.
    case predicateNotAllowed(type: String, signer: String)
    /// The paper itself was withdrawn.
    case withdrawn(Timestamp)
    /// Fewer trusted keys signed than are needed.
    case threshold(signed: Int, needed: Int)
}

extension EnvelopeFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let reason): "cannot be read: \(reason)"
        case .payloadType(let type): "holds a payload of type \(Redaction.excerpt(type))"
        case .unknownKeys(let names):
            "is not signed by a trusted key (claimed: \(names.isEmpty ? "none" : names.map { Redaction.excerpt($0) }.joined(separator: ", ")))"
        case .keyNotValid(let signer): "is signed by the key of \(signer), which is not valid at this time"
        case .keyRevoked(let signer, let time):
            "is signed by the key of \(signer), which was revoked at \(time), and is not known to be older"
        case .predicateNotAllowed(let type, let signer): "is signed by \(signer), who may not sign \(type)"
        case .withdrawn(let time): "is of a paper that was revoked at \(time)"
        case .threshold(let signed, let needed): "is signed by \(signed) trusted keys, \(needed) are needed"
        }
    }
}

/// Verifies envelopes against trusted keys. What it returns was read from the very bytes that were verified.
public struct EnvelopeVerifier: Sendable {
    /// More signatures than this are refused: each costs as many checks as there are keys.
    public static let signaturesMax = 32

    public var keys: [TrustedKey]
    /// Distinct keys that must have signed.
    public var threshold: Int
    public var payloadTypes: Set<String>
    /// Keys and papers that count no more.
    public private(set) var revocations = Revocations()

    /// The same verifier, which knows of these as well.
    public func respecting(_ revocations: Revocations) -> EnvelopeVerifier {
        var verifier = self
        verifier.keys = revocations.applied(to: keys)
        verifier.revocations = revocations
        return verifier
    }

    public init(keys: [TrustedKey], threshold: Int = 1, payloadTypes: Set<String> = [Statement.payloadType]) {
        self.keys = keys
        self.threshold = max(1, threshold)
        self.payloadTypes = payloadTypes
    }

    /// Verifies the envelope, reads its statement, and checks that enough signers may sign such a paper at this moment:
    /// now, or an earlier time at which somebody trusted (the ledger, a timestamp authority) saw the signature.
    public func verify(_ envelope: Envelope, at moment: Timestamp) -> Result<VerifiedStatement, EnvelopeFailure> {
        do { return .success(try statement(of: envelope, at: moment)) } catch { return .failure(error) }
    }

    private func statement(of envelope: Envelope, at moment: Timestamp) throws(EnvelopeFailure) -> VerifiedStatement {
        let signers = try signers(of: envelope)
        if let time = revocations.papers.isEmpty ? nil : revocations.papers[envelope.digest] { throw .withdrawn(time) }
        let statement: Statement
        do { statement = try Statement(parsing: envelope.payload) } catch { throw .malformed(error.message) }
        let timely = signers.filter { $0.isValid(at: moment) }
        if timely.isEmpty, let late = signers.first {
            if let revoked = late.revoked, late.isRevoked(at: moment) { throw .keyRevoked(late.name, revoked) }
            throw .keyNotValid(late.name)
        }
        let entitled = timely.filter { $0.predicateTypes?.contains(statement.predicateType) ?? true }
        if entitled.isEmpty, let other = timely.first {
            throw .predicateNotAllowed(type: statement.predicateType, signer: other.name)
        }
        try checkThreshold(entitled)
        return VerifiedStatement(statement, signers: entitled, envelope: envelope.digest)
    }

    /// The trusted keys that signed the envelope, whatever it holds. Several entries may share one key.
    public func signers(of envelope: Envelope) throws(EnvelopeFailure) -> [TrustedKey] {
        guard payloadTypes.contains(where: { $0.utf8.elementsEqual(envelope.payloadType.utf8) }) else {
            throw .payloadType(envelope.payloadType)
        }
        guard envelope.signatures.count <= Self.signaturesMax else {
            throw .malformed("more than \(Self.signaturesMax) signatures")
        }
        let message = envelope.preAuthenticationEncoding
        var found: [TrustedKey] = []
        for signature in envelope.signatures {
            let keys = try keys(that: signature.bytes, over: message)
            found += keys.filter { !found.contains($0) }
        }
        guard !found.isEmpty else { throw .unknownKeys(envelope.signatures.map(\.keyID)) }
        try checkThreshold(found)
        return found
    }

    private func checkThreshold(_ signers: [TrustedKey]) throws(EnvelopeFailure) {
        // Two keys of one person are one person, and one key under two names is one key.
        let count = TrustedKey.persons(in: signers)
        guard count >= threshold else { throw .threshold(signed: count, needed: threshold) }
    }

    /// The trusted keys that made the signature. The envelope's `keyid` is not asked: nothing vouches for it.
    private func keys(that signature: [UInt8], over message: [UInt8]) throws(EnvelopeFailure) -> [TrustedKey] {
        if signature.starts(with: SSHSignature.magic) {
            guard let parsed = try? SSHSignature(parsing: signature) else { return [] }
            return keys.filter { trusted in
                guard case .ssh(let namespace) = trusted.scheme, trusted.key == parsed.key else { return false }
                return parsed.isValid(of: message, namespace: namespace)
            }
        }
        return keys.filter { $0.scheme == .plain && $0.key.isValid(signature: signature, of: message) }
    }
}
