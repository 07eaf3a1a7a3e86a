import Crypto
public import WaybillCore

/// Which token belongs to whom. Only the tokens' SHA-256 hashes are kept.
public struct TokenTable: Sendable {
    private var entries: [(hash: [UInt8], identity: Identity)]

    public init(_ entries: [(token: String, identity: Identity)] = []) {
        self.entries = entries.map { (Self.hash($0.token), $0.identity) }
    }

    public mutating func add(token: String, identity: Identity) { entries.append((Self.hash(token), identity)) }

    /// Every entry is compared, in constant time, whether or not one has matched.
    public func identity(of token: String) -> Identity? {
        let hash = Self.hash(token)
        var found: Identity?
        for entry in entries where ConstantTime.equals(entry.hash, hash) { found = entry.identity }
        return found
    }

    /// A new token with 192 bits of randomness.
    public static func newToken() -> String {
        var generator = SystemRandomNumberGenerator()
        return "wb_"
            + Base64.encode(
                (0..<24).map { _ in UInt8.random(in: .min ... .max, using: &generator) }, alphabet: .urlSafe)
    }

    private static func hash(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Array(token.utf8))) }
}
