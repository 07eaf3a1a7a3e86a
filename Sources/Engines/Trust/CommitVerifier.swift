public import Attestations
public import WaybillCore

/// Verifies the signatures of commits and tags against the keys that a repository trusts.
public struct CommitVerifier: Sendable {
    /// The namespace of signatures that Git makes.
    public static let namespace = "git"

    public var signers: AllowedSigners
    public var revoked: RevokedKeys
    /// When a key must be valid: nil asks for the moment that the commit states, as Git does. A forge states its own
    /// clock here, so that an expired key gains nothing from a date in the past.
    public var moment: Timestamp?
    /// Keys of other kinds than SSH's; without it their signatures are not supported.
    public var keyring: (any CommitKeyring)?

    public init(
        signers: AllowedSigners, revoked: RevokedKeys = RevokedKeys(), keyring: (any CommitKeyring)? = nil,
        moment: Timestamp? = nil
    ) {
        self.signers = signers
        self.revoked = revoked
        self.keyring = keyring
        self.moment = moment
    }

    /// Verifies the object's bytes. Throws `.corrupted` when they are not the commit that `id` names, and
    /// `.invalidInput` when they are no commit at all.
    public func verify(commit bytes: [UInt8], id: String) throws(WaybillError) -> CommitVerification {
        try GitObject.check(bytes, type: "commit", is: id)
        let commit: GitCommit
        do { commit = try GitCommit(parsing: bytes) } catch {
            throw WaybillError(error.code, error.message, subject: "commit \(id)", cause: error.cause)
        }
        let judgement = judge(
            commit.signature, over: commit.signedPayload, time: commit.committer.time,
            people: [("author", commit.author), ("committer", commit.committer)])
        return CommitVerification(
            id: id, commit: commit, outcome: judgement.outcome, key: judgement.key, identities: judgement.identities)
    }

    /// Verifies an annotated tag in the same way.
    public func verify(tag bytes: [UInt8], id: String) throws(WaybillError) -> TagVerification {
        try GitObject.check(bytes, type: "tag", is: id)
        let tag: GitTag
        do { tag = try GitTag(parsing: bytes) } catch {
            throw WaybillError(error.code, error.message, subject: "tag \(id)", cause: error.cause)
        }
        let judgement = judge(
            tag.signature, over: tag.signedPayload, time: tag.tagger.time, people: [("tagger", tag.tagger)])
        return TagVerification(id: id, tag: tag, outcome: judgement.outcome, key: judgement.key)
    }

    private struct Judgement {
        var outcome: SignatureOutcome
        var key: PublicKey?
        var identities: [String] = []
    }

    private func judge(
        _ armored: [UInt8]?, over payload: [UInt8], time: Timestamp, people: [(role: String, person: GitPerson)]
    ) -> Judgement {
        guard let armored else { return Judgement(outcome: .unsigned) }
        if armored.starts(with: "-----BEGIN PGP ".utf8) {
            guard let keyring else { return Self.missing("OpenPGP", "keys") }
            return judgement(keyring.judge(openPGP: armored, over: payload, at: moment), people)
        }
        if armored.starts(with: "-----BEGIN SIGNED MESSAGE".utf8) {
            guard let keyring else { return Self.missing("X.509", "authorities") }
            return judgement(keyring.judge(x509: armored, over: payload, at: moment, stated: time), people)
        }
        let signature: SSHSignature
        do { signature = try SSHSignature(armored: armored) } catch {
            return Judgement(
                outcome: error.code == .unsupported ? .unsupported(error.message) : .badSignature(error.description))
        }
        guard signature.namespace == Self.namespace else {
            return Judgement(
                outcome: .badSignature("it was made for \(Redaction.excerpt(signature.namespace)), not for Git"))
        }
        guard signature.isValid(of: payload, namespace: Self.namespace) else {
            return Judgement(outcome: .badSignature("it does not fit the object's bytes"))
        }
        return Judgement(
            outcome: standing(of: signature.key, at: moment ?? time, people), key: signature.key,
            identities: signers.holders(of: signature.key))
    }

    private static func missing(_ kind: String, _ what: String) -> Judgement {
        Judgement(outcome: .unsupported("no \(kind) \(what) are given, so such a signature says nothing here"))
    }

    /// What a keyring found, against what was revoked and whom the object names.
    private func judgement(
        _ answer: CommitKeyringAnswer, _ people: [(role: String, person: GitPerson)]
    ) -> Judgement {
        switch answer {
        case .refused(let outcome, let key): return Judgement(outcome: outcome, key: key)
        case .signed(let signer):
            var found = Judgement(
                outcome: .good(principal: people.last?.person.email ?? ""), key: signer.key,
                identities: signer.identities)
            if revoked.contains(signer.key) || signer.fingerprints.contains(where: revoked.contains) {
                found.outcome = .revoked(fingerprint: signer.fingerprints.first ?? signer.key.keyID)
            } else if let stranger = people.first(where: { !signer.identities.contains(bytesOf: $0.person.email) }) {
                found.outcome = .identityMismatch(
                    role: stranger.role, email: stranger.person.email, principals: signer.identities)
            }
            return found
        }
    }

    private func standing(
        of key: PublicKey, at moment: Timestamp, _ people: [(role: String, person: GitPerson)]
    ) -> SignatureOutcome {
        let fingerprint = key.sshFingerprint
        if revoked.contains(key) { return .revoked(fingerprint: fingerprint) }
        switch signers.standing(of: key, namespace: Self.namespace, at: moment) {
        case .unknown, .otherNamespace: return .unknownKey(fingerprint: fingerprint)
        case .notYetValid(let from): return .notYetValid(fingerprint: fingerprint, from: from)
        case .expired(let since): return .expired(fingerprint: fingerprint, since: since)
        case .valid(let entries):
            for (role, person) in people where !entries.contains(where: { $0.principals.matches(person.email) }) {
                return .identityMismatch(
                    role: role, email: person.email, principals: entries.flatMap(\.principals.patterns))
            }
            return .good(principal: people.last?.person.email ?? "")
        }
    }
}

extension [String] {
    /// Whether a text with these very bytes is among them: two spellings of one letter are two names.
    fileprivate func contains(bytesOf name: String) -> Bool { contains { $0.utf8.elementsEqual(name.utf8) } }
}
