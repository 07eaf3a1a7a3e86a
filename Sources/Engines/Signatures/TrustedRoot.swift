import Attestations
import Documents
public import Trust
import WaybillCore

/// Whom a verifier believes about identities, logs and times: a sigstore trusted root, supplied as a file.
public struct TrustedRoot: Hashable, Sendable {
    /// A log of signatures or of certificates.
    public struct Log: Hashable, Sendable {
        /// The log's name in its checkpoints: the host of its address.
        public var name: String
        public var id: [UInt8]
        public var key: PublicKey
        public var validity: TimeRange
    }

    /// An authority for certificates or for timestamps.
    public struct Authority: Hashable, Sendable {
        /// Those that stand between a signer and the root; for timestamps perhaps with the signer's own.
        public var intermediates: [SigningCertificate]
        public var root: SigningCertificate
        public var validity: TimeRange
    }

    public var logs: [Log]
    public var certificateLogs: [Log]
    public var certificateAuthorities: [Authority]
    public var timestampAuthorities: [Authority]

    public init(
        logs: [Log] = [], certificateLogs: [Log] = [], certificateAuthorities: [Authority] = [],
        timestampAuthorities: [Authority] = []
    ) {
        self.logs = logs
        self.certificateLogs = certificateLogs
        self.certificateAuthorities = certificateAuthorities
        self.timestampAuthorities = timestampAuthorities
    }
}

extension TrustedRoot {
    static let bytesMax = 4 << 20

    /// Reads the JSON form, version 0.1. A root that is damaged anywhere is not used at all; a key of a kind that is not
    /// supported is left out, so that its signatures count for nothing.
    public init(parsing bytes: [UInt8]) throws(SignatureFailure) {
        guard bytes.count <= Self.bytesMax else { throw SignatureFailure(.format, "the trusted root is too large") }
        let value: Value
        do { value = try JSONReader.value(from: bytes, limits: DocumentLimits(depthMax: 64)) } catch {
            throw SignatureFailure(.format, "the trusted root is not JSON: \(error)")
        }
        guard let type = value["mediaType"]?.string,
            type.utf8.starts(with: "application/vnd.dev.sigstore.trustedroot".utf8)
        else { throw SignatureFailure(.format, "is not a trusted root") }
        self.init(
            logs: try Self.list(value["tlogs"], Self.log), certificateLogs: try Self.list(value["ctlogs"], Self.log),
            certificateAuthorities: try Self.list(value["certificateAuthorities"], Self.authority),
            timestampAuthorities: try Self.list(value["timestampAuthorities"], Self.authority))
    }

    private static func list<Element>(
        _ value: Value?, _ read: (Value) throws(SignatureFailure) -> Element?
    ) throws(SignatureFailure) -> [Element] {
        var result: [Element] = []
        for element in value?.array ?? [] {
            if let read = try read(element) { result.append(read) }
        }
        return result
    }

    private static func log(_ value: Value) throws(SignatureFailure) -> Log? {
        let validity = try TimeRange(value["publicKey"]?["validFor"], of: "a log's key")
        guard let address = value["baseUrl"]?.string, let id = bytes(value["logId"]?["keyId"]), !id.isEmpty,
            let raw = bytes(value["publicKey"]?["rawBytes"])
        else { throw SignatureFailure(.format, "a log has no address, name or key") }
        guard let key = key(raw, details: value["publicKey"]?["keyDetails"]?.string ?? "") else { return nil }
        return Log(name: host(of: address), id: id, key: key, validity: validity)
    }

    private static func authority(_ value: Value) throws(SignatureFailure) -> Authority? {
        let validity = try TimeRange(value["validFor"], of: "an authority")
        var certificates: [SigningCertificate] = []
        for element in value["certChain"]?["certificates"]?.array ?? [] {
            guard let der = bytes(element["rawBytes"]) else {
                throw SignatureFailure(.format, "an authority's certificate is not base 64")
            }
            certificates.append(try SigningCertificate(der: der))
        }
        guard let root = certificates.last else { throw SignatureFailure(.format, "an authority has no certificate") }
        return Authority(intermediates: certificates.dropLast(), root: root, validity: validity)
    }

    /// The key in the encoding that its details name; nil for kinds that are not supported.
    static func key(_ raw: [UInt8], details: String) -> PublicKey? {
        if details == "PKCS1_RSA_PKCS1V5" { return try? PublicKey(pkcs1: raw) }
        guard var key = try? PublicKey(der: raw) else { return nil }
        switch details {
        case "PKIX_ECDSA_P256_SHA_256", "PKIX_ED25519", "PKIX_ECDSA_P384_SHA_384", "PKIX_ECDSA_P521_SHA_512",
            "PKIX_RSA_PKCS1V15_2048_SHA256", "PKIX_RSA_PKCS1V15_3072_SHA256", "PKIX_RSA_PKCS1V15_4096_SHA256":
            return key
        case "PKIX_RSA_PSS_2048_SHA256", "PKIX_RSA_PSS_3072_SHA256", "PKIX_RSA_PSS_4096_SHA256":
            key.encoding = .probabilistic
            return key
        default: return nil
        }
    }

    private static func bytes(_ value: Value?) -> [UInt8]? { value?.string.flatMap { Base64.decode($0) } }

    /// `https://rekor.example:8000/x` gives `rekor.example:8000`.
    private static func host(of address: String) -> String {
        let bytes = Array(address.utf8)
        var start = 0
        for index in bytes.indices.dropLast(2) where bytes[index...].starts(with: "://".utf8) {
            start = index + 3
            break
        }
        return String(decoding: bytes[start...].prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self)
    }
}
