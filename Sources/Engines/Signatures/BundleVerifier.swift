public import Attestations
import Crypto
public import Trust
import WaybillCore

/// What a bundle proved.
public struct VerifiedBundle: Sendable {
    /// Whose key signed: the trusted key, or the identities of the certificate.
    public enum Signer: Sendable {
        case key(TrustedKey)
        case identity(names: [String], issuer: String?)
    }

    public let signer: Signer
    /// Times that a log or an authority vouches for.
    public let times: [Timestamp]
    /// The statement that was signed; nil for the signature of a file.
    public let statement: Statement?
    /// The envelope that was signed.
    public let envelope: Envelope?
}

/// Verifies sigstore bundles: by a key that is trusted, or keyless against a trusted root that the user supplies. Asks
/// nobody over the network.
public struct BundleVerifier: Sendable {
    public var keys: [TrustedKey]
    public var root: TrustedRoot?
    /// Whom a keyless signature must be by; without one no certificate is believed.
    public var identities: [IdentityPattern]
    /// Whether a signature by a key must be in a log too. Certificates always need one: they live for minutes.
    public var needsLog: Bool
    /// Whether the certificate must be in a certificate log.
    public var needsCertificateLog: Bool
    public var payloadTypes: Set<String>

    public init(
        keys: [TrustedKey] = [], root: TrustedRoot? = nil, identities: [IdentityPattern] = [], needsLog: Bool = false,
        needsCertificateLog: Bool = true, payloadTypes: Set<String> = [Statement.payloadType]
    ) {
        self.keys = keys
        self.root = root
        self.identities = identities
        self.needsLog = needsLog
        self.needsCertificateLog = needsCertificateLog
        self.payloadTypes = payloadTypes
    }

    /// What the bundle is asked to be about.
    public enum Subject: Sendable {
        /// The file's own bytes.
        case bytes([UInt8])
        /// A digest, by algorithm and hash in hexadecimal: an image, a commit. Only statements can be about it.
        case digest(algorithm: String, hash: String)
        /// Whatever it says; the caller looks at the statement.
        case any
    }

    /// Verifies the bundle at a moment. What comes back was read from the very bytes that were verified.
    public func verify(
        _ bundle: SigstoreBundle, subject: Subject, at moment: Timestamp
    ) throws(SignatureFailure) -> VerifiedBundle {
        let message = try message(of: bundle, subject)
        switch bundle.material {
        case .publicKey:
            return try verifyKey(bundle, message, subject, moment)
        case .certificates(let list):
            return try verifyCertificate(bundle, list, message, subject)
        }
    }

    /// The bytes that the signature is over.
    private func message(of bundle: SigstoreBundle, _ subject: Subject) throws(SignatureFailure) -> [UInt8] {
        switch bundle.content {
        case .envelope(let envelope):
            guard payloadTypes.contains(where: { $0.utf8.elementsEqual(envelope.payloadType.utf8) }) else {
                throw SignatureFailure(.format, "holds a payload of type \(Redaction.excerpt(envelope.payloadType))")
            }
            return envelope.preAuthenticationEncoding
        case .message(let digest, _):
            guard case .bytes(let bytes) = subject else {
                throw SignatureFailure(.subject, "the bundle signs a file; the file itself is needed")
            }
            if let digest {
                guard let algorithm = PublicKey.HashAlgorithm(sigstore: digest.algorithm),
                    algorithm.hash(bytes) == digest.bytes
                else { throw SignatureFailure(.subject, "the bundle is about another file") }
            }
            return bytes
        }
    }

    private func verifyKey(
        _ bundle: SigstoreBundle, _ message: [UInt8], _ subject: Subject, _ moment: Timestamp
    ) throws(SignatureFailure) -> VerifiedBundle {
        guard !keys.isEmpty else { throw SignatureFailure(.key, "is signed with a key, and no key is trusted") }
        let fitting = keys.filter { $0.scheme == .plain && $0.key.isValid(signature: bundle.signature, of: message) }
        guard let signer = fitting.first else { throw SignatureFailure(.key, "is not signed by a trusted key") }
        // Without a trusted root nothing is known of logs, and the bundle's own claims about them prove nothing.
        var times: [Timestamp] = []
        if root != nil || needsLog {
            times = try self.times(of: bundle, message, verifier: signer.key.der, isCertificate: false)
            guard !needsLog || !bundle.logEntries.isEmpty else {
                throw SignatureFailure(.transparencyLog, "the signature is in no log")
            }
        }
        let statement = try statement(of: bundle, subject)
        let known = times.min() ?? moment
        guard let entitled = fitting.first(where: { $0.isValid(at: known) }) else {
            if let revoked = signer.revoked, signer.isRevoked(at: known) {
                throw SignatureFailure(
                    .time,
                    "the key of \(signer.name) was revoked at \(revoked), and the signature is not known to be older")
            }
            throw SignatureFailure(.time, "the key of \(signer.name) was not valid at \(known)")
        }
        if let statement, let types = entitled.predicateTypes, !types.contains(statement.predicateType) {
            throw SignatureFailure(
                .predicate, "\(entitled.name) may not sign \(Redaction.excerpt(statement.predicateType))")
        }
        return VerifiedBundle(
            signer: .key(entitled), times: times, statement: statement, envelope: envelope(of: bundle))
    }

    private func verifyCertificate(
        _ bundle: SigstoreBundle, _ list: [[UInt8]], _ message: [UInt8], _ subject: Subject
    ) throws(SignatureFailure) -> VerifiedBundle {
        guard let root else {
            throw SignatureFailure(.certificate, "is signed with a certificate; a trusted root is needed")
        }
        var certificates: [SigningCertificate] = []
        for der in list { certificates.append(try SigningCertificate(der: der)) }
        guard let leaf = certificates.first else { throw SignatureFailure(.format, "the bundle has no certificate") }
        // A bundle that brings its own root wants to be believed for it.
        guard !certificates.contains(where: \.isSelfIssued) else {
            throw SignatureFailure(.certificate, "the bundle brings a root certificate")
        }
        guard let key = leaf.key else {
            throw SignatureFailure(.unsupported, "the certificate's key is of a kind that is not supported")
        }
        guard key.isValid(signature: bundle.signature, of: message) else {
            throw SignatureFailure(.signature, "the signature does not fit")
        }
        guard !bundle.logEntries.isEmpty else { throw SignatureFailure(.transparencyLog, "the signature is in no log") }
        let times = try times(of: bundle, message, verifier: leaf.der, isCertificate: true)
        guard !times.isEmpty else {
            throw SignatureFailure(.timestamp, "nobody who is trusted says when the signature was made")
        }
        for time in times { try checkChain(leaf, Array(certificates.dropFirst()), root, time) }
        guard !identities.isEmpty else {
            throw SignatureFailure(
                .identity, "is signed by \(leaf.identities.joined(separator: ", ")); nobody is expected")
        }
        try checkIdentity(leaf)
        return VerifiedBundle(
            signer: .identity(names: leaf.identities, issuer: leaf.identityIssuer), times: times,
            statement: try statement(of: bundle, subject), envelope: envelope(of: bundle))
    }

    private func checkIdentity(_ leaf: SigningCertificate) throws(SignatureFailure) {
        var failure: SignatureFailure?
        for identity in identities {
            do {
                try identity.check(leaf)
                return
            } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func checkChain(
        _ leaf: SigningCertificate, _ intermediates: [SigningCertificate], _ root: TrustedRoot, _ time: Timestamp
    ) throws(SignatureFailure) {
        var failure = SignatureFailure(.certificate, "no certificate authority is trusted at \(time)")
        for authority in root.certificateAuthorities where authority.validity.contains(time) {
            do throws(SignatureFailure) {
                let chain = try CertificateChain(
                    of: leaf, intermediates: authority.intermediates + intermediates, roots: [authority.root], at: time,
                    for: .codeSigning)
                guard needsCertificateLog else { return }
                let promises = CertificateTimestamp.all(in: leaf)
                guard
                    promises.contains(where: {
                        $0.isValid(for: leaf, issuer: chain.issuer, logs: root.certificateLogs)
                    })
                else {
                    throw SignatureFailure(
                        .certificateTransparency, "no trusted log promises to have seen the certificate")
                }
                return
            } catch { failure = error }
        }
        throw failure
    }

    /// Times at which the signature is known to have been there, from the log's entries and from authorities. An entry
    /// that does not hold is an error; a timestamp of an authority that is not known counts for nothing.
    private func times(
        of bundle: SigstoreBundle, _ message: [UInt8], verifier: [UInt8], isCertificate: Bool
    ) throws(SignatureFailure) -> [Timestamp] {
        let root = root ?? TrustedRoot()
        var times: [Timestamp] = []
        let entries = LogEntryVerifier(logs: root.logs)
        let expectation = LogEntryBody.Expectation(
            content: bundle.content, digest: { $0.hash(message) }, verifier: verifier, isCertificate: isCertificate)
        for entry in bundle.logEntries {
            if let time = try entries.time(of: entry, version: bundle.version) { times.append(time) }
            try LogEntryBody(entry).check(expectation)
        }
        var refused: SignatureFailure?
        for bytes in bundle.timestamps {
            // A token that is none, or is about another signature, was not put there in good faith.
            let token = try TimestampToken(parsing: bytes)
            guard token.isAbout(bundle.signature) else {
                throw SignatureFailure(.timestamp, "the timestamp is over something else")
            }
            do {
                try token.verify(bundle.signature, authorities: root.timestampAuthorities)
                times.append(token.time)
            } catch { refused = error }
        }
        if times.isEmpty, let refused, isCertificate { throw refused }
        try checkLogs(bundle.logEntries, root, times)
        return times
    }

    /// A log's key must have been trusted when it took the entry.
    private func checkLogs(
        _ entries: [SigstoreBundle.LogEntry], _ root: TrustedRoot, _ times: [Timestamp]
    ) throws(SignatureFailure) {
        guard let moment = times.min() else { return }
        for entry in entries {
            guard root.logs.contains(where: { $0.id == entry.logID && $0.validity.contains(moment) }) else {
                throw SignatureFailure(.transparencyLog, "the log's key was not valid at \(moment)")
            }
        }
    }

    private func envelope(of bundle: SigstoreBundle) -> Envelope? {
        if case .envelope(let envelope) = bundle.content { envelope } else { nil }
    }

    private func statement(of bundle: SigstoreBundle, _ subject: Subject) throws(SignatureFailure) -> Statement? {
        guard let envelope = envelope(of: bundle) else { return nil }
        // Payloads of other types are for whoever allowed them.
        guard envelope.payloadType.utf8.elementsEqual(Statement.payloadType.utf8) else { return nil }
        let statement = try reading(.format) { () throws(WaybillError) in try Statement(parsing: envelope.payload) }
        switch subject {
        case .any: break
        case .digest(let algorithm, let hash):
            guard statement.subjects.contains(where: { $0.digest[algorithm]?.utf8.elementsEqual(hash.utf8) == true })
            else { throw SignatureFailure(.subject, "the statement is about something else than \(algorithm):\(hash)") }
        case .bytes(let bytes):
            guard statement.isAbout(bytes) else {
                throw SignatureFailure(.subject, "the statement is about something else than the file")
            }
        }
        return statement
    }
}

extension Statement {
    /// Whether one of the subjects is a file of these bytes: every hash that is known must fit, and one must be there.
    func isAbout(_ bytes: [UInt8]) -> Bool {
        subjects.contains { subject in
            let known = PublicKey.HashAlgorithm.allCases.compactMap { algorithm in
                subject.digest[algorithm.rawValue].map { $0.utf8.elementsEqual(Hex.encode(algorithm.hash(bytes)).utf8) }
            }
            return !known.isEmpty && known.allSatisfy { $0 }
        }
    }
}
