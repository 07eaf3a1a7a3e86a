public import Attestations

/// Keys of other kinds than SSH's whose signatures on commits and tags count: OpenPGP keys, X.509 authorities.
public protocol CommitKeyring: Sendable {
    /// Who made an armoured OpenPGP signature over the bytes. Without a moment the signature's own time is taken.
    func judge(openPGP armored: [UInt8], over payload: [UInt8], at moment: Timestamp?) -> CommitKeyringAnswer
    /// Who made an armoured CMS signature over the bytes; `stated` is the time that the object itself names.
    func judge(
        x509 armored: [UInt8], over payload: [UInt8], at moment: Timestamp?, stated: Timestamp
    ) -> CommitKeyringAnswer
}

/// What a keyring says about a signature.
public enum CommitKeyringAnswer: Hashable, Sendable {
    /// It fits, and was made by a listed key that was valid.
    case signed(CommitSigner)
    /// It does not count; the key is named where the signature fits the bytes.
    case refused(SignatureOutcome, PublicKey?)
}

/// Somebody whose signature on a commit fits.
public struct CommitSigner: Hashable, Sendable {
    public var key: PublicKey
    /// The names under which the key may be revoked, the one that people know first: an OpenPGP fingerprint, or the
    /// SHA-256 fingerprint of a certificate.
    public var fingerprints: [String]
    /// The mail addresses that the key speaks for.
    public var identities: [String]

    public init(key: PublicKey, fingerprints: [String], identities: [String]) {
        self.key = key
        self.fingerprints = fingerprints
        self.identities = identities
    }
}
