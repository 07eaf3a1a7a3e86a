import Crypto
import CryptoExtras

extension PublicKey {
    /// Whether the signature over the message is this key's, in the key's own encoding. ECDSA takes the hash that
    /// goes with its curve (SHA-256, SHA-384, SHA-512), RSA takes SHA-256; a key may name another hash.
    public func isValid(signature: [UInt8], of message: [UInt8]) -> Bool {
        switch material {
        case .ed25519(let key):
            return hash == nil && signature.count == 64 && key.isValidSignature(signature, for: message)
        case .p256, .p384, .p521, .rsa:
            switch hash ?? usualHash {
            case .sha256: return isValid(signature: signature, of: SHA256.hash(data: message))
            case .sha384: return isValid(signature: signature, of: SHA384.hash(data: message))
            case .sha512: return isValid(signature: signature, of: SHA512.hash(data: message))
            }
        }
    }

    private var usualHash: HashAlgorithm {
        switch material {
        case .p384: .sha384
        case .p521: .sha512
        case .p256, .ed25519, .rsa: .sha256
        }
    }

    private func isValid(signature: [UInt8], of digest: some Digest) -> Bool {
        if case .rsa(let key) = material {
            guard encoding != .fixedWidth else { return false }
            return key.isValidSignature(
                .init(rawRepresentation: signature), for: digest,
                padding: encoding == .probabilistic ? .PSS : .insecurePKCS1v1_5)
        }
        guard let raw = fixedWidth(signature) else { return false }
        return isValid(fixedWidth: raw, of: digest)
    }

    /// Whether an OpenPGP or X.509 signature whose bytes were hashed already is this key's: ECDSA as r and s, RSA with
    /// PKCS #1 v1.5 padding.
    public func isValid(plain signature: [UInt8], of message: [UInt8], hash: HashAlgorithm) -> Bool {
        var key = self
        key.hash = hash
        switch algorithm {
        case .ed25519: return false
        case .rsa: key.encoding = .standard
        case .ecdsaP256, .ecdsaP384, .ecdsaP521: key.encoding = .fixedWidth
        }
        return key.isValid(signature: signature, of: message)
    }

    /// Whether an Ed25519 signature over these very bytes is this key's.
    public func isValid(ed25519 signature: [UInt8], of message: [UInt8]) -> Bool {
        guard case .ed25519(let key) = material else { return false }
        return signature.count == 64 && key.isValidSignature(signature, for: message)
    }

    /// r and s, each as wide as the curve, from the key's own encoding.
    private func fixedWidth(_ signature: [UInt8]) -> [UInt8]? {
        guard let width = curve?.coordinateLength else { return nil }
        switch encoding {
        case .standard: return ECDSASignature(der: signature, width: width)?.fixedWidth
        case .fixedWidth: return signature.count == 2 * width ? signature : nil
        case .probabilistic: return nil
        }
    }

    var curve: Curve? {
        switch material {
        case .p256: .p256
        case .p384: .p384
        case .p521: .p521
        case .ed25519, .rsa: nil
        }
    }

    private func isValid(fixedWidth raw: [UInt8], of digest: some Digest) -> Bool {
        switch material {
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw) else { return false }
            return key.isValidSignature(signature, for: digest)
        case .p384(let key):
            guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: raw) else { return false }
            return key.isValidSignature(signature, for: digest)
        case .p521(let key):
            guard let signature = try? P521.Signing.ECDSASignature(rawRepresentation: raw) else { return false }
            return key.isValidSignature(signature, for: digest)
        case .ed25519, .rsa:
            return false
        }
    }

    func isValid(fixedWidth raw: [UInt8], of message: [UInt8]) -> Bool {
        switch usualHash {
        case .sha256: isValid(fixedWidth: raw, of: SHA256.hash(data: message))
        case .sha384: isValid(fixedWidth: raw, of: SHA384.hash(data: message))
        case .sha512: isValid(fixedWidth: raw, of: SHA512.hash(data: message))
        }
    }

    /// Whether an SSH signature of the named algorithm over the message is this key's (RFC 8032, 5656, 8332).
    func isValid(sshSignature signature: [UInt8], algorithm name: String, of message: [UInt8]) -> Bool {
        switch (material, name) {
        case (.ed25519, "ssh-ed25519"):
            return isValid(ed25519: signature, of: message)
        case (.rsa(let key), "rsa-sha2-256"):
            return key.isValidSignature(
                .init(rawRepresentation: signature), for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
        case (.rsa(let key), "rsa-sha2-512"):
            return key.isValidSignature(
                .init(rawRepresentation: signature), for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)
        case (.p256, sshType), (.p384, sshType), (.p521, sshType):
            guard let width = curve?.coordinateLength, let pair = ECDSASignature(ssh: signature, width: width) else {
                return false
            }
            return isValid(fixedWidth: pair.fixedWidth, of: message)
        default:
            return false
        }
    }
}

/// The two numbers of an ECDSA signature, each as wide as the curve.
struct ECDSASignature {
    let fixedWidth: [UInt8]

    private init(_ r: [UInt8], _ s: [UInt8], width: Int) {
        func padded(_ number: [UInt8]) -> [UInt8] { [UInt8](repeating: 0, count: width - number.count) + number }
        fixedWidth = padded(r) + padded(s)
    }

    /// Two `mpint`s and nothing else (RFC 5656 section 3.1.2).
    init?(ssh bytes: [UInt8], width: Int) {
        var reader = SSHReader(bytes, subject: "ECDSA signature")
        guard let r = try? reader.magnitude(widthMax: width), let s = try? reader.magnitude(widthMax: width),
            reader.isAtEnd
        else { return nil }
        self.init(r, s, width: width)
    }

    /// Strict DER: `SEQUENCE { INTEGER, INTEGER }`, shortest forms, nothing behind.
    init?(der bytes: [UInt8], width: Int) {
        var rest = bytes[...]
        guard let content = Self.element(0x30, from: &rest), rest.isEmpty else { return nil }
        var numbers = content
        guard let r = Self.number(from: &numbers, width), let s = Self.number(from: &numbers, width), numbers.isEmpty
        else { return nil }
        self.init(r, s, width: width)
    }

    private static func element(_ tag: UInt8, from bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.popFirst() == tag, let first = bytes.popFirst() else { return nil }
        var count = Int(first)
        if first == 0x81 {
            guard let long = bytes.popFirst(), long >= 0x80 else { return nil }
            count = Int(long)
        } else if first >= 0x80 {
            return nil
        }
        guard bytes.count >= count else { return nil }
        defer { bytes = bytes.dropFirst(count) }
        return bytes.prefix(count)
    }

    private static func number(from bytes: inout ArraySlice<UInt8>, _ width: Int) -> [UInt8]? {
        guard let content = element(0x02, from: &bytes), let first = content.first, first < 0x80 else { return nil }
        if first == 0 {
            guard let second = content.dropFirst().first, second >= 0x80 else { return nil }
        }
        let digits = Array(first == 0 ? content.dropFirst() : content)
        return digits.count <= width ? digits : nil
    }
}
