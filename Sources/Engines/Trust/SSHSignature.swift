import Crypto
public import WaybillCore

/// A signature as `ssh-keygen -Y sign` makes it (OpenSSH's PROTOCOL.sshsig), with the key that it claims.
public struct SSHSignature: Hashable, Sendable {
    /// The first bytes of the binary form, by which it is told from a bare signature.
    public static let magic = Array("SSHSIG".utf8)
    public static let label = "SSH SIGNATURE"
    /// The largest binary form that is read: an RSA key of 16384 bits and its signature need 5 KiB.
    public static let bytesMax = 16 << 10

    /// The hash that is taken of the message first.
    public enum HashAlgorithm: String, Sendable, CaseIterable { case sha256, sha512 }

    public let key: PublicKey
    /// What the signature is for: `git`, `waybill`.
    public let namespace: String
    public let hashAlgorithm: HashAlgorithm
    private let reserved: [UInt8]
    private let algorithm: String
    private let signature: [UInt8]
    /// The binary form.
    public let bytes: [UInt8]

    /// Reads the form between `-----BEGIN SSH SIGNATURE-----` and its end.
    public init(armored text: [UInt8]) throws(WaybillError) {
        try self.init(parsing: PEM.decode(text, label: Self.label))
    }

    /// Reads the binary form.
    public init(parsing bytes: [UInt8]) throws(WaybillError) {
        var reader = SSHReader(bytes, subject: "SSH signature")
        guard bytes.count <= Self.bytesMax else { throw reader.bad("is larger than \(Self.bytesMax) bytes") }
        guard try reader.take(6) == Self.magic else { throw reader.bad("does not begin with SSHSIG") }
        guard try reader.uint32() == 1 else { throw reader.bad("is of an unknown version") }
        key = try PublicKey(sshBlob: reader.string())
        namespace = try reader.text()
        guard !namespace.isEmpty else { throw reader.bad("has no namespace") }
        reserved = try reader.string()
        let hash = try reader.text()
        guard let hashAlgorithm = HashAlgorithm(rawValue: hash) else {
            throw WaybillError(.unsupported, "unknown hash \(Redaction.excerpt(hash))", subject: "SSH signature")
        }
        self.hashAlgorithm = hashAlgorithm
        var inner = SSHReader(try reader.string(), subject: "SSH signature")
        try reader.finish()
        algorithm = try inner.text()
        signature = try inner.string()
        try inner.finish()
        self.bytes = bytes
    }

    public var armored: String { PEM.encode(bytes, label: Self.label, width: 70) }

    /// Whether the signature is its key's, over this message and for this namespace. Says nothing about whom the key
    /// belongs to.
    public func isValid(of message: [UInt8], namespace expected: String) -> Bool {
        guard namespace.utf8.elementsEqual(expected.utf8) else { return false }
        let hash = hashAlgorithm == .sha256 ? Array(SHA256.hash(data: message)) : Array(SHA512.hash(data: message))
        let signed =
            Self.magic + SSHWriter.string(namespace) + SSHWriter.string(reserved)
            + SSHWriter.string(hashAlgorithm.rawValue) + SSHWriter.string(hash)
        return key.isValid(sshSignature: signature, algorithm: algorithm, of: signed)
    }
}
