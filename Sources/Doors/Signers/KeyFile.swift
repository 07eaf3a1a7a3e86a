public import Crypto
import Files
import Foundation
import Trust
public import WaybillCore

/// A private Ed25519 key in a file (PKCS #8, PEM) that only its owner can read.
public enum KeyFile {
    static let label = "PRIVATE KEY"
    /// What stands before the 32 secret bytes (RFC 8410, version 1).
    private static let prefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]

    /// Reads the key. Throws `.forbidden` when others than the owner can read the file.
    public static func read(_ path: String) throws(WaybillError) -> Curve25519.Signing.PrivateKey {
        guard let status = FileStatus(of: path) else {
            throw WaybillError(.notFound, "there is no key", subject: path)
        }
        guard status.kind == .file else {
            throw WaybillError(.forbidden, "the key is not a plain file", subject: path)
        }
        guard status.mode & 0o077 == 0, status.owner == geteuid() else {
            throw WaybillError(
                .forbidden, "others than this program's user can read the key", subject: path,
                remedy: "chmod 600 \(path)")
        }
        let der = try PEM.decode(Files.read(path, bytesMax: PEM.bytesMax), label: label)
        guard der.count == prefix.count + 32, der.starts(with: prefix),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: der.dropFirst(prefix.count))
        else {
            throw WaybillError(.unsupported, "the key is not an Ed25519 key in PKCS #8 form", subject: path)
        }
        return key
    }

    /// Makes a key and writes it with mode 0600. Throws `.conflict` when there is one already: no key is ever replaced.
    public static func create(_ path: String) throws(WaybillError) -> Curve25519.Signing.PrivateKey {
        let key = Curve25519.Signing.PrivateKey()
        let temporary = "\(path).\(UInt64.random(in: .min ... .max)).key"
        let text = PEM.encode(prefix + key.rawRepresentation, label: label)
        try Files.write(Array(text.utf8), to: temporary, mode: 0o600)
        // The name is given by a link, which fails where the name is taken.
        let isLinked = link(temporary, path) == 0
        let number = errno
        unlink(temporary)
        guard isLinked else {
            throw WaybillError(
                number == EEXIST ? .conflict : .failed,
                number == EEXIST
                    ? "there is a key already" : "the key cannot be written: \(String(cString: strerror(number)))",
                subject: path)
        }
        return key
    }

    /// Reads the key, or makes one where there is none.
    public static func readOrCreate(_ path: String) throws(WaybillError) -> Curve25519.Signing.PrivateKey {
        if Files.exists(path) { return try read(path) }
        do { return try create(path) } catch {
            guard error.code == .conflict else { throw error }
            return try read(path)
        }
    }
}

extension Curve25519.Signing.PrivateKey {
    /// The public half, as trust knows it.
    var trustKey: Trust.PublicKey {
        // 32 bytes that come from a key are always a key.
        guard let key = Trust.PublicKey(ed25519: Array(publicKey.rawRepresentation)) else {
            preconditionFailure("an Ed25519 public key has 32 bytes")
        }
        return key
    }
}
