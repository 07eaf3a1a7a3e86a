import CSodium
import Crypto
import CryptoExtras
import Documents
import FoundationEssentials
import Trust
public import WaybillCore

/// A private key as cosign keeps it: PKCS #8 in a secretbox (XSalsa20 and Poly1305) under a key that scrypt makes of a
/// password.
public struct EncryptedKey: Sendable {
    public static let label = "ENCRYPTED SIGSTORE PRIVATE KEY"
    static let oldLabel = "ENCRYPTED COSIGN PRIVATE KEY"

    /// What scrypt may cost to open a key of a file from outside: 256 MiB.
    static let memoryBytesMax = 256 << 20
    /// What cosign takes for new keys.
    static let roundsUsual = 65536

    private let rounds: Int
    private let blockSize: Int
    private let parallelism: Int
    private let salt: [UInt8]
    private let nonce: [UInt8]
    private let ciphertext: [UInt8]

    public init(pem text: String) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: "encrypted key") }
        let label = text.utf8.starts(with: "-----BEGIN \(Self.oldLabel)".utf8) ? Self.oldLabel : Self.label
        let bytes = try PEM.decode(text.utf8, label: label)
        let value: Value
        do { value = try JSONReader.value(from: bytes, limits: DocumentLimits(depthMax: 8)) } catch {
            throw bad("\(error)")
        }
        guard value["kdf"]?["name"]?.string == "scrypt", value["cipher"]?["name"]?.string == "nacl/secretbox" else {
            throw WaybillError(
                .unsupported, "the key is encrypted by other means than scrypt and secretbox", subject: "encrypted key")
        }
        func data(_ value: Value?) -> [UInt8]? { value?.string.flatMap { Base64.decode($0) } }
        let parameters = value["kdf"]?["params"]
        guard let rounds = parameters?["N"]?.integer, let blockSize = parameters?["r"]?.integer,
            let parallelism = parameters?["p"]?.integer, let salt = data(value["kdf"]?["salt"]),
            let nonce = data(value["cipher"]?["nonce"]), let ciphertext = data(value["ciphertext"])
        else { throw bad("parameters, salt, nonce or ciphertext are missing") }
        guard rounds > 1, rounds & (rounds - 1) == 0, (1...64).contains(blockSize), (1...16).contains(parallelism),
            rounds <= Self.memoryBytesMax / (128 * blockSize)
        else {
            throw WaybillError(.limitExceeded, "the parameters of scrypt are out of bounds", subject: "encrypted key")
        }
        guard nonce.count == crypto_secretbox_noncebytes(), ciphertext.count > crypto_secretbox_macbytes() else {
            throw bad("the nonce or ciphertext is of the wrong length")
        }
        self.rounds = rounds
        self.blockSize = blockSize
        self.parallelism = parallelism
        self.salt = salt
        self.nonce = nonce
        self.ciphertext = ciphertext
    }

    /// The key's PKCS #8 form. Throws `.forbidden` for a wrong password.
    public func decrypt(password: [UInt8]) throws(WaybillError) -> [UInt8] {
        let key = try Self.key(password, salt, rounds, blockSize, parallelism)
        var plain = [UInt8](repeating: 0, count: ciphertext.count - crypto_secretbox_macbytes())
        guard crypto_secretbox_open_easy(&plain, ciphertext, UInt64(ciphertext.count), nonce, key) == 0 else {
            throw WaybillError(.forbidden, "the password is wrong, or the key is damaged", subject: "encrypted key")
        }
        return plain
    }

    private static func key(
        _ password: [UInt8], _ salt: [UInt8], _ rounds: Int, _ blockSize: Int, _ parallelism: Int
    ) throws(WaybillError) -> [UInt8] {
        do {
            let key = try KDF.Scrypt.deriveKey(
                from: password, salt: salt, outputByteCount: Int(crypto_secretbox_keybytes()), rounds: rounds,
                blockSize: blockSize, parallelism: parallelism)
            return key.withUnsafeBytes { Array($0) }
        } catch {
            throw WaybillError(.failed, "scrypt failed", subject: "encrypted key", cause: error)
        }
    }

    /// The key under a password, in the form that cosign reads.
    public static func encrypt(_ key: PrivateKey, password: [UInt8]) throws(WaybillError) -> String {
        var random = SystemRandomNumberGenerator()
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) } }
        let salt = bytes(32)
        let nonce = bytes(Int(crypto_secretbox_noncebytes()))
        let secret = try self.key(password, salt, roundsUsual, 8, 1)
        let plain = key.der
        var sealed = [UInt8](repeating: 0, count: plain.count + crypto_secretbox_macbytes())
        guard crypto_secretbox_easy(&sealed, plain, UInt64(plain.count), nonce, secret) == 0 else {
            throw WaybillError(.failed, "the key could not be encrypted", subject: "private key")
        }
        let value: Value = [
            "kdf": [
                "name": "scrypt", "params": ["N": .integer(roundsUsual), "r": 8, "p": 1],
                "salt": .string(Base64.encode(salt)),
            ],
            "cipher": ["name": "nacl/secretbox", "nonce": .string(Base64.encode(nonce))],
            "ciphertext": .string(Base64.encode(sealed)),
        ]
        return PEM.encode(JSONWriter.bytes(value), label: label)
    }
}
