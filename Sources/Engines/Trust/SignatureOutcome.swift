public import Attestations

/// What is known about the signature of a commit or a tag.
public enum SignatureOutcome: Hashable, Sendable {
    /// Signed by a key that speaks for the identity.
    case good(principal: String)
    case unsigned
    /// A good signature by a key that is not listed for this purpose.
    case unknownKey(fingerprint: String)
    /// A good signature by a listed key that does not speak for this author, committer or tagger.
    case identityMismatch(role: String, email: String, principals: [String])
    /// A good signature by a key that is listed for another time.
    case notYetValid(fingerprint: String, from: Timestamp)
    case expired(fingerprint: String, since: Timestamp)
    /// A good signature by a key that was withdrawn.
    case revoked(fingerprint: String)
    /// The signature does not fit the bytes.
    case badSignature(String)
    /// A kind of signature that cannot be checked here.
    case unsupported(String)

    public var isGood: Bool { if case .good = self { true } else { false } }
}

extension SignatureOutcome: CustomStringConvertible {
    public var description: String {
        switch self {
        case .good(let principal): "signed by \(principal)"
        case .unsigned: "is not signed"
        case .unknownKey(let fingerprint): "is signed by a key that is not listed (\(fingerprint))"
        case .identityMismatch(let role, let email, let principals):
            "names \(email) as \(role), but is signed by the key of \(principals.joined(separator: ", "))"
        case .notYetValid(let fingerprint, let from):
            "is signed by a key that is valid only from \(from) (\(fingerprint))"
        case .expired(let fingerprint, let since): "is signed by a key that expired at \(since) (\(fingerprint))"
        case .revoked(let fingerprint): "is signed by a revoked key (\(fingerprint))"
        case .badSignature(let reason): "has a bad signature: \(reason)"
        case .unsupported(let reason): "has a signature that cannot be checked: \(reason)"
        }
    }
}

/// A commit with what is known about its signature.
public struct CommitVerification: Hashable, Sendable {
    /// The commit's name, checked against its bytes.
    public var id: String
    public var commit: GitCommit
    public var outcome: SignatureOutcome
    /// The key of a signature that fits the bytes, whoever holds it.
    public var key: PublicKey?
    /// Everybody whom that key names as its holder, where it is a listed one.
    public var identities: [String]

    public init(
        id: String, commit: GitCommit, outcome: SignatureOutcome, key: PublicKey? = nil, identities: [String] = []
    ) {
        self.id = id
        self.commit = commit
        self.outcome = outcome
        self.key = key
        self.identities = identities
    }

    /// The name as people quote it, with the first line of the message: `4be1f02a9c “Add the cart”`.
    public var label: String { "\(id.prefix(10)) “\(commit.title)”" }
}

/// A tag with what is known about its signature.
public struct TagVerification: Hashable, Sendable {
    public var id: String
    public var tag: GitTag
    public var outcome: SignatureOutcome
    public var key: PublicKey?

    public init(id: String, tag: GitTag, outcome: SignatureOutcome, key: PublicKey? = nil) {
        self.id = id
        self.tag = tag
        self.outcome = outcome
        self.key = key
    }
}
