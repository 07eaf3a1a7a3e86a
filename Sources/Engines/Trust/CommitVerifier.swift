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

    public init(signers: AllowedSigners, revoked: RevokedKeys = RevokedKeys(), moment: Timestamp? = nil) {
        self.signers = signers
        self.revoked = revoked
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
        let (outcome, key) = judge(
            commit.signature, over: commit.signedPayload, time: commit.committer.time,
            people: [("author", commit.author), ("committer", commit.committer)])
        return CommitVerification(id: id, commit: commit, outcome: outcome, key: key)
    }

    /// Verifies an annotated tag in the same way.
    public func verify(tag bytes: [UInt8], id: String) throws(WaybillError) -> TagVerification {
        try GitObject.check(bytes, type: "tag", is: id)
        let tag: GitTag
        do { tag = try GitTag(parsing: bytes) } catch {
            throw WaybillError(error.code, error.message, subject: "tag \(id)", cause: error.cause)
        }
        let (outcome, key) = judge(
            tag.signature, over: tag.signedPayload, time: tag.tagger.time, people: [("tagger", tag.tagger)])
        return TagVerification(id: id, tag: tag, outcome: outcome, key: key)
    }

    private func judge(
        _ armored: [UInt8]?, over payload: [UInt8], time: Timestamp, people: [(role: String, person: GitPerson)]
    ) -> (SignatureOutcome, PublicKey?) {
        guard let armored else { return (.unsigned, nil) }
        if armored.starts(with: "-----BEGIN PGP ".utf8) {
            return (.unsupported("OpenPGP signatures are not supported yet; sign with an SSH key"), nil)
        }
        if armored.starts(with: "-----BEGIN SIGNED MESSAGE".utf8) {
            return (.unsupported("X.509 signatures are not supported yet; sign with an SSH key"), nil)
        }
        let signature: SSHSignature
        do { signature = try SSHSignature(armored: armored) } catch {
            return (error.code == .unsupported ? .unsupported(error.message) : .badSignature(error.description), nil)
        }
        guard signature.namespace == Self.namespace else {
            return (.badSignature("it was made for \(Redaction.excerpt(signature.namespace)), not for Git"), nil)
        }
        guard signature.isValid(of: payload, namespace: Self.namespace) else {
            return (.badSignature("it does not fit the object's bytes"), nil)
        }
        return (standing(of: signature.key, at: moment ?? time, people), signature.key)
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
