public import Attestations
import Trust
import X509

/// Finds the way from a certificate to an authority that is trusted, and checks each step (RFC 5280 section 6, without
/// name constraints and policies: a certificate with a critical extension that is not understood is refused).
public struct CertificateChain: Sendable {
    /// What the signer's certificate must be for.
    public enum Purpose: Sendable {
        case codeSigning
        case timestamping
        /// Anything, as long as it may sign.
        case signing

        var objectIdentifier: String? {
            switch self {
            case .codeSigning: ObjectIdentifier.codeSigning
            case .timestamping: ObjectIdentifier.timestamping
            case .signing: nil
            }
        }
    }

    /// Authorities between the signer and the root.
    static let lengthMax = 8

    /// The signer's certificate first, the trusted root last.
    public let certificates: [SigningCertificate]

    /// The authority that issued the signer's certificate.
    public var issuer: SigningCertificate { certificates.count > 1 ? certificates[1] : certificates[0] }

    /// Throws `.certificate` or `.time`. Intermediates may come from anywhere; roots are trusted.
    public init(
        of leaf: SigningCertificate, intermediates: [SigningCertificate], roots: [SigningCertificate],
        at moment: Timestamp,
        for purpose: Purpose
    ) throws(SignatureFailure) {
        try Self.checkLeaf(leaf, at: moment, for: purpose)
        var best: SignatureFailure?
        var path = [leaf]
        guard
            let found = Self.complete(
                &path, intermediates: intermediates, roots: roots, at: moment, failure: &best)
        else { throw best ?? SignatureFailure(.certificate, "no trusted authority issued it") }
        certificates = found
    }

    private static func checkLeaf(
        _ leaf: SigningCertificate, at moment: Timestamp, for purpose: Purpose
    ) throws(SignatureFailure) {
        guard leaf.unknownCritical.isEmpty else {
            throw SignatureFailure(
                .certificate, "has a critical extension that is not understood (\(leaf.unknownCritical[0]))")
        }
        guard leaf.isValid(at: moment) else {
            throw SignatureFailure(
                .time, "the certificate is valid from \(leaf.notBefore) to \(leaf.notAfter), not at \(moment)")
        }
        guard leaf.maySign else { throw SignatureFailure(.certificate, "its key usage does not allow signatures") }
        if let needed = purpose.objectIdentifier {
            guard let purposes = leaf.purposes, purposes.contains(needed) else {
                throw SignatureFailure(.certificate, "is not for this purpose (\(needed))")
            }
        }
    }

    /// Goes on from the path's last certificate; roots are tried before intermediates, so that the way is short.
    private static func complete(
        _ path: inout [SigningCertificate], intermediates: [SigningCertificate], roots: [SigningCertificate],
        at moment: Timestamp, failure: inout SignatureFailure?
    ) -> [SigningCertificate]? {
        guard let last = path.last else { return nil }
        // A root that is itself the signer's certificate: trusted as it stands.
        if roots.contains(last) { return path }
        guard path.count <= lengthMax else { return nil }
        for root in roots where isIssuer(root, of: last, below: path.count - 1, at: moment, &failure) {
            return path + [root]
        }
        for next in intermediates where !path.contains(next) {
            guard isIssuer(next, of: last, below: path.count - 1, at: moment, &failure) else { continue }
            path.append(next)
            if let found = complete(&path, intermediates: intermediates, roots: roots, at: moment, failure: &failure) {
                return found
            }
            path.removeLast()
        }
        return nil
    }

    private static func isIssuer(
        _ issuer: SigningCertificate, of child: SigningCertificate, below count: Int, at moment: Timestamp,
        _ failure: inout SignatureFailure?
    ) -> Bool {
        guard issuer.certificate.subject == child.certificate.issuer else { return false }
        func refuse(_ check: SignatureFailure.Check, _ message: String) -> Bool {
            failure = failure ?? SignatureFailure(check, message)
            return false
        }
        guard issuer.mayIssue else {
            return refuse(.certificate, "an authority in the chain may not issue certificates")
        }
        guard issuer.unknownCritical.isEmpty else {
            return refuse(.certificate, "an authority in the chain has a critical extension that is not understood")
        }
        guard issuer.isValid(at: moment) else {
            return refuse(
                .time,
                "an authority's certificate is valid from \(issuer.notBefore) to \(issuer.notAfter), not at \(moment)")
        }
        if let most = issuer.pathLengthMax, count > most {
            return refuse(.certificate, "an authority in the chain may not have so many others below it")
        }
        guard issuer.certificate.publicKey.isValidSignature(child.certificate.signature, for: child.certificate) else {
            return refuse(.certificate, "an authority's signature on a certificate does not fit")
        }
        return true
    }
}
