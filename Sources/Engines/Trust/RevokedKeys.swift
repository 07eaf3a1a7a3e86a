public import WaybillCore

/// Keys whose signatures count no more, whenever they were made.
public struct RevokedKeys: Hashable, Sendable {
    private var fingerprints: Set<String>

    /// By OpenSSH fingerprint, `SHA256:…`; by OpenPGP fingerprint or SHA-256 fingerprint of a certificate, in upper-case
    /// hexadecimal.
    public init(fingerprints: Set<String> = []) { self.fingerprints = fingerprints }

    /// Reads one public key (`ssh-ed25519 AAAA…`) or fingerprint per line, with `#` comments: `SHA256:…`, 40 hexadecimal
    /// digits of an OpenPGP key, 64 of a certificate (with colons or not). A binary key revocation list is refused.
    public init(parsing bytes: [UInt8], file: String = "revoked_keys") throws(WaybillError) {
        guard bytes.count <= AllowedSigners.bytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(AllowedSigners.bytesMax) bytes", subject: file)
        }
        guard !bytes.starts(with: Array("SSHKRL\n".utf8)) else {
            throw WaybillError(
                .unsupported, "binary key revocation lists are not supported", subject: file,
                remedy: "list the public keys, one per line")
        }
        fingerprints = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let words = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D })
            guard let first = words.first, first.first != UInt8(ascii: "#") else { continue }
            let text = String(decoding: first, as: UTF8.self)
            if text.hasPrefix("SHA256:"), let hash = Base64.decode(String(text.dropFirst(7))), hash.count == 32 {
                fingerprints.insert("SHA256:" + Base64.encode(hash).filter { $0 != "=" })
                continue
            }
            let digits = first.filter { $0 != UInt8(ascii: ":") }
            if [40, 64].contains(digits.count),
                let hash = Hex.decode(String(decoding: digits, as: UTF8.self))
            {
                fingerprints.insert(Hex.encode(hash).uppercased())
                continue
            }
            do {
                fingerprints.insert(try PublicKey(openSSH: String(decoding: line, as: UTF8.self)).sshFingerprint)
            } catch {
                throw WaybillError(error.code, error.message, subject: "\(file):\(index + 1)", remedy: error.remedy)
            }
        }
    }

    /// Under its OpenSSH fingerprint, or under the name that envelopes give it.
    public func contains(_ key: PublicKey) -> Bool {
        fingerprints.contains(key.sshFingerprint) || fingerprints.contains(key.keyID)
    }

    func contains(_ fingerprint: String) -> Bool { fingerprints.contains(fingerprint) }

    func adding(_ more: Set<String>) -> RevokedKeys { RevokedKeys(fingerprints: fingerprints.union(more)) }
}
