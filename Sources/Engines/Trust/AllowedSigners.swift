public import Attestations

/// Who may sign with which key, for what and when: the content of an `allowed_signers` file.
public struct AllowedSigners: Hashable, Sendable {
    /// One line: a key and the identities that it speaks for.
    public struct Entry: Hashable, Sendable {
        /// Identities as patterns: `author@shop.example`, `*@shop.example`.
        public var principals: PatternList
        public var key: PublicKey
        /// The signature namespaces that the key may be used for; nil means all.
        public var namespaces: PatternList?
        public var validAfter: Timestamp?
        public var validBefore: Timestamp?
        public var comment: String
        /// The line of the file, counted from 1.
        public var line: Int

        public init(
            principals: [String], key: PublicKey, namespaces: [String]? = nil, validAfter: Timestamp? = nil,
            validBefore: Timestamp? = nil, comment: String = "", line: Int = 0
        ) {
            self.principals = PatternList(principals)
            self.key = key
            self.namespaces = namespaces.map(PatternList.init)
            self.validAfter = validAfter
            self.validBefore = validBefore
            self.comment = comment
            self.line = line
        }

        /// Whether the key may be used at this moment; both ends count as valid, as in OpenSSH.
        public func isValid(at moment: Timestamp) -> Bool {
            validAfter.map { moment >= $0 } ?? true && validBefore.map { moment <= $0 } ?? true
        }

        func serves(_ namespace: String) -> Bool { namespaces?.matches(namespace) ?? true }
    }

    public var entries: [Entry]

    public init(_ entries: [Entry] = []) { self.entries = entries }

    /// What the file says about a key for a namespace at a moment.
    public enum Standing: Hashable, Sendable {
        /// The key is not listed.
        case unknown
        /// The key is listed, but not for this namespace.
        case otherNamespace
        /// The key is listed, but not for this moment.
        case notYetValid(Timestamp)
        case expired(Timestamp)
        /// The lines that let the key sign.
        case valid([Entry])
    }

    public func standing(of key: PublicKey, namespace: String, at moment: Timestamp) -> Standing {
        let listed = entries.filter { $0.key == key }
        guard !listed.isEmpty else { return .unknown }
        let serving = listed.filter { $0.serves(namespace) }
        guard !serving.isEmpty else { return .otherNamespace }
        let valid = serving.filter { $0.isValid(at: moment) }
        if !valid.isEmpty { return .valid(valid) }
        if let after = serving.compactMap(\.validAfter).filter({ moment < $0 }).min() { return .notYetValid(after) }
        return .expired(serving.compactMap(\.validBefore).max() ?? moment)
    }

    /// The identities (patterns) that a key speaks for in a namespace at a moment.
    public func principals(of key: PublicKey, namespace: String, at moment: Timestamp) -> [String] {
        guard case .valid(let entries) = standing(of: key, namespace: namespace, at: moment) else { return [] }
        return entries.flatMap(\.principals.patterns)
    }

    /// The identities that any of the key's lines name outright, whatever namespace and time: who holds the key.
    public func holders(of key: PublicKey) -> [String] {
        entries.filter { $0.key == key }.flatMap(\.principals.literals)
    }
}
