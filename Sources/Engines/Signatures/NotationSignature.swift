public import Attestations
import Documents
import Trust
public import WaybillCore

/// A Notary Project signature of an image in its JWS form: who signed is said by a chain of certificates.
public struct NotationSignature: Sendable {
    public static let artifactType = "application/vnd.cncf.notary.signature"
    public static let mediaType = "application/jose+json"
    static let payloadType = "application/vnd.cncf.notary.payload.v1+json"
    static let scheme = "io.cncf.notary.signingScheme"
    static let signingTime = "io.cncf.notary.signingTime"
    static let authenticSigningTime = "io.cncf.notary.authenticSigningTime"
    static let expiry = "io.cncf.notary.expiry"

    public static let bytesMax = 1 << 20

    private let protected: String
    private let payload: String
    private let signature: [UInt8]
    private let header: Value
    private let chain: [SigningCertificate]
    private let timestamp: [UInt8]?

    public init(parsing bytes: [UInt8]) throws(SignatureFailure) {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.format, message) }
        guard bytes.count <= Self.bytesMax else { throw bad("the signature is too large") }
        // The tag of COSE_Sign1 (RFC 9052), which no JSON begins with.
        guard bytes.first != 0xD2 else {
            throw SignatureFailure(.unsupported, "Notation signatures in the COSE form are not supported, only JWS")
        }
        let value: Value
        do { value = try JSONReader.value(from: bytes, limits: DocumentLimits(depthMax: 32)) } catch {
            throw bad("the signature is not JSON: \(error)")
        }
        guard let payload = value["payload"]?.string, let protected = value["protected"]?.string,
            let signature = value["signature"]?.string.flatMap({ Base64.decode($0) }),
            let headerBytes = Base64.decode(protected)
        else { throw bad("the signature has no payload, protected header or signature") }
        do { header = try JSONReader.value(from: headerBytes, limits: DocumentLimits(depthMax: 16)) } catch {
            throw bad("the protected header is not JSON: \(error)")
        }
        var chain: [SigningCertificate] = []
        for element in (value["header"]?["x5c"]?.array ?? []).prefix(SigstoreBundle.entriesMax) {
            guard let der = element.string.flatMap({ Base64.decode($0) }) else {
                throw bad("a certificate is not base 64")
            }
            chain.append(try SigningCertificate(der: der))
        }
        guard !chain.isEmpty else { throw bad("the signature has no certificate") }
        self.payload = payload
        self.protected = protected
        self.signature = signature
        self.chain = chain
        timestamp = value["header"]?["io.cncf.notary.timestampSignature"]?.string.flatMap { Base64.decode($0) }
    }

    /// What a genuine signature says.
    public struct Verified: Sendable {
        public let signer: SigningCertificate
        public let image: Digest
        public let mediaType: String
        public let size: Int
    }

    /// Verifies the signature against authorities. A signing time counts only with a trusted authority's timestamp; without
    /// one the certificates must be valid now.
    public func verify(
        image: Digest, authorities: [SigningCertificate], timestampAuthorities: [TrustedRoot.Authority] = [],
        at moment: Timestamp
    ) throws(SignatureFailure) -> Verified {
        try checkHeader(at: moment)
        guard let leaf = chain.first, var key = leaf.key else {
            throw SignatureFailure(.unsupported, "the certificate's key is of a kind that is not supported")
        }
        try Self.bind(&key, to: header["alg"]?.string ?? "")
        guard key.isValid(signature: signature, of: Array("\(protected).\(payload)".utf8)) else {
            throw SignatureFailure(.signature, "the signature does not fit")
        }
        var time = moment
        if let timestamp, !timestampAuthorities.isEmpty {
            let token = try TimestampToken(parsing: timestamp)
            try token.verify(signature, authorities: timestampAuthorities)
            time = token.time
        }
        _ = try CertificateChain(
            of: leaf, intermediates: Array(chain.dropFirst()), roots: authorities, at: time, for: .signing)
        guard !leaf.isAuthority else {
            throw SignatureFailure(.certificate, "an authority's own certificate signs nothing else")
        }
        return try verified(leaf, image)
    }

    private func checkHeader(at moment: Timestamp) throws(SignatureFailure) {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.format, message) }
        guard header["cty"]?.string == Self.payloadType else { throw bad("the payload is of another type") }
        let critical = (header["crit"]?.array ?? []).map { $0.string ?? "" }
        let known = [Self.scheme, Self.authenticSigningTime, Self.expiry]
        for name in critical {
            guard known.contains(name) else {
                throw SignatureFailure(
                    .unsupported, "the header \(Redaction.excerpt(name)) must be understood, and is not")
            }
            guard header[name] != nil else { throw bad("the critical header \(name) is missing") }
        }
        guard critical.contains(Self.scheme), header[Self.scheme]?.string == "notary.x509" else {
            throw SignatureFailure(.unsupported, "only the signing scheme notary.x509 is supported")
        }
        if let text = header[Self.expiry]?.string {
            guard critical.contains(Self.expiry) else { throw bad("the expiry is not marked as critical") }
            guard let expiry = Timestamp(text) else { throw bad("the expiry is no time") }
            guard moment < expiry else { throw SignatureFailure(.time, "the signature expired at \(expiry)") }
        }
    }

    /// The algorithm must be the key's own: a header cannot choose a weaker one.
    private static func bind(_ key: inout PublicKey, to algorithm: String) throws(SignatureFailure) {
        switch (algorithm, key.algorithm) {
        case ("PS256", .rsa), ("PS384", .rsa), ("PS512", .rsa):
            key.encoding = .probabilistic
            key.hash = PublicKey.HashAlgorithm(rawValue: "sha\(algorithm.dropFirst(2))")
            // The size of the key decides about the hash (Notary Project, signature algorithm requirements).
            let bits = (key.rsaModulusLength ?? 0) * 8
            let needed: PublicKey.HashAlgorithm = bits >= 4096 ? .sha512 : bits >= 3072 ? .sha384 : .sha256
            guard key.hash == needed else {
                throw SignatureFailure(.signature, "the algorithm \(algorithm) is not the one for this key")
            }
        case ("ES256", .ecdsaP256), ("ES384", .ecdsaP384), ("ES512", .ecdsaP521): key.encoding = .fixedWidth
        default:
            throw SignatureFailure(
                .signature, "the algorithm \(Redaction.excerpt(algorithm)) is not the one for this key")
        }
    }

    private func verified(_ leaf: SigningCertificate, _ image: Digest) throws(SignatureFailure) -> Verified {
        guard let bytes = Base64.decode(payload),
            let value = try? JSONReader.value(from: bytes, limits: DocumentLimits(depthMax: 16)),
            let target = value["targetArtifact"], let digest = target["digest"]?.string.flatMap({ Digest($0) }),
            let mediaType = target["mediaType"]?.string, let size = target["size"]?.integer
        else { throw SignatureFailure(.format, "the payload names no artifact") }
        guard digest == image else {
            throw SignatureFailure(.subject, "the signature is about \(digest), not \(image)")
        }
        return Verified(signer: leaf, image: digest, mediaType: mediaType, size: size)
    }
}

extension NotationSignature {
    /// The bytes that a signer signs for an image: the first and second part of the JWS, with the dot between.
    public static func message(
        image: Digest, mediaType: String, size: Int, algorithm: String, time: Timestamp, expiry: Timestamp? = nil
    ) -> (protected: String, payload: String) {
        let target: Value = [
            "targetArtifact": [
                "mediaType": .string(mediaType), "digest": .string(image.description), "size": .integer(size),
            ]
        ]
        var critical: [Value] = [.string(scheme)]
        if expiry != nil { critical.append(.string(Self.expiry)) }
        var members: [(key: String, value: Value)] = [
            ("alg", .string(algorithm)), ("crit", .array(critical)), ("cty", .string(payloadType)),
            (scheme, "notary.x509"), (signingTime, .string(time.description)),
        ]
        if let expiry { members.append((Self.expiry, .string(expiry.description))) }
        func encoded(_ value: Value) -> String {
            Base64.encode(JSONWriter.bytes(value, style: .canonical), alphabet: .urlSafe)
        }
        return (encoded(.object(Object(members))), encoded(target))
    }

    /// The whole signature as it is stored.
    public static func envelope(
        protected: String, payload: String, signature: [UInt8], chain: [SigningCertificate], agent: String
    ) -> [UInt8] {
        JSONWriter.bytes(
            [
                "payload": .string(payload), "protected": .string(protected),
                "header": [
                    "x5c": .array(chain.map { .string(Base64.encode($0.der)) }),
                    "io.cncf.notary.signingAgent": .string(agent),
                ],
                "signature": .string(Base64.encode(signature, alphabet: .urlSafe)),
            ], style: .canonical)
    }
}
