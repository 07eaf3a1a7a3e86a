public import Documents
public import WaybillCore

extension SigstoreBundle {
    /// Reads version 0.1, 0.2 or 0.3. Exactly one kind of key material and one kind of content must be there.
    public init(parsing bytes: [UInt8]) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: "bundle") }
        guard bytes.count <= Self.bytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(Self.bytesMax) bytes", subject: "bundle")
        }
        let value: Value
        do { value = try JSONReader.value(from: bytes, limits: DocumentLimits(depthMax: 64)) } catch {
            throw bad("\(error)")
        }
        try self.init(value)
    }

    public init(_ value: Value) throws(WaybillError) {
        let reader = try PredicateReader(value, "bundle")
        let type = try reader.requiredString("mediaType")
        guard let version = Self.version(of: type) else {
            throw WaybillError(
                .unsupported, "unknown media type \(Redaction.excerpt(type))", subject: "bundle",
                remedy: "bundles of versions 0.1 to 0.3 are read")
        }
        let verification = try reader.requiredObject("verificationMaterial")
        var logEntries: [LogEntry] = []
        for entry in try Self.few("tlogEntries", in: verification) { logEntries.append(try LogEntry(entry)) }
        var timestamps: [[UInt8]] = []
        if let data = try verification.object("timestampVerificationData") {
            for stamp in try Self.few("rfc3161Timestamps", in: data) {
                timestamps.append(try stamp.requiredBytes("signedTimestamp"))
            }
        }
        // One proof that stands there twice is one proof.
        guard Set(logEntries).count == logEntries.count, Set(timestamps).count == timestamps.count else {
            throw verification.bad("", "each log entry and each timestamp once")
        }
        self.init(
            version: version, material: try Self.material(verification, version), logEntries: logEntries,
            timestamps: timestamps, content: try Self.content(reader))
    }

    private static func version(of mediaType: String) -> Version? {
        switch mediaType {
        case "application/vnd.dev.sigstore.bundle+json;version=0.1": .v01
        case "application/vnd.dev.sigstore.bundle+json;version=0.2": .v02
        case "application/vnd.dev.sigstore.bundle+json;version=0.3", Self.mediaType: .v03
        default: nil
        }
    }

    private static func few(_ key: String, in reader: PredicateReader) throws(WaybillError) -> [PredicateReader] {
        let list = try reader.objects(key)
        guard list.count <= entriesMax else { throw reader.bad(key, "at most \(entriesMax) elements") }
        return list
    }

    private static func material(_ reader: PredicateReader, _ version: Version) throws(WaybillError) -> Material {
        let names = ["publicKey", "x509CertificateChain", "certificate"].filter { reader.member($0) != nil }
        guard names.count == 1 else {
            throw reader.bad("", "exactly one of publicKey, certificate and x509CertificateChain")
        }
        if let key = try reader.object("publicKey") { return .publicKey(hint: try key.string("hint") ?? "") }
        if let certificate = try reader.object("certificate") {
            return .certificates([try certificate.requiredBytes("rawBytes")])
        }
        let chain = try reader.requiredObject("x509CertificateChain")
        guard version < .v03 else {
            throw reader.bad("x509CertificateChain", "the signer's certificate alone (certificate) since version 0.3")
        }
        var certificates: [[UInt8]] = []
        for certificate in try few("certificates", in: chain) {
            certificates.append(try certificate.requiredBytes("rawBytes"))
        }
        guard !certificates.isEmpty else { throw chain.bad("certificates", "at least one certificate") }
        return .certificates(certificates)
    }

    private static func content(_ reader: PredicateReader) throws(WaybillError) -> Content {
        let envelope = try reader.object("dsseEnvelope")
        let message = try reader.object("messageSignature")
        switch (envelope, message) {
        case (let envelope?, nil):
            let envelope = try Envelope(envelope.value)
            guard envelope.signatures.count == 1 else {
                throw reader.bad("dsseEnvelope.signatures", "exactly one signature")
            }
            return .envelope(envelope)
        case (nil, let message?):
            var digest: MessageDigest?
            if let stated = try message.object("messageDigest") {
                digest = MessageDigest(
                    algorithm: try stated.requiredString("algorithm"), bytes: try stated.requiredBytes("digest"))
            }
            return .message(digest: digest, signature: try message.requiredBytes("signature"))
        default:
            throw reader.bad("", "exactly one of dsseEnvelope and messageSignature")
        }
    }

    public var value: Value {
        var material: [(key: String, value: Value)] = []
        switch self.material {
        case .publicKey(let hint): material.append(("publicKey", ["hint": .string(hint)]))
        case .certificates(let list):
            let certificates = list.map { Value.members(("rawBytes", .string(Base64.encode($0)))) }
            if version >= .v03, let first = certificates.first {
                material.append(("certificate", first))
            } else {
                material.append(("x509CertificateChain", ["certificates": .array(certificates)]))
            }
        }
        if !logEntries.isEmpty { material.append(("tlogEntries", .array(logEntries.map(\.value)))) }
        if !timestamps.isEmpty {
            let list = timestamps.map { Value.members(("signedTimestamp", .string(Base64.encode($0)))) }
            material.append(("timestampVerificationData", ["rfc3161Timestamps": .array(list)]))
        }
        return .members(
            ("mediaType", .string(version == .v03 ? Self.mediaType : Self.oldMediaType(version))),
            ("verificationMaterial", .object(Object(material))), contentMember)
    }

    private var contentMember: (key: String, value: Value?) {
        switch content {
        case .envelope(let envelope): return ("dsseEnvelope", envelope.value)
        case .message(let digest, let signature):
            return (
                "messageSignature",
                .members(
                    (
                        "messageDigest",
                        digest.map {
                            ["algorithm": .string($0.algorithm), "digest": .string(Base64.encode($0.bytes))]
                        }
                    ),
                    ("signature", .string(Base64.encode(signature))))
            )
        }
    }

    private static func oldMediaType(_ version: Version) -> String {
        "application/vnd.dev.sigstore.bundle+json;version=0.\(version.rawValue)"
    }

    public var bytes: [UInt8] { JSONWriter.bytes(value, style: .canonical) }
}

extension SigstoreBundle.LogEntry {
    init(_ reader: PredicateReader) throws(WaybillError) {
        let kind = try reader.requiredObject("kindVersion")
        self.init(
            logIndex: try reader.wholeNumber("logIndex") ?? 0,
            logID: try reader.requiredObject("logId").requiredBytes("keyId"),
            kind: try kind.requiredString("kind"), kindVersion: try kind.requiredString("version"),
            integratedTime: try reader.wholeNumber("integratedTime").flatMap {
                $0 == 0 ? nil : Timestamp(seconds: Int64($0))
            },
            promise: try reader.object("inclusionPromise")?.requiredBytes("signedEntryTimestamp"),
            proof: try reader.object("inclusionProof").map { proof throws(WaybillError) in
                try SigstoreBundle.InclusionProof(proof)
            },
            body: try reader.requiredBytes("canonicalizedBody"))
    }

    var value: Value {
        .members(
            ("logIndex", .string(String(logIndex))), ("logId", ["keyId": .string(Base64.encode(logID))]),
            ("kindVersion", ["kind": .string(kind), "version": .string(kindVersion)]),
            ("integratedTime", integratedTime.map { .string(String($0.seconds)) }),
            ("inclusionPromise", promise.map { ["signedEntryTimestamp": .string(Base64.encode($0))] }),
            ("inclusionProof", proof?.value), ("canonicalizedBody", .string(Base64.encode(body))))
    }
}

extension SigstoreBundle.InclusionProof {
    /// A tree of 2^63 leaves has paths of 63 hashes.
    static let hashesMax = 64

    init(_ reader: PredicateReader) throws(WaybillError) {
        var hashes: [[UInt8]] = []
        for text in try reader.strings("hashes") {
            guard hashes.count < Self.hashesMax, let hash = Base64.decode(text), hash.count == 32 else {
                throw reader.bad("hashes", "at most \(Self.hashesMax) SHA-256 hashes in base 64")
            }
            hashes.append(hash)
        }
        self.init(
            index: try reader.wholeNumber("logIndex") ?? 0, treeSize: try reader.wholeNumber("treeSize") ?? 0,
            rootHash: try reader.requiredBytes("rootHash"), hashes: hashes,
            checkpoint: try reader.object("checkpoint")?.string("envelope"))
    }

    var value: Value {
        .members(
            ("logIndex", .string(String(index))), ("rootHash", .string(Base64.encode(rootHash))),
            ("treeSize", .string(String(treeSize))), ("hashes", .array(hashes.map { .string(Base64.encode($0)) })),
            ("checkpoint", checkpoint.map { ["envelope": .string($0)] }))
    }
}
