public import Attestations

/// A key whose signatures on papers count, for whom it stands and for which papers.
public struct TrustedKey: Hashable, Sendable {
    /// How the key signs. A signature of the other kind does not count.
    public enum Scheme: Hashable, Sendable {
        /// The signature is over the envelope's bytes as they are.
        case plain
        /// The signature is an SSH signature for this namespace.
        case ssh(namespace: String)
    }

    /// The namespace of SSH signatures on papers.
    public static let sshNamespace = "waybill"

    public var key: PublicKey
    /// Who signs with it, as rules name it: `builder`, `reviewer@shop.example`.
    public var name: String
    public var scheme: Scheme
    /// The predicate types that it may sign; nil means all.
    public var predicateTypes: Set<String>?
    public var validAfter: Timestamp?
    public var validBefore: Timestamp?

    public init(
        _ key: PublicKey, name: String, scheme: Scheme = .plain, predicateTypes: Set<String>? = nil,
        validAfter: Timestamp? = nil,
        validBefore: Timestamp? = nil
    ) {
        self.key = key
        self.name = name
        self.scheme = scheme
        self.predicateTypes = predicateTypes
        self.validAfter = validAfter
        self.validBefore = validBefore
    }

    func isValid(at moment: Timestamp) -> Bool {
        validAfter.map { moment >= $0 } ?? true && validBefore.map { moment <= $0 } ?? true
    }

    /// The name that the key's own signatures carry in `keyid`.
    public var keyID: String {
        switch scheme {
        case .plain: key.keyID
        case .ssh: key.sshFingerprint
        }
    }

    /// The people of an `allowed_signers` file as signers of papers, one for each line that serves the namespace
    /// `waybill`. A line without a literal identity names nobody and is left out.
    public static func people(of signers: AllowedSigners, predicateTypes: Set<String>? = nil) -> [TrustedKey] {
        signers.entries.compactMap { entry in
            guard entry.serves(sshNamespace), let name = entry.principals.literals.first else { return nil }
            return TrustedKey(
                entry.key, name: name, scheme: .ssh(namespace: sshNamespace), predicateTypes: predicateTypes,
                validAfter: entry.validAfter, validBefore: entry.validBefore)
        }
    }
}
