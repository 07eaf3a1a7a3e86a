import Attestations
import Documents
import Trust
import WaybillCore

/// A JSON web signature in its compact form (RFC 7515): header, claims and signature, with dots between them.
struct CompactSignature {
    static let bytesMax = 64 << 10
    /// By how much clocks may differ.
    static let leewaySeconds = 60.0

    let header: Object
    let claims: Object
    let signature: [UInt8]
    /// The bytes that are signed.
    let message: [UInt8]

    /// Why it cannot be read, in words that go on from “the token”.
    struct Malformed: Error { var reason: String }

    init(parsing text: String) throws(Malformed) {
        guard text.utf8.count <= Self.bytesMax else { throw Malformed(reason: "is too long") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64.decode(parts[2].utf8), !signature.isEmpty
        else { throw Malformed(reason: "cannot be read") }
        guard header["crit"] == nil else {
            throw Malformed(reason: "has critical extensions, which are not known here")
        }
        self.header = header
        self.claims = claims
        self.signature = signature
        message = Array("\(parts[0]).\(parts[1])".utf8)
    }

    /// Whether the key made it, by the algorithm that is the key's own: the header cannot choose another.
    func isValid(by key: PublicKey) -> Bool {
        guard let stated = header["alg"]?.string, let bound = Self.bound(key, to: stated) else { return false }
        return bound.isValid(signature: signature, of: message)
    }

    /// The key as the algorithm (RFC 7518, RFC 8037) writes its signatures; nil where it is not the key's.
    private static func bound(_ key: PublicKey, to algorithm: String) -> PublicKey? {
        var key = key
        switch (algorithm, key.algorithm) {
        case ("EdDSA", .ed25519): return key
        case ("ES256", .ecdsaP256), ("ES384", .ecdsaP384), ("ES512", .ecdsaP521):
            key.encoding = .fixedWidth
            key.hash = nil
            return key
        case ("RS256", .rsa), ("RS384", .rsa), ("RS512", .rsa), ("PS256", .rsa), ("PS384", .rsa), ("PS512", .rsa):
            let isProbabilistic = algorithm.utf8.first == UInt8(ascii: "P")
            let hash = PublicKey.HashAlgorithm(rawValue: "sha" + algorithm.suffix(3))
            guard isProbabilistic == (key.encoding == .probabilistic), hash == key.hash ?? .sha256 else { return nil }
            return key
        default: return nil
        }
    }

    /// Why it does not count now, by its own claims of time; nil where it does or says nothing.
    func objection(at moment: Timestamp) -> String? {
        let now = Double(moment.seconds)
        if let end = claims["exp"] {
            guard let end = end.number?.double, end.isFinite, now < end + Self.leewaySeconds else {
                return "has expired"
            }
        }
        if let begin = claims["nbf"] {
            guard let begin = begin.number?.double, now + Self.leewaySeconds >= begin else {
                return "is not valid yet"
            }
        }
        return nil
    }

    private static func object(_ part: Substring) -> Object? {
        // What is not JSON is no token; why it is none helps nobody.
        guard let bytes = Base64.decode(part.utf8) else { return nil }
        return (try? JSONReader.value(from: bytes))?.object
    }
}
