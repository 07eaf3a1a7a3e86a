import Crypto
public import WaybillCore

/// A private key of age: `AGE-SECRET-KEY-1…`. Never shown, also not in errors.
public struct AgeIdentity: Sendable {
    let key: Curve25519.KeyAgreement.PrivateKey

    /// The public key, `age1…`.
    public var recipient: String { Bech32.encode(prefix: "age", Array(key.publicKey.rawRepresentation)) }

    init?(_ text: String) {
        guard let (prefix, bytes) = Bech32.decode(text), prefix == "age-secret-key-", bytes.count == 32,
            let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes)
        else { return nil }
        self.key = key
    }

    /// Reads a file of keys as `age-keygen` writes it: one a line, comments after `#`.
    public static func identities(in bytes: [UInt8], file: String) throws(WaybillError) -> [AgeIdentity] {
        var identities: [AgeIdentity] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let text = String(decoding: line.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
            guard !text.isEmpty, !text.hasPrefix("#") else { continue }
            guard let identity = AgeIdentity(text) else {
                throw WaybillError(
                    .invalidInput, "not a key of age (AGE-SECRET-KEY-1…)",
                    subject: SourceLocation(file: file, line: index + 1).description,
                    remedy: "age-keygen -o \(file)")
            }
            identities.append(identity)
        }
        guard !identities.isEmpty else { throw WaybillError(.invalidInput, "holds no key of age", subject: file) }
        return identities
    }
}
