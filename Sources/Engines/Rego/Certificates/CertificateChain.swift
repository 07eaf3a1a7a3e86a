import Crypto
import CryptoExtras
import WaybillCore

/// Whether certificates lead from the last one, the leaf, back to the first, the root.
struct CertificateChain {
    struct Options {
        var name = ""
        /// Nanoseconds since 1970.
        var time: Int
        /// Extended key usages of which the leaf must have one.
        var usages: [Int] = [1]

        /// The host is not known to be able to tell the time where it is 1970.
        init(time: Int) { self.time = time }
    }

    private let root: CertificateDocument
    private let others: [CertificateDocument]
    private let options: Options

    /// From leaf to root; nil when there is no such chain.
    static func verified(_ certificates: [CertificateDocument], _ options: Options) -> [CertificateDocument]? {
        guard certificates.count > 1, let leaf = certificates.last else { return nil }
        let chain = CertificateChain(
            root: certificates[0], others: Array(certificates.dropFirst().dropLast()), options: options)
        guard chain.isValid(leaf), options.name.isEmpty || chain.isNamed(leaf), chain.isUsable(leaf) else { return nil }
        return chain.path(from: leaf, [leaf])
    }

    private func path(from certificate: CertificateDocument, _ chain: [CertificateDocument]) -> [CertificateDocument]? {
        if isIssued(certificate, by: root), isAuthority(root, below: chain.count - 1), isValid(root),
            root.isAllowed(chain)
        {
            return chain.last?.whole == root.whole ? chain : chain + [root]
        }
        guard chain.count < 10 else { return nil }
        for other in others where !chain.contains(where: { $0.whole == other.whole }) {
            guard isIssued(certificate, by: other), isAuthority(other, below: chain.count - 1), isValid(other),
                other.isAllowed(chain)
            else { continue }
            if let found = path(from: other, chain + [other]) { return found }
        }
        return nil
    }

    private func isValid(_ certificate: CertificateDocument) -> Bool {
        guard certificate.unhandledCriticalExtensions.isEmpty,
            let start = certificate.nanoseconds(certificate.notBefore)
        else { return false }
        // An end that is too far away to be counted has not come.
        let end = certificate.nanoseconds(certificate.notAfter) ?? .max
        return (start...max(start, end)).contains(options.time)
    }

    private func isAuthority(_ certificate: CertificateDocument, below: Int) -> Bool {
        guard certificate.version >= 3 else { return certificate.whole == root.whole }
        guard let constraints = certificate.basicConstraints, constraints.isAuthority else { return false }
        if certificate.keyUsage != 0, certificate.keyUsage & 0x20 == 0 { return false }
        return constraints.pathLength.map { below <= $0 } ?? true
    }

    private func isUsable(_ leaf: CertificateDocument) -> Bool {
        let own = leaf.extendedUsages.compactMap { CertificateDocument.usageNumbers[$0] }
        guard !leaf.extendedUsages.isEmpty, !options.usages.contains(0), !own.contains(0) else { return true }
        return options.usages.contains { own.contains($0) }
    }

    private func isNamed(_ leaf: CertificateDocument) -> Bool {
        let wanted = options.name.lowercased()
        let names = leaf.alternativeNames
        if Address(wanted) != nil { return names.addresses.contains(wanted) }
        return names.dns.contains { pattern in
            let pattern = pattern.lowercased()
            guard pattern.hasPrefix("*.") else { return pattern == wanted }
            guard let dot = wanted.firstIndex(of: ".") else { return false }
            return wanted[dot...] == pattern.dropFirst()
        }
    }

    private func isIssued(_ certificate: CertificateDocument, by issuer: CertificateDocument) -> Bool {
        certificate.issuer.whole.elementsEqual(issuer.subject.whole)
            && Self.isSigned(certificate.toBeSigned, certificate.signature, certificate.signatureAlgorithm, issuer)
    }

    private static func isSigned(
        _ text: ArraySlice<UInt8>, _ signature: ArraySlice<UInt8>, _ algorithm: [Int], _ issuer: CertificateDocument
    ) -> Bool {
        guard let key = TokenKey.publicKey(Array(issuer.keyInfo)) else { return false }
        let text = Array(text)
        let signature = Array(signature)
        func curve<D: Crypto.Digest>(_ digest: D) -> Bool {
            switch key {
            case .p256(let key):
                return (try? P256.Signing.ECDSASignature(derRepresentation: signature))
                    .map { key.isValidSignature($0, for: digest) } ?? false
            case .p384(let key):
                return (try? P384.Signing.ECDSASignature(derRepresentation: signature))
                    .map { key.isValidSignature($0, for: digest) } ?? false
            case .p521(let key):
                return (try? P521.Signing.ECDSASignature(derRepresentation: signature))
                    .map { key.isValidSignature($0, for: digest) } ?? false
            default: return false
            }
        }
        switch CertificateDocument.signatureNumber(algorithm) {
        case 4: return key.verifies(signature, over: text, algorithm: "RS256")
        case 5: return key.verifies(signature, over: text, algorithm: "RS384")
        case 6: return key.verifies(signature, over: text, algorithm: "RS512")
        case 10: return curve(SHA256.hash(data: text))
        case 11: return curve(SHA384.hash(data: text))
        case 12: return curve(SHA512.hash(data: text))
        case 13: return key.verifies(signature, over: text, algorithm: "PS256")
        case 16: return key.verifies(signature, over: text, algorithm: "EdDSA")
        default: return false
        }
    }
}
