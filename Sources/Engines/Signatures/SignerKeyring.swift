public import Attestations
import Crypto
public import Trust
public import WaybillCore

/// The OpenPGP keys and X.509 authorities whose signatures on commits count.
public struct SignerKeyring: CommitKeyring {
    /// The largest file of keys or authorities.
    public static let bytesMax = 4 << 20

    public var keys: [OpenPGPKey]
    public var authorities: [SigningCertificate]

    public init(keys: [OpenPGPKey] = [], authorities: [SigningCertificate] = []) {
        self.keys = keys
        self.authorities = authorities
    }

    /// OpenPGP public keys, armoured (one block or several) or binary, as `gpg --export` writes them.
    public mutating func add(openPGP bytes: [UInt8], file: String) throws(WaybillError) {
        do throws(SignatureFailure) { keys += try OpenPGPKey.all(in: bytes) } catch {
            throw WaybillError(
                error.check == .unsupported ? .unsupported : .invalidInput, error.message, subject: file,
                remedy: "write it with: gpg --export --armor KEY… > \(file)")
        }
    }

    /// Certificates of authorities, as PEM.
    public mutating func add(authorities bytes: [UInt8], file: String) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: file) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw bad("is not UTF-8 text") }
        let found: [SigningCertificate]
        do throws(SignatureFailure) { found = try SigningCertificate.chain(pem: text) } catch {
            throw bad(error.message)
        }
        for each in found where !each.mayIssue {
            throw bad("\(each.subject) is no authority: it may not issue certificates")
        }
        authorities += found
    }

    public func judge(openPGP armored: [UInt8], over payload: [UInt8], at moment: Timestamp?) -> CommitKeyringAnswer {
        let signature: OpenPGPDetachedSignature
        do { signature = try OpenPGPDetachedSignature(parsing: armored) } catch {
            return .refused(
                error.check == .unsupported ? .unsupported(error.message) : .badSignature(error.message), nil)
        }
        guard let (key, part) = signature.signer(of: payload, among: keys) else {
            let isListed = keys.contains { $0.part(signature.signature) != nil }
            return .refused(
                isListed
                    ? .badSignature("it does not fit the object's bytes") : .unknownKey(fingerprint: signature.issuer),
                nil)
        }
        let fingerprint = key.fingerprint
        let time = moment ?? signature.created
        let refusal: SignatureOutcome? =
            if part.isRevoked || key.primary.isRevoked {
                .revoked(fingerprint: fingerprint)
            } else if let expires = [part.expires, key.primary.expires].compactMap({ $0 }).min(), time > expires {
                .expired(fingerprint: fingerprint, since: expires)
            } else {
                signature.signature.objection(part, of: key, at: time).map { .badSignature($0.message) }
            }
        if let refusal { return .refused(refusal, part.packet.key) }
        return .signed(
            CommitSigner(
                key: part.packet.key, fingerprints: [fingerprint, part.packet.fingerprint],
                identities: key.identities(at: time)))
    }

    public func judge(
        x509 armored: [UInt8], over payload: [UInt8], at moment: Timestamp?, stated: Timestamp
    ) -> CommitKeyringAnswer {
        let signature: DetachedCMS
        let certificate: SigningCertificate
        do {
            signature = try DetachedCMS(armored: armored)
            certificate = try signature.certificate(over: payload)
        } catch {
            return .refused(
                error.check == .unsupported ? .unsupported(error.message) : .badSignature(error.message), nil)
        }
        guard let key = certificate.key else {
            return .refused(.unsupported("the certificate's key is of a kind that is not supported"), nil)
        }
        let fingerprint = Hex.encode(SHA256.hash(data: certificate.der)).uppercased()
        let time = moment ?? stated
        if let objection = DetachedCMS.objection(to: certificate) { return .refused(.badSignature(objection), key) }
        do throws(SignatureFailure) {
            try signature.checkTrust(in: certificate, authorities: authorities, at: time)
        } catch {
            if certificate.notAfter < time {
                return .refused(.expired(fingerprint: fingerprint, since: certificate.notAfter), key)
            }
            if certificate.notBefore > time {
                return .refused(.notYetValid(fingerprint: fingerprint, from: certificate.notBefore), key)
            }
            return .refused(
                error.check == .certificate ? .unknownKey(fingerprint: fingerprint) : .badSignature(error.message), key)
        }
        return .signed(
            CommitSigner(key: key, fingerprints: [fingerprint, key.keyID], identities: certificate.mailAddresses))
    }
}
