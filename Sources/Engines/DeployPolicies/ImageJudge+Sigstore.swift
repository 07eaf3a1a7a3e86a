import Attestations
import Documents
import Signatures
import Trust
import WaybillCore

extension ImageJudge {
    /// Why the image does not satisfy an authority of a ClusterImagePolicy; nil where it does.
    func objection(_ authority: SigstoreAuthority) -> String? {
        if let what = authority.unsupported { return "\(authority.name): needs \(what), which is not supported" }
        switch authority.signer {
        case .pass: return nil
        case .fail(let message): return message
        case .unreachable(let reason): return "\(authority.name): \(reason), which is out of reach"
        case .keys(let keys):
            let trusted = keys.map { TrustedKey($0, name: authority.name) }
            // A log was asked for: without one that is known nothing shows that its entry is there.
            guard !authority.needsLog || settings.root != nil else {
                return
                    "\(authority.name): the signature must stand in a log (ctlog), and no log is known to check that by"
            }
            return objection(
                authority,
                BundleVerifier(
                    keys: trusted, root: authority.needsLog ? settings.root : nil, needsLog: authority.needsLog))
        case .keyless(let identities, let name, let needsCertificateLog):
            guard let root = name.map({ settings.roots[$0] }) ?? settings.root else {
                return "\(authority.name): no trusted root is known\(name.map { " by the name \($0)" } ?? "")"
            }
            return objection(
                authority,
                BundleVerifier(root: root, identities: identities, needsCertificateLog: needsCertificateLog))
        }
    }

    private func objection(_ authority: SigstoreAuthority, _ verifier: BundleVerifier) -> String? {
        guard let digest = evidence.digest else { return "\(authority.name): the image's digest is not known" }
        guard !authority.attestations.isEmpty else {
            return isSigned(digest, verifier) ? nil : "\(authority.name): there is no signature that is believed"
        }
        let statements = statements(about: digest, verifier)
        for wanted in authority.attestations {
            let candidates = statements.filter { $0.predicateType.utf8.elementsEqual(wanted.predicateType.utf8) }
            guard !candidates.isEmpty else {
                return "\(authority.name): there is no attestation of type \(Redaction.excerpt(wanted.predicateType))"
            }
            guard let policy = wanted.policy else { continue }
            let objections = candidates.map { policy.objection(to: $0.value) }
            // One that satisfies is enough: older ones may stand beside it.
            if objections.allSatisfy({ $0 != nil }), let first = objections.first ?? nil {
                return "\(authority.name): the attestation \(wanted.name) \(first)"
            }
        }
        return nil
    }

    private func isSigned(_ digest: Digest, _ verifier: BundleVerifier) -> Bool {
        let layers = evidence.layers.prefix(200).filter { $0.mediaType == SimpleSigningPayload.mediaType }
        if layers.contains(where: { (try? $0.verify(verifier, image: digest, at: moment)) != nil }) { return true }
        // Newer cosign signs an image by a statement about it.
        return statements(about: digest, verifier).contains { $0.predicateType == PredicateType.cosignSignature }
    }

    private func statements(about digest: Digest, _ verifier: BundleVerifier) -> [Statement] {
        let subject = BundleVerifier.Subject.digest(algorithm: digest.algorithm.rawValue, hash: digest.hex)
        return bundles.compactMap { bundle in
            guard case .envelope = bundle.content else { return nil }
            return try? verifier.verify(bundle, subject: subject, at: moment).statement
        }
    }
}
