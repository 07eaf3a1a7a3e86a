public import Attestations
public import Grafeas
import Signatures
public import Trust
public import WaybillCore

/// The keys that attestations of some notes must be signed with.
public struct AttestationAuthority: Hashable, Sendable {
    /// Patterns of whole names of notes.
    public var notes: PatternList
    public var keys: [TrustedKey]
    /// ASCII-armoured OpenPGP public keys.
    public var openPGP: [String]
    /// Distinct keys that must have signed.
    public var threshold: Int

    public init(notes: PatternList, keys: [TrustedKey], openPGP: [String] = [], threshold: Int = 1) {
        self.notes = notes
        self.keys = keys
        self.openPGP = openPGP
        self.threshold = threshold
    }

    /// More signatures than this are refused: each costs as many checks as there are keys.
    public static let signaturesMax = EnvelopeVerifier.signaturesMax

    /// Whether the occurrence is signed by enough of the keys at this moment. Throws `.corrupted` naming what failed.
    public func verify(_ occurrence: V1Occurrence, at moment: Timestamp) throws(WaybillError) {
        switch occurrence.details {
        case .attestation(let attestation): try verify(attestation, of: occurrence, at: moment)
        case .dsseAttestation(let attestation):
            try verify(attestation.envelope, at: moment)
            guard attestation.decodedPayload == nil else {
                // The statement would be believed without being the bytes that were signed.
                throw WaybillError(
                    .unsupported, "a decoded statement beside the envelope is not taken", subject: occurrence.noteName,
                    remedy: "leave “statement” out; it is read from the envelope’s payload")
            }
        default: break
        }
    }

    private func verify(_ envelope: V1Envelope, at moment: Timestamp) throws(WaybillError) {
        let signed = Envelope(
            payloadType: envelope.payloadType, payload: Array(envelope.payload),
            signatures: envelope.signatures.map { .init(keyID: $0.keyid, bytes: Array($0.sig)) })
        let verifier = EnvelopeVerifier(
            keys: keys.filter { $0.isValid(at: moment) }, threshold: threshold, payloadTypes: [envelope.payloadType])
        do throws(EnvelopeFailure) { _ = try verifier.signers(of: signed) } catch {
            throw refused("the envelope \(error)")
        }
    }

    private func verify(
        _ attestation: V1AttestationOccurrence, of occurrence: V1Occurrence, at moment: Timestamp
    ) throws(WaybillError) {
        guard attestation.signatures.count + attestation.jwts.count <= Self.signaturesMax else {
            throw refused("the attestation has more than \(Self.signaturesMax) signatures")
        }
        let payload = Array(attestation.serializedPayload)
        var signers: [TrustedKey] = []
        for signature in attestation.signatures {
            let bytes = Array(signature.signature)
            signers += keys.filter { trusted in
                trusted.isValid(at: moment) && trusted.scheme == .plain && !signers.contains(trusted)
                    && trusted.key.isValid(signature: bytes, of: payload)
            }
            signers += openPGPSigner(of: bytes, payload: payload, at: moment)
        }
        for token in attestation.jwts { signers += try self.signers(of: token.compactJwt, at: moment) }
        // Somebody who signs with a plain key and with an OpenPGP key is one person.
        let count = TrustedKey.persons(in: signers)
        guard count >= threshold else {
            throw refused("the attestation is signed by \(count) accepted keys, \(threshold) are needed")
        }
    }

    /// The accepted keys that signed a token. It holds what it says itself: the payload beside it is not asked.
    private func signers(of token: String, at moment: Timestamp) throws(WaybillError) -> [TrustedKey] {
        let parsed: CompactSignature
        do { parsed = try CompactSignature(parsing: token) } catch { throw refused("a token \(error.reason)") }
        let found = keys.filter { $0.isValid(at: moment) && $0.scheme == .plain && parsed.isValid(by: $0.key) }
        // One that is not signed as it should be would be kept as if it were.
        guard !found.isEmpty else { throw refused("a token is not signed by an accepted key") }
        if let objection = parsed.objection(at: moment) { throw refused("a token \(objection)") }
        return found
    }

    /// The key that signed the message, where what is in it is the payload: once for each name of its holder.
    private func openPGPSigner(of message: [UInt8], payload: [UInt8], at moment: Timestamp) -> [TrustedKey] {
        // Bytes that are no message, and messages that nobody known signed, are signatures that count for nothing.
        guard !openPGP.isEmpty, let parsed = try? OpenPGPMessage(parsing: message) else { return [] }
        guard parsed.content == payload || message == payload else { return [] }
        let known = openPGP.flatMap { (try? OpenPGPKey.all(in: Array($0.utf8))) ?? [] }
        guard let signer = try? parsed.signer(among: known, at: moment) else { return [] }
        return signer.signingKeys.flatMap { key in
            ([signer.fingerprint] + signer.identities(at: moment) + signer.userIDs).map { TrustedKey(key, name: $0) }
        }
    }

    private func refused(_ message: String) -> WaybillError {
        WaybillError(
            .corrupted, message, subject: notes.patterns.joined(separator: ", "),
            remedy: "sign with a key that the note’s authority accepts")
    }
}
