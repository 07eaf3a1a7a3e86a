import WaybillCore

/// X.509 certificates, requests and private keys.
enum CertificateBuiltins {
    static let all = [
        Builtin("crypto.x509.parse_certificates", 1) { (a) throws(BuiltinFailure) in
            .array(try CertificateDocument.all(try a.string(0)).map(\.value))
        },
        Builtin("crypto.x509.parse_and_verify_certificates", 1) { (a) throws(BuiltinFailure) in
            try verify(try a.string(0), CertificateChain.Options(time: a.host.surroundings.nowNanoseconds))
        },
        Builtin("crypto.x509.parse_and_verify_certificates_with_options", 2) { (a) throws(BuiltinFailure) in
            let text = try a.string(0)
            return try verify(text, try options(try a.object(1), a.host.surroundings.nowNanoseconds))
        },
        Builtin("crypto.x509.parse_certificate_request", 1, parseRequest),
        Builtin("crypto.x509.parse_keypair", 2, parsePair),
        Builtin("crypto.x509.parse_rsa_private_key", 1) { (a) throws(BuiltinFailure) in
            let text = try a.string(0)
            guard !text.isEmpty else { throw BuiltinFailure("input PEM data was empty") }
            if !text.hasPrefix("-----BEGIN") { _ = try EncodingBuiltins.decodedBytes(text) }
            return try PrivateKeyDocument.all(text).first?.webKey ?? .null
        },
        Builtin("crypto.parse_private_keys", 1) { (a) throws(BuiltinFailure) in
            let text = try a.string(0)
            return text.isEmpty ? .null : .array(try PrivateKeyDocument.all(text).map(\.value))
        },
    ]

    private static func verify(
        _ text: String, _ options: CertificateChain.Options
    ) throws(BuiltinFailure) -> RegoValue {
        guard let certificates = try? CertificateDocument.all(text),
            let chain = CertificateChain.verified(certificates, options)
        else { return [false, .array([])] }
        return [true, .array(chain.map(\.value))]
    }

    private static let usages = [
        "Any", "ServerAuth", "ClientAuth", "CodeSigning", "EmailProtection", "IPSECEndSystem", "IPSECTunnel",
        "IPSECUser", "TimeStamping", "OCSPSigning", "MicrosoftServerGatedCrypto", "NetscapeServerGatedCrypto",
        "MicrosoftCommercialCodeSigning", "MicrosoftKernelCodeSigning",
    ]

    private static func options(_ object: RegoObject, _ now: Int) throws(BuiltinFailure) -> CertificateChain.Options {
        var options = CertificateChain.Options(time: now)
        for member in object {
            guard let name = member.key.string else { continue }
            switch name {
            case "DNSName":
                guard let text = member.value.string else { throw BuiltinFailure("'DNSName' should be a string") }
                options.name = text
            case "CurrentTime":
                guard member.value.number != nil else { throw BuiltinFailure("'CurrentTime' should be a number") }
                guard let time = member.value.int else {
                    throw BuiltinFailure("'CurrentTime' should be a valid int64 number")
                }
                options.time = time
            case "MaxConstraintComparisons":
                guard member.value.number != nil else {
                    throw BuiltinFailure("'MaxConstraintComparisons' should be a number")
                }
            case "KeyUsages":
                guard let elements = member.value.elements else {
                    throw BuiltinFailure("'KeyUsages' should be an Array or Set")
                }
                options.usages = []
                var unknown: [String] = []
                for text in elements.compactMap(\.string) {
                    if let index = usages.firstIndex(where: { "KeyUsage\($0)" == text }) {
                        options.usages.append(index)
                    } else {
                        unknown.append(text)
                    }
                }
                guard unknown.isEmpty else {
                    throw BuiltinFailure(
                        "invalid entries for 'KeyUsages' found: [\(unknown.joined(separator: " "))]")
                }
            default: throw BuiltinFailure("invalid key option")
            }
        }
        return options
    }

    @Sendable private static func parseRequest(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let text = try a.string(0)
        var bytes = Array(text.utf8)
        if !text.hasPrefix("-----BEGIN CERTIFICATE REQUEST-----") { bytes = try EncodingBuiltins.decodedBytes(text) }
        let content = String(decoding: bytes, as: UTF8.self)
        if let block = PEMBlock.blocks(content).first {
            guard block.type == "CERTIFICATE REQUEST" else {
                throw BuiltinFailure("invalid PEM-encoded certificate signing request")
            }
            bytes = block.bytes
        }
        do throws(DERValue.Malformed) {
            return try CertificateRequestDocument(bytes).value
        } catch {
            throw BuiltinFailure(error.message)
        }
    }

    @Sendable private static func parsePair(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let (certificate, key) = (try a.string(0), try a.string(1))
        let certificates = try CertificateDocument.all(certificate)
        var keyText = key
        if !key.hasPrefix("-----BEGIN ") {
            let bytes = try EncodingBuiltins.decodedBytes(key)
            keyText = String(decoding: bytes, as: UTF8.self)
            if !keyText.hasPrefix("-----BEGIN") {
                keyText = "-----BEGIN PRIVATE KEY-----\n\(Base64.encode(bytes))\n-----END PRIVATE KEY-----\n"
            }
        }
        guard let leaf = certificates.first else {
            throw BuiltinFailure("tls: failed to find any PEM data in certificate input")
        }
        guard let secret = try PrivateKeyDocument.all(keyText).first else {
            throw BuiltinFailure("tls: failed to find any PEM data in key input")
        }
        guard secret.belongs(to: leaf) else {
            throw BuiltinFailure("tls: private key does not match public key")
        }
        return [
            "Certificate": .array(certificates.map { .string(Base64.encode($0.whole)) }), "PrivateKey": secret.value,
            "Leaf": leaf.value, "OCSPStaple": .null, "SignedCertificateTimestamps": .null,
            "SupportedSignatureAlgorithms": .null,
        ]
    }
}

/// A request for a certificate (PKCS #10).
struct CertificateRequestDocument {
    let value: RegoValue

    init(_ bytes: [UInt8]) throws(DERValue.Malformed) {
        let request = try DERValue(bytes[...]).expect(DERValue.sequence)
        let parts = try request.members()
        guard parts.count == 3 else { throw DERValue.Malformed("tags don't match") }
        let fields = try parts[0].expect(DERValue.sequence).members()
        guard fields.count >= 3 else { throw DERValue.Malformed("sequence truncated") }
        let subject = try DistinguishedName(fields[1])
        let keyInfo = fields[2].whole
        let algorithm = try parts[1].members().first?.identifierParts() ?? []
        let keyAlgorithm = try fields[2].members().first?.members().first?.identifierParts() ?? []
        func encoded(_ bytes: some Sequence<UInt8>) -> RegoValue { .string(Base64.encode(Array(bytes))) }
        var extensions: [CertificateExtension] = []
        for attribute in try fields.dropFirst(3).first?.members() ?? [] {
            let pair = try attribute.members()
            guard pair.count == 2, pair[0].identifierParts() == [1, 2, 840, 113549, 1, 9, 14] else { continue }
            for list in try pair[1].members() {
                for item in try list.members() { extensions.append(try CertificateExtension(item)) }
            }
        }
        let names = extensions.first { $0.identifier == [2, 5, 29, 17] }.flatMap { try? DERValue($0.value).members() }
        func texts(_ tag: UInt8) -> RegoValue {
            let found = (names ?? []).filter { $0.tag == tag }.map { RegoValue.string($0.text) }
            return found.isEmpty ? .null : .array(found)
        }
        value = [
            "Raw": encoded(request.whole), "RawTBSCertificateRequest": encoded(parts[0].whole),
            "RawSubjectPublicKeyInfo": encoded(keyInfo), "RawSubject": encoded(subject.whole),
            "Version": .int(fields[0].number.int ?? 0), "Signature": encoded(parts[2].bits),
            "SignatureAlgorithm": .int(CertificateDocument.signatureNumber(algorithm)),
            "PublicKeyAlgorithm": .int(CertificateDocument.keyNumber(keyAlgorithm)),
            "PublicKey": PublicKeyDocument.value(keyInfo), "Subject": subject.value, "Attributes": .null,
            "Extensions": extensions.isEmpty
                ? .null
                : .array(
                    extensions.map {
                        [
                            "Id": .array($0.identifier.map { .int($0) }), "Critical": .bool($0.isCritical),
                            "Value": encoded($0.value),
                        ]
                    }),
            "ExtraExtensions": .null, "DNSNames": texts(0x82), "EmailAddresses": texts(0x81),
            "IPAddresses": .null, "URIs": texts(0x86),
        ]
    }
}
