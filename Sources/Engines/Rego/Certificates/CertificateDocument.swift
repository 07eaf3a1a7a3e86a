import WaybillCore

/// An X.509 certificate (RFC 5280) taken apart, as far as policies see it.
struct CertificateDocument {
    let whole: [UInt8]
    let toBeSigned: ArraySlice<UInt8>
    let version: Int
    let serialNumber: BigInteger
    let signatureAlgorithm: [Int]
    let signature: ArraySlice<UInt8>
    let issuer: DistinguishedName
    let subject: DistinguishedName
    let notBefore: String
    let notAfter: String
    let keyInfo: ArraySlice<UInt8>
    let keyAlgorithm: [Int]
    let extensions: [CertificateExtension]

    init(_ bytes: [UInt8]) throws(DERValue.Malformed) {
        var rest = bytes[...]
        try self.init(reading: &rest)
    }

    init(reading bytes: inout ArraySlice<UInt8>) throws(DERValue.Malformed) {
        let certificate = try DERValue.read(&bytes).expect(DERValue.sequence)
        whole = Array(certificate.whole)
        let parts = try certificate.members()
        guard parts.count == 3 else { throw DERValue.Malformed("malformed certificate") }
        toBeSigned = parts[0].whole
        signatureAlgorithm = try parts[1].members().first?.identifierParts() ?? []
        signature = try parts[2].expect(DERValue.bitString).bits
        var fields = try parts[0].expect(DERValue.sequence).members()[...]
        if let first = fields.first, first.tag == 0xA0 {
            version = (try DERValue(first.content).number.int ?? 0) + 1
            fields.removeFirst()
        } else {
            version = 1
        }
        guard fields.count >= 6 else { throw DERValue.Malformed("malformed tbs certificate") }
        let list = Array(fields)
        serialNumber = try list[0].expect(DERValue.integer).number
        issuer = try DistinguishedName(list[2])
        let validity = try list[3].members()
        guard validity.count == 2 else { throw DERValue.Malformed("malformed validity") }
        notBefore = try Self.time(validity[0])
        notAfter = try Self.time(validity[1])
        subject = try DistinguishedName(list[4])
        keyInfo = list[5].whole
        keyAlgorithm = try list[5].members().first?.members().first?.identifierParts() ?? []
        var found: [CertificateExtension] = []
        for part in list.dropFirst(6) where part.tag == 0xA3 {
            for item in try DERValue(part.content).members() { found.append(try CertificateExtension(item)) }
        }
        extensions = found
    }

    /// Every certificate in PEM, or in base 64 of PEM or DER.
    static func all(_ text: String) throws(BuiltinFailure) -> [CertificateDocument] {
        var content = text
        var bytes: [UInt8] = []
        if !text.hasPrefix("-----BEGIN") {
            bytes = Array(try EncodingBuiltins.decodedBytes(text))
            content = String(decoding: bytes, as: UTF8.self)
        }
        if content.hasPrefix("-----BEGIN") {
            bytes = []
            for block in PEMBlock.blocks(content) {
                guard block.type == "CERTIFICATE" else {
                    throw BuiltinFailure("PEM block type is '\(block.type)', expected CERTIFICATE")
                }
                bytes += block.bytes
            }
        }
        do throws(DERValue.Malformed) {
            var result: [CertificateDocument] = []
            var rest = bytes[...]
            while !rest.isEmpty { result.append(try CertificateDocument(reading: &rest)) }
            return result
        } catch {
            throw BuiltinFailure("x509: malformed certificate: \(error.message)")
        }
    }

    /// UTCTime or GeneralizedTime, as RFC 3339 writes it.
    static func time(_ value: DERValue) throws(DERValue.Malformed) -> String {
        var digits = Array(value.text.prefix { $0.isNumber })
        if value.tag == 0x17 {
            guard digits.count == 12 else { throw DERValue.Malformed("malformed UTCTime") }
            digits = Array(digits[0] >= "5" ? "19" : "20") + digits
        }
        guard digits.count == 14, value.text.hasSuffix("Z") else {
            throw DERValue.Malformed("malformed GeneralizedTime")
        }
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z"
    }

    func nanoseconds(_ time: String) -> Int? {
        try? TimeLayout.parse(time, layout: "2006-01-02T15:04:05Z07:00")
    }

    func value(of identifier: [Int]) -> DERValue? {
        extensions.first { $0.identifier == identifier }.flatMap { try? DERValue($0.value) }
    }
}

struct CertificateExtension {
    let identifier: [Int]
    let isCritical: Bool
    let value: ArraySlice<UInt8>

    init(_ item: DERValue) throws(DERValue.Malformed) {
        let parts = try item.expect(DERValue.sequence).members()
        guard parts.count >= 2, let last = parts.last else { throw DERValue.Malformed("malformed extension") }
        identifier = parts[0].identifierParts()
        isCritical = parts.count == 3 && parts[1].content.first != 0
        value = try last.expect(DERValue.octetString).content
    }
}

/// A subject's or issuer's name.
struct DistinguishedName {
    let whole: ArraySlice<UInt8>
    var attributes: [(identifier: [Int], text: String)] = []

    init(_ value: DERValue) throws(DERValue.Malformed) {
        whole = value.whole
        for set in try value.expect(DERValue.sequence).members() {
            for attribute in try set.members() {
                let parts = try attribute.members()
                guard parts.count == 2 else { throw DERValue.Malformed("malformed name") }
                attributes.append((parts[0].identifierParts(), Self.text(parts[1])))
            }
        }
    }

    /// BMPString is UTF-16; the others are close enough to UTF-8.
    private static func text(_ value: DERValue) -> String {
        guard value.tag == 0x1E else { return value.text }
        let bytes = Array(value.content)
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        return String(decoding: units, as: UTF16.self)
    }

    private func texts(_ last: Int) -> [String] {
        attributes.filter { $0.identifier == [2, 5, 4, last] }.map(\.text)
    }

    var commonName: String { texts(3).last ?? "" }

    var value: RegoValue {
        func list(_ last: Int) -> RegoValue {
            let found = texts(last)
            return found.isEmpty ? .null : .array(found.map { .string($0) })
        }
        let names = attributes.map { attribute -> RegoValue in
            [
                "Type": .array(attribute.identifier.map { .int($0) }), "Value": .string(attribute.text),
            ]
        }
        return [
            "Country": list(6), "Organization": list(10), "OrganizationalUnit": list(11), "Locality": list(7),
            "Province": list(8), "StreetAddress": list(9), "PostalCode": list(17),
            "SerialNumber": .string(texts(5).last ?? ""), "CommonName": .string(commonName),
            "Names": names.isEmpty ? .null : .array(names), "ExtraNames": .null,
        ]
    }
}
