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
    /// When the key was withdrawn. A signature that is not known to be older counts for nothing, whatever it says of
    /// itself: whoever stole the key can write any date.
    public var revoked: Timestamp?

    public init(
        _ key: PublicKey, name: String, scheme: Scheme = .plain, predicateTypes: Set<String>? = nil,
        validAfter: Timestamp? = nil,
        validBefore: Timestamp? = nil, revoked: Timestamp? = nil
    ) {
        self.key = key
        self.name = name
        self.scheme = scheme
        self.predicateTypes = predicateTypes
        self.validAfter = validAfter
        self.validBefore = validBefore
        self.revoked = revoked
    }

    /// Whether signatures that are known to have been made at this moment count.
    public func isRevoked(at moment: Timestamp) -> Bool { revoked.map { moment >= $0 } ?? false }

    public func isValid(at moment: Timestamp) -> Bool {
        !isRevoked(at: moment) && validAfter.map { moment >= $0 } ?? true
            && validBefore.map { moment <= $0 } ?? true
    }

    /// How many persons stand behind the keys: entries that share a key or a name are one.
    public static func persons(in keys: some Sequence<TrustedKey>) -> Int {
        var groups: [(keys: Set<PublicKey>, names: Set<[UInt8]>)] = []
        for key in keys {
            var merged: (keys: Set<PublicKey>, names: Set<[UInt8]>) = ([key.key], [Array(key.name.utf8)])
            groups.removeAll { group in
                guard group.keys.contains(key.key) || group.names.contains(Array(key.name.utf8)) else { return false }
                merged.keys.formUnion(group.keys)
                merged.names.formUnion(group.names)
                return true
            }
            groups.append(merged)
        }
        return groups.count
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
