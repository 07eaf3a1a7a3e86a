import Crypto
import CryptoExtras
import Files
import Foundation
import Trust
public import WaybillCore

extension PrivateKey {
    static let prefixEd25519: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]

    /// Reads PKCS #8, SEC 1 (`EC PRIVATE KEY`), PKCS #1 (`RSA PRIVATE KEY`) or cosign's encrypted form. `password` is asked
    /// only for the last.
    public init(pem text: String, password: () throws(WaybillError) -> [UInt8]) throws(WaybillError) {
        let label = text.utf8.split(separator: 0x0A).lazy.map { String(decoding: $0, as: UTF8.self) }.first {
            $0.hasPrefix("-----BEGIN ")
        }
        switch label?.trimmingSuffix("\r") {
        case "-----BEGIN PRIVATE KEY-----": try self.init(der: PEM.decode(text.utf8, label: "PRIVATE KEY"))
        case "-----BEGIN EC PRIVATE KEY-----": try self.init(der: PEM.decode(text.utf8, label: "EC PRIVATE KEY"))
        case "-----BEGIN RSA PRIVATE KEY-----": try self.init(der: PEM.decode(text.utf8, label: "RSA PRIVATE KEY"))
        case "-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----", "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----":
            try self.init(der: EncryptedKey(pem: text).decrypt(password: password()))
        case "-----BEGIN OPENSSH PRIVATE KEY-----":
            throw WaybillError(
                .unsupported, "an SSH key signs through ssh-keygen", subject: "private key",
                remedy: "sign with --ssh-key instead of --key")
        case "-----BEGIN ENCRYPTED PRIVATE KEY-----":
            throw WaybillError(
                .unsupported, "PKCS #8 with a password is not supported", subject: "private key",
                remedy: "openssl pkcs8 -in KEY -out PLAIN; chmod 600 PLAIN")
        default: throw WaybillError(.invalidInput, "is no private key in PEM form", subject: "private key")
        }
    }

    /// Reads the DER form of a key of any kind that is supported.
    public init(der: [UInt8]) throws(WaybillError) {
        if der.count == Self.prefixEd25519.count + 32, der.starts(with: Self.prefixEd25519),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: der.dropFirst(Self.prefixEd25519.count))
        {
            try self.init(.ed25519(key))
        } else if let key = try? P256.Signing.PrivateKey(derRepresentation: der) {
            try self.init(.p256(key))
        } else if let key = try? P384.Signing.PrivateKey(derRepresentation: der) {
            try self.init(.p384(key))
        } else if let key = try? P521.Signing.PrivateKey(derRepresentation: der) {
            try self.init(.p521(key))
        } else if let key = try? _RSA.Signing.PrivateKey(derRepresentation: der) {
            try self.init(.rsa(key))
        } else {
            throw WaybillError(
                .unsupported, "the key is not Ed25519, ECDSA (P-256, P-384, P-521) or RSA", subject: "private key")
        }
    }

    /// Reads a key's file. A key that is not encrypted must be readable by its owner only.
    public init(file path: String, password: () throws(WaybillError) -> [UInt8]) throws(WaybillError) {
        guard let status = FileStatus(of: path, followingLinks: true) else {
            throw WaybillError(.notFound, "there is no key", subject: path)
        }
        let text = String(decoding: try Files.read(path, bytesMax: PEM.bytesMax), as: UTF8.self)
        let isEncrypted = text.contains("-----BEGIN ENCRYPTED ")
        guard isEncrypted || status.mode & 0o077 == 0 else {
            throw WaybillError(
                .forbidden, "others than its owner can read the key", subject: path, remedy: "chmod 600 \(path)")
        }
        do { try self.init(pem: text, password: password) } catch {
            throw WaybillError(error.code, error.message, subject: path, remedy: error.remedy, cause: error.cause)
        }
    }

    /// PKCS #8.
    public var der: [UInt8] {
        switch material {
        case .ed25519(let key): Self.prefixEd25519 + key.rawRepresentation
        case .p256(let key): Array(key.derRepresentation)
        case .p384(let key): Array(key.derRepresentation)
        case .p521(let key): Array(key.derRepresentation)
        case .rsa(let key): Array(key.pkcs8DERRepresentation)
        }
    }

    /// PKCS #8 as PEM, not encrypted.
    public var pem: String { PEM.encode(der, label: "PRIVATE KEY") }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
