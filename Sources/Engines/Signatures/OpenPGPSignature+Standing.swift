import Attestations

extension OpenPGPSignature {
    /// Clocks of two machines differ by a little.
    private static let skewSecondsMax: Int64 = 300

    /// Why a signature that fits does not count at this moment; nil where it does.
    func objection(_ part: OpenPGPKey.Part, of key: OpenPGPKey, at moment: Timestamp) -> SignatureFailure? {
        if part.isRevoked || key.primary.isRevoked {
            return SignatureFailure(.key, "the key \(key.fingerprint) is revoked")
        }
        guard part.maySign else { return SignatureFailure(.key, "the key \(key.fingerprint) is not for signing") }
        guard created.seconds <= moment.seconds + Self.skewSecondsMax else {
            return SignatureFailure(.time, "the signature is of the future (\(created))")
        }
        guard created >= part.packet.created else {
            return SignatureFailure(.time, "the signature is older than its key")
        }
        for expires in [part.expires, key.primary.expires].compactMap({ $0 }) where moment > expires {
            return SignatureFailure(.time, "the key \(key.fingerprint) expired at \(expires)")
        }
        if let expires, moment > expires { return SignatureFailure(.time, "the signature expired") }
        return nil
    }
}
