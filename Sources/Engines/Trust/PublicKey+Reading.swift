import Crypto
import CryptoExtras
public import WaybillCore

extension PublicKey {
    /// Reads `-----BEGIN PUBLIC KEY-----`, or `-----BEGIN RSA PUBLIC KEY-----` as older programs write it.
    public init(pem text: String) throws(WaybillError) {
        if text.utf8.starts(with: "-----BEGIN RSA PUBLIC KEY-----".utf8) {
            try self.init(pkcs1: PEM.decode(text.utf8, label: "RSA PUBLIC KEY"))
        } else {
            try self.init(der: PEM.decode(text.utf8, label: "PUBLIC KEY"))
        }
    }

    /// Reads an RSA key as PKCS #1 writes it (RFC 8017 A.1.1).
    public init(pkcs1 der: [UInt8]) throws(WaybillError) {
        guard der.count <= PEM.bytesMax, let rsa = try? _RSA.Signing.PublicKey(derRepresentation: der),
            Array(rsa.pkcs1DERRepresentation) == der, let key = PublicKey(rsa: rsa)
        else {
            throw WaybillError(.invalidInput, "not an RSA key of 2048 bits or more", subject: "public key")
        }
        self = key
    }

    /// An RSA key of its two numbers, most significant byte first; nil when it is too short or none.
    public init?(rsaModulus modulus: [UInt8], exponent: [UInt8]) {
        guard modulus.count <= 2048, exponent.count <= 8,
            let rsa = try? _RSA.Signing.PublicKey(n: modulus, e: exponent),
            let key = PublicKey(rsa: rsa)
        else { return nil }
        self = key
    }

    /// A key on a NIST curve of its uncompressed point; nil when the curve is unknown or the point not on it.
    public init?(ecdsa algorithm: Algorithm, point: [UInt8]) {
        switch algorithm {
        case .ecdsaP256: self.init(point: point, on: .p256)
        case .ecdsaP384: self.init(point: point, on: .p384)
        case .ecdsaP521: self.init(point: point, on: .p521)
        case .ed25519, .rsa: return nil
        }
    }

    public var pem: String { PEM.encode(der, label: "PUBLIC KEY") }

    /// Reads a `SubjectPublicKeyInfo`. Only the one DER form of a key is taken, so that a key has one name.
    public init(der: [UInt8]) throws(WaybillError) {
        if der.starts(with: Self.prefixEd25519),
            let key = PublicKey(ed25519: Array(der.dropFirst(Self.prefixEd25519.count)))
        {
            self = key
            return
        }
        for curve in Curve.allCases where der.starts(with: curve.prefix) {
            if let key = PublicKey(point: Array(der.dropFirst(curve.prefix.count)), on: curve) {
                self = key
                return
            }
        }
        if der.count <= PEM.bytesMax, let rsa = try? _RSA.Signing.PublicKey(derRepresentation: der),
            let key = PublicKey(rsa: rsa), key.der == der
        {
            self = key
            return
        }
        throw WaybillError(
            .invalidInput, "not an Ed25519, ECDSA (P-256, P-384, P-521) or RSA (2048 bits or more) key",
            subject: "public key")
    }

    /// Reads a line as `id_ed25519.pub` holds it: `ssh-ed25519 AAAA… comment`.
    public init(openSSH line: String) throws(WaybillError) {
        let words = line.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D })
        guard words.count >= 2, let blob = Base64.decode(words[1]) else {
            throw WaybillError(.invalidInput, "expected a key type and its base 64 data", subject: "SSH public key")
        }
        try self.init(sshBlob: blob)
        guard SSHWriter.string(Array(words[0])).elementsEqual(sshBlob.prefix(4 + words[0].count)) else {
            throw WaybillError(
                .invalidInput, "the key is of another type than the line says", subject: "SSH public key")
        }
    }

    public var openSSH: String { "\(sshType) \(Base64.encode(sshBlob))" }

    /// The name of the key's type in SSH: `ssh-ed25519`.
    public var sshType: String {
        switch algorithm {
        case .ed25519: "ssh-ed25519"
        case .ecdsaP256: "ecdsa-sha2-nistp256"
        case .ecdsaP384: "ecdsa-sha2-nistp384"
        case .ecdsaP521: "ecdsa-sha2-nistp521"
        case .rsa: "ssh-rsa"
        }
    }

    /// Reads the binary form of an SSH key. Throws `.unsupported` for a known type that is not taken.
    public init(sshBlob blob: [UInt8]) throws(WaybillError) {
        var reader = SSHReader(blob, subject: "SSH public key")
        let type = try reader.text()
        let key: PublicKey?
        switch type {
        case "ssh-ed25519":
            key = PublicKey(ed25519: try reader.string())
        case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521":
            let name = try reader.text()
            guard type == "ecdsa-sha2-\(name)", let curve = Curve(rawValue: name) else {
                throw reader.bad("the curve is not the one that the type names")
            }
            key = PublicKey(point: try reader.string(), on: curve)
        case "ssh-rsa":
            let exponent = try reader.magnitude(widthMax: 8)
            let modulus = try reader.magnitude(widthMax: 2048)
            key = (try? _RSA.Signing.PublicKey(n: modulus, e: exponent)).flatMap { PublicKey(rsa: $0) }
        case "ssh-dss":
            throw WaybillError(
                .unsupported, "DSA keys are too weak to be trusted", subject: "SSH public key",
                remedy: "make a new key: ssh-keygen -t ed25519")
        case let other where other.hasPrefix("sk-"):
            throw WaybillError(
                .unsupported, "keys on a security token (\(Redaction.excerpt(other))) are not supported yet",
                subject: "SSH public key", remedy: "make a key in a file: ssh-keygen -t ed25519")
        case let other where other.hasSuffix("-cert-v01@openssh.com"):
            throw WaybillError(
                .unsupported, "SSH certificates are not supported", subject: "SSH public key",
                remedy: "list the person's own key")
        default:
            throw WaybillError(.unsupported, "unknown key type \(Redaction.excerpt(type))", subject: "SSH public key")
        }
        guard let key else { throw reader.bad("holds no valid key") }
        try reader.finish()
        guard key.sshBlob == blob else { throw reader.bad("is not in its shortest form") }
        self = key
    }
}
