import Crypto
import Foundation
import WaybillCore

@testable import Secrets

/// Writes files of age, for one recipient, as the format's specification says: the other half of what is tested.
enum AgeWriter {
    static func armored(_ plain: [UInt8], for recipient: Curve25519.KeyAgreement.PublicKey) throws -> String {
        let text = Base64.encode(try bytes(plain, for: recipient))
        var lines = ["-----BEGIN AGE ENCRYPTED FILE-----"]
        var rest = Substring(text)
        while !rest.isEmpty {
            lines.append(String(rest.prefix(64)))
            rest = rest.dropFirst(64)
        }
        return (lines + ["-----END AGE ENCRYPTED FILE-----", ""]).joined(separator: "\n")
    }

    static func bytes(_ plain: [UInt8], for recipient: Curve25519.KeyAgreement.PublicKey) throws -> [UInt8] {
        let fileKey = SymmetricKey(size: .init(bitCount: 128))
        let ephemeral = Curve25519.KeyAgreement.PrivateKey()
        let share = Array(ephemeral.publicKey.rawRepresentation)
        let wrapping = try ephemeral.sharedSecretFromKeyAgreement(with: recipient).hkdfDerivedSymmetricKey(
            using: SHA256.self, salt: Data(share) + recipient.rawRepresentation,
            sharedInfo: Data("age-encryption.org/v1/X25519".utf8), outputByteCount: 32)
        let wrapped = try seal(fileKey.withUnsafeBytes { Array($0) }, wrapping, [UInt8](repeating: 0, count: 12))
        let header =
            "age-encryption.org/v1\n-> X25519 \(unpadded(share))\n\(unpadded(wrapped))\n---"
        let headerKey = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: fileKey, info: Data("header".utf8), outputByteCount: 32)
        let code = HMAC<SHA256>.authenticationCode(for: Data(header.utf8), using: headerKey)
        let nonce = (0..<16).map { _ in UInt8.random(in: 0...255) }
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: fileKey, salt: Data(nonce), info: Data("payload".utf8), outputByteCount: 32)
        var output = Array("\(header) \(unpadded(Array(code)))\n".utf8) + nonce
        var chunks = stride(from: 0, to: plain.count, by: 65536).map { Array(plain[$0..<min($0 + 65536, plain.count)]) }
        if chunks.isEmpty { chunks = [[]] }
        for (index, chunk) in chunks.enumerated() {
            var counter = [UInt8](repeating: 0, count: 12)
            counter[10] = UInt8(index)
            counter[11] = index == chunks.count - 1 ? 1 : 0
            output += try seal(chunk, key, counter)
        }
        return output
    }

    private static func unpadded(_ bytes: [UInt8]) -> String {
        String(Base64.encode(bytes).prefix { $0 != "=" })
    }

    private static func seal(_ bytes: [UInt8], _ key: SymmetricKey, _ nonce: [UInt8]) throws -> [UInt8] {
        let box = try ChaChaPoly.seal(Data(bytes), using: key, nonce: ChaChaPoly.Nonce(data: nonce))
        return Array(box.ciphertext + box.tag)
    }
}

/// Seals values as SOPS does.
struct SOPSSealer {
    let key = SymmetricKey(size: .bits256)

    func value(_ text: String, at place: String, type: String = "str") throws -> String {
        let nonce = (0..<32).map { _ in UInt8.random(in: 0...255) }
        let box = try AES.GCM.seal(
            Data(text.utf8), using: key, nonce: AES.GCM.Nonce(data: nonce), authenticating: Data(place.utf8))
        return "ENC[AES256_GCM,data:\(Base64.encode(Array(box.ciphertext))),iv:\(Base64.encode(nonce)),"
            + "tag:\(Base64.encode(Array(box.tag))),type:\(type)]"
    }

    func code(over texts: [String], modified: String) throws -> String {
        let sum = SHA512.hash(data: Data(texts.joined().utf8))
        let hex = sum.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined().uppercased()
        return try value(hex, at: modified)
    }

    func sealedKey(for identity: AgeIdentity) throws -> String {
        try AgeWriter.armored(key.withUnsafeBytes { Array($0) }, for: identity.key.publicKey)
    }
}

enum SOPSSums {
    /// As SOPS writes the sum over its values.
    static func hex(_ bytes: [UInt8]) -> String {
        SHA512.hash(data: Data(bytes)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            .uppercased()
    }
}
