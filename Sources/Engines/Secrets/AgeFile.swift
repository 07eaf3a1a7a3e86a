import Crypto
import Foundation
import WaybillCore

/// A file that age has encrypted (age-encryption.org/v1), for X25519 keys.
struct AgeFile {
    /// Plain bytes at most.
    static let bytesMax = 16 << 20
    private static let chunkBytes = 64 << 10
    private static let version = "age-encryption.org/v1"

    private struct Stanza {
        var arguments: [String]
        var body: [UInt8]
    }

    private var stanzas: [Stanza] = []
    private var signed: [UInt8] = []
    private var code: [UInt8] = []
    private var payload: [UInt8] = []

    struct Failure: Error, Equatable {
        var message: String
        init(_ message: String) { self.message = message }
    }

    /// Reads the plain form and the armored one.
    init(_ bytes: [UInt8]) throws(Failure) {
        let bytes = bytes.starts(with: "-----BEGIN".utf8) ? try Self.unarmored(bytes) : bytes
        var rest = bytes[...]
        func line() throws(Failure) -> String {
            guard let end = rest.firstIndex(of: 0x0A), end - rest.startIndex <= 1024 else {
                throw Failure("a broken header")
            }
            defer { rest = rest[(end + 1)...] }
            return String(decoding: rest[..<end], as: UTF8.self)
        }
        guard try line() == Self.version else { throw Failure("not a file of age") }
        while true {
            let start = rest.startIndex
            let text = try line()
            if text.hasPrefix("--- ") {
                signed = Array(bytes[bytes.startIndex..<(start + 3)])
                guard let code = Base64.decode(String(text.dropFirst(4))), code.count == 32 else {
                    throw Failure("a broken header")
                }
                self.code = code
                payload = Array(rest)
                break
            }
            guard text.hasPrefix("-> "), stanzas.count < 64 else { throw Failure("a broken header") }
            var body = ""
            while true {
                let part = try line()
                body += part
                guard part.utf8.count >= 64 else { break }
                guard part.utf8.count == 64, body.utf8.count <= 8192 else { throw Failure("a broken header") }
            }
            guard let bytes = Base64.decode(body) else { throw Failure("a broken header") }
            stanzas.append(Stanza(arguments: text.dropFirst(3).split(separator: " ").map(String.init), body: bytes))
        }
    }

    private static func unarmored(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        var lines = bytes.split(separator: 0x0A).map { String(decoding: $0.filter { $0 != 0x0D }, as: UTF8.self) }
        guard lines.first == "-----BEGIN AGE ENCRYPTED FILE-----", lines.last == "-----END AGE ENCRYPTED FILE-----",
            let bytes = Base64.decode(lines.dropFirst().dropLast().joined())
        else { throw Failure("broken armor") }
        lines = []
        return bytes
    }

    /// The plain bytes. Throws where none of the keys fits, or where a byte was changed.
    func decrypted(with identities: [AgeIdentity]) throws(Failure) -> [UInt8] {
        for identity in identities {
            for stanza in stanzas {
                guard let fileKey = Self.fileKey(stanza, identity) else { continue }
                let headerKey = HKDF<SHA256>.deriveKey(
                    inputKeyMaterial: fileKey, info: Data("header".utf8), outputByteCount: 32)
                guard HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: headerKey) else {
                    throw Failure("its header was changed")
                }
                return try plain(fileKey)
            }
        }
        throw Failure("none of the keys fits")
    }

    private static func fileKey(_ stanza: Stanza, _ identity: AgeIdentity) -> SymmetricKey? {
        guard stanza.arguments.count == 2, stanza.arguments[0] == "X25519", stanza.body.count == 32,
            let share = Base64.decode(stanza.arguments[1]), share.count == 32,
            let other = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: share),
            let secret = try? identity.key.sharedSecretFromKeyAgreement(with: other)
        else { return nil }
        let salt = Data(share) + identity.key.publicKey.rawRepresentation
        let wrapping = secret.hkdfDerivedSymmetricKey(
            using: SHA256.self, salt: salt, sharedInfo: Data("\(version)/X25519".utf8), outputByteCount: 32)
        guard let key = open(stanza.body[...], key: wrapping, nonce: [UInt8](repeating: 0, count: 12)), key.count == 16
        else { return nil }
        return SymmetricKey(data: key)
    }

    private static func open(_ sealed: ArraySlice<UInt8>, key: SymmetricKey, nonce: [UInt8]) -> [UInt8]? {
        guard sealed.count >= 16, let nonce = try? ChaChaPoly.Nonce(data: nonce),
            let box = try? ChaChaPoly.SealedBox(
                nonce: nonce, ciphertext: Data(sealed.dropLast(16)), tag: Data(sealed.suffix(16))),
            let plain = try? ChaChaPoly.open(box, using: key)
        else { return nil }
        return Array(plain)
    }

    /// Chunks of 64 KiB, each numbered, the last one marked: nothing can be cut off or put elsewhere unseen.
    private func plain(_ fileKey: SymmetricKey) throws(Failure) -> [UInt8] {
        guard payload.count >= 16 + 16 else { throw Failure("it was cut off") }
        guard payload.count <= Self.bytesMax else { throw Failure("more than \(Self.bytesMax) bytes") }
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: fileKey, salt: Data(payload[..<16]), info: Data("payload".utf8), outputByteCount: 32)
        var rest = payload[16...]
        var output: [UInt8] = []
        var number: UInt64 = 0
        while true {
            let isLast = rest.count <= Self.chunkBytes + 16
            let chunk = rest.prefix(Self.chunkBytes + 16)
            rest = rest.dropFirst(chunk.count)
            var nonce = [UInt8](repeating: 0, count: 12)
            for index in 0..<8 { nonce[10 - index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index)) }
            nonce[11] = isLast ? 1 : 0
            guard let plain = Self.open(chunk, key: key, nonce: nonce), !plain.isEmpty || number == 0 else {
                throw Failure("it was changed or cut off")
            }
            output += plain
            if isLast { return output }
            number += 1
        }
    }
}
