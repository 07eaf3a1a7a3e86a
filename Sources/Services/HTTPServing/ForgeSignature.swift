import Crypto
import Foundation

/// Whether a forge's webhook was made by who knows the secret: by the code over its body that GitHub, Gitea, Forgejo
/// and Gogs send, or by the token that GitLab sends. Compared in constant time.
public enum ForgeSignature {
    /// - Parameters:
    ///   - headers: a header's value by its name; names are asked for as forges write them.
    ///   - secret: an empty one is none, and nothing is believed.
    public static func isValid(_ headers: (String) -> String?, body: [UInt8], secret: String) -> Bool {
        guard !secret.isEmpty else { return false }
        let key = SymmetricKey(data: Array(secret.utf8))
        for name in ["X-Hub-Signature-256", "X-Gitea-Signature", "X-Forgejo-Signature", "X-Gogs-Signature"] {
            guard let written = headers(name) else { continue }
            let hex = written.hasPrefix("sha256=") ? written.dropFirst(7) : Substring(written)
            guard let code = bytes(hex) else { return false }
            return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: body, using: key)
        }
        guard let token = headers("X-Gitlab-Token") else { return false }
        // Codes of both are compared, so that neither their lengths nor where they differ can be measured.
        let expected = HMAC<SHA256>.authenticationCode(for: Array(secret.utf8), using: key)
        let given = Array(HMAC<SHA256>.authenticationCode(for: Array(token.utf8), using: key))
        return zip(Array(expected), given).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func bytes(_ hex: Substring) -> [UInt8]? {
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case 48...57: byte - 48
            case 97...102: byte - 87
            case 65...70: byte - 55
            default: nil
            }
        }
        let digits = Array(hex.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digit(digits[index]), let low = digit(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
