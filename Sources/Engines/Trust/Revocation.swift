public import Attestations
import Documents
public import WaybillCore

/// The signed word that a key or a paper counts no more.
public struct Revocation: Hashable, Sendable {
    public enum Target: Hashable, Sendable {
        /// By the name that envelopes carry, or by its OpenSSH fingerprint: `SHA256:…`.
        case key(String)
        /// By the envelope's digest.
        case paper(Digest)
    }

    public var target: Target
    public var reason: String
    /// Who asked for it.
    public var actor: String
    /// From when on signatures of the key count no more; a paper counts at no time.
    public var time: Timestamp

    public init(target: Target, reason: String, actor: String, time: Timestamp) {
        self.target = target
        self.reason = reason
        self.actor = actor
        self.time = time
    }

    /// The subject's name says what its digest is of.
    private static let keySubject = "key", paperSubject = "attestation"

    public var statement: Statement {
        let subject: Statement.Subject
        switch target {
        case .key(let id):
            let hash = Self.hash(ofKey: id) ?? []
            subject = .init(name: Self.keySubject, digest: ["sha256": Hex.encode(hash)])
        case .paper(let digest): subject = .init(name: Self.paperSubject, digest: digest)
        }
        return Statement(
            subjects: [subject], predicateType: PredicateType.revocation,
            predicate: ["reason": .string(reason), "actor": .string(actor), "time": .string(time.description)])
    }

    /// Reads a statement of this type; one that cannot be read is an error, for it was meant to take something away.
    public init(_ statement: Statement) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: "revocation") }
        guard statement.predicateType.utf8.elementsEqual(PredicateType.revocation.utf8) else {
            throw bad("the statement is of another type")
        }
        guard statement.subjects.count == 1, let subject = statement.subjects.first,
            let hex = subject.digest["sha256"], let digest = Digest(algorithm: .sha256, hex: hex)
        else { throw bad("names no single key or attestation by SHA-256") }
        switch subject.name {
        case Self.keySubject:
            guard let hash = Hex.decode(hex) else { throw bad("names no key") }
            target = .key("SHA256:" + Base64.encode(hash).filter { $0 != "=" })
        case Self.paperSubject: target = .paper(digest)
        default: throw bad("is about \(Redaction.excerpt(subject.name))")
        }
        guard let reason = statement.predicate["reason"]?.string, let actor = statement.predicate["actor"]?.string,
            let time = statement.predicate["time"]?.string.flatMap({ Timestamp($0) })
        else { throw bad("“reason”, “actor” or “time” is missing") }
        self.reason = reason
        self.actor = actor
        self.time = time
    }

    /// Reads what a person names: `SHA256:…` of a key, or `sha256:…` of an envelope.
    public static func target(_ text: String) throws(WaybillError) -> Target {
        if let hash = hash(ofKey: text) { return .key("SHA256:" + Base64.encode(hash).filter { $0 != "=" }) }
        if let digest = Digest(text), digest.algorithm == .sha256 { return .paper(digest) }
        throw WaybillError(
            .invalidInput, "is neither a key's name nor an attestation's digest", subject: Redaction.excerpt(text),
            remedy: "SHA256:… names a key (waybill key show), sha256:… an attestation (waybill why --output json)")
    }

    private static func hash(ofKey text: String) -> [UInt8]? {
        guard text.hasPrefix("SHA256:") else { return nil }
        let hash = Base64.decode(String(text.dropFirst(7)))
        return hash?.count == 32 ? hash : nil
    }
}

/// Everything that was revoked, as verification asks for it.
public struct Revocations: Hashable, Sendable {
    /// By name or fingerprint, the earliest time.
    public private(set) var keys: [String: Timestamp] = [:]
    public private(set) var papers: [Digest: Timestamp] = [:]

    public init() {}

    public var isEmpty: Bool { keys.isEmpty && papers.isEmpty }

    public mutating func add(_ revocation: Revocation) {
        switch revocation.target {
        case .key(let id): keys[id] = min(keys[id] ?? revocation.time, revocation.time)
        case .paper(let digest): papers[digest] = min(papers[digest] ?? revocation.time, revocation.time)
        }
    }

    /// When the key was revoked under either of its names.
    public func time(of key: PublicKey) -> Timestamp? {
        [keys[key.keyID], keys[key.sshFingerprint]].compactMap(\.self).min()
    }

    /// The keys with what is known of them.
    public func applied(to trusted: [TrustedKey]) -> [TrustedKey] {
        guard !keys.isEmpty else { return trusted }
        return trusted.map { each in
            guard let time = time(of: each.key) else { return each }
            var each = each
            each.revoked = min(each.revoked ?? time, time)
            return each
        }
    }

    /// For commits, whose time nobody vouches for: a revoked key's signatures count at no time.
    public func applied(to revoked: RevokedKeys) -> RevokedKeys { revoked.adding(Set(keys.keys)) }
}
