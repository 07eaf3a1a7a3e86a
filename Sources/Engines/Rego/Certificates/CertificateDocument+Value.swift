import WaybillCore

/// Certificates as policies see them: the fields and numbers of Go's `x509.Certificate`.
extension CertificateDocument {
    private static func encoded(_ bytes: some Sequence<UInt8>) -> RegoValue { .string(Base64.encode(Array(bytes))) }

    private static func list(_ texts: [String]) -> RegoValue {
        texts.isEmpty ? .null : .array(texts.map { .string($0) })
    }

    var value: RegoValue {
        var members: [String: RegoValue] = [
            "Raw": Self.encoded(whole), "RawTBSCertificate": Self.encoded(toBeSigned),
            "RawSubjectPublicKeyInfo": Self.encoded(keyInfo), "RawSubject": Self.encoded(subject.whole),
            "RawIssuer": Self.encoded(issuer.whole), "Signature": Self.encoded(signature),
            "SignatureAlgorithm": .int(Self.signatureNumber(signatureAlgorithm)),
            "PublicKeyAlgorithm": .int(Self.keyNumber(keyAlgorithm)),
            "PublicKey": PublicKeyDocument.value(keyInfo), "Version": .int(version),
            "SerialNumber": .number(RegoNumber(serialNumber)), "Issuer": issuer.value, "Subject": subject.value,
            "NotBefore": .string(notBefore), "NotAfter": .string(notAfter), "ExtraExtensions": .null,
            "UnhandledCriticalExtensions": .null, "UnknownExtKeyUsage": .null, "OCSPServer": .null,
            "IssuingCertificateURL": .null, "PermittedDNSDomainsCritical": false, "PermittedDNSDomains": .null,
            "ExcludedDNSDomains": .null, "PermittedIPRanges": .null, "ExcludedIPRanges": .null,
            "PermittedEmailAddresses": .null, "ExcludedEmailAddresses": .null, "PermittedURIDomains": .null,
            "ExcludedURIDomains": .null, "CRLDistributionPoints": .null, "PolicyIdentifiers": .null,
            "Policies": .null, "PolicyMappings": .null, "InhibitAnyPolicy": 0, "InhibitAnyPolicyZero": false,
            "InhibitPolicyMapping": 0, "InhibitPolicyMappingZero": false, "RequireExplicitPolicy": 0,
            "RequireExplicitPolicyZero": false, "SubjectKeyId": .null, "AuthorityKeyId": .null,
        ]
        members["Extensions"] =
            extensions.isEmpty
            ? .null
            : .array(
                extensions.map {
                    [
                        "Id": .array($0.identifier.map { .int($0) }), "Critical": .bool($0.isCritical),
                        "Value": Self.encoded($0.value),
                    ]
                })
        members["KeyUsage"] = .int(keyUsage)
        let usages = extendedUsages.compactMap { Self.usageNumbers[$0] }
        members["ExtKeyUsage"] = usages.isEmpty ? .null : .array(usages.map { .int($0) })
        let constraints = basicConstraints
        members["BasicConstraintsValid"] = .bool(constraints != nil)
        members["IsCA"] = .bool(constraints?.isAuthority ?? false)
        members["MaxPathLen"] = .int(constraints.map { $0.pathLength ?? -1 } ?? 0)
        members["MaxPathLenZero"] = .bool(constraints?.pathLength == 0)
        if let key = value(of: [2, 5, 29, 14]) { members["SubjectKeyId"] = Self.encoded(key.content) }
        if let key = try? value(of: [2, 5, 29, 35])?.members().first(where: { $0.tag == 0x80 }) {
            members["AuthorityKeyId"] = Self.encoded(key.content)
        }
        let names = alternativeNames
        members["DNSNames"] = Self.list(names.dns)
        members["EmailAddresses"] = Self.list(names.mail)
        members["IPAddresses"] = Self.list(names.addresses)
        members["URIs"] = names.uris.isEmpty ? .null : .array(names.uris.map(Self.address))
        members["URIStrings"] = Self.list(names.uris)
        let access = accessLocations
        members["OCSPServer"] = Self.list(access.ocsp)
        members["IssuingCertificateURL"] = Self.list(access.issuers)
        members["CRLDistributionPoints"] = Self.list(distributionPoints)
        members["PolicyIdentifiers"] = policies
        members["Policies"] = policyNames
        let unhandled = unhandledCriticalExtensions
        if !unhandled.isEmpty {
            members["UnhandledCriticalExtensions"] = .array(unhandled.map { .array($0.map { .int($0) }) })
        }
        members.merge(constraintMembers) { $1 }
        return .object(RegoObject(members.map { .init(key: .string($0.key), value: $0.value) }))
    }

    /// A URI in the parts that Go's `url.URL` has.
    private static func address(_ text: String) -> RegoValue {
        let address = WebAddress(text)
        return [
            "Scheme": .string(address?.scheme ?? ""), "Opaque": .string(address?.opaque ?? ""), "User": .null,
            "Host": .string(address?.host ?? ""), "Path": .string(address?.path ?? ""), "RawPath": "",
            "OmitHost": false, "ForceQuery": false, "RawQuery": .string(address?.query ?? ""),
            "Fragment": .string(address?.fragment ?? ""), "RawFragment": "",
        ]
    }

    // MARK: Extensions

    var keyUsage: Int {
        guard let bits = value(of: [2, 5, 29, 15])?.bits else { return 0 }
        var result = 0
        for (index, byte) in bits.prefix(2).enumerated() {
            for bit in 0..<8 where byte & (0x80 >> UInt8(bit)) != 0 { result |= 1 << (index * 8 + bit) }
        }
        return result
    }

    var extendedUsages: [[Int]] {
        ((try? value(of: [2, 5, 29, 37])?.members()) ?? []).map { $0.identifierParts() }
    }

    var basicConstraints: (isAuthority: Bool, pathLength: Int?)? {
        guard let members = try? value(of: [2, 5, 29, 19])?.members() else { return nil }
        let flag = members.first { $0.tag == 0x01 }?.content.first ?? 0
        return (flag != 0, members.first { $0.tag == DERValue.integer }?.number.int)
    }

    struct AlternativeNames {
        var dns: [String] = []
        var mail: [String] = []
        var uris: [String] = []
        var addresses: [String] = []
        var hasAny: Bool { !(dns.isEmpty && mail.isEmpty && uris.isEmpty && addresses.isEmpty) }
    }

    var alternativeNames: AlternativeNames {
        var result = AlternativeNames()
        for name in (try? value(of: [2, 5, 29, 17])?.members()) ?? [] {
            switch name.tag {
            case 0x81: result.mail.append(name.text)
            case 0x82: result.dns.append(name.text)
            case 0x86: result.uris.append(name.text)
            case 0x87:
                let value = name.content.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
                if name.content.count == 4 || name.content.count == 16 {
                    result.addresses.append(Address(value: value, bits: name.content.count * 8).text)
                }
            default: break
            }
        }
        return result
    }

    private var accessLocations: (ocsp: [String], issuers: [String]) {
        var result: (ocsp: [String], issuers: [String]) = ([], [])
        for item in (try? value(of: [1, 3, 6, 1, 5, 5, 7, 1, 1])?.members()) ?? [] {
            guard let parts = try? item.members(), parts.count == 2, parts[1].tag == 0x86 else { continue }
            switch parts[0].identifierParts() {
            case [1, 3, 6, 1, 5, 5, 7, 48, 1]: result.ocsp.append(parts[1].text)
            case [1, 3, 6, 1, 5, 5, 7, 48, 2]: result.issuers.append(parts[1].text)
            default: break
            }
        }
        return result
    }

    private var distributionPoints: [String] {
        var result: [String] = []
        for point in (try? value(of: [2, 5, 29, 31])?.members()) ?? [] {
            guard let name = try? point.members().first(where: { $0.tag == 0xA0 }),
                let full = try? name.members().first(where: { $0.tag == 0xA0 }), let names = try? full.members()
            else { continue }
            result += names.filter { $0.tag == 0x86 }.map(\.text)
        }
        return result
    }

    private var policyList: [[Int]] {
        ((try? value(of: [2, 5, 29, 32])?.members()) ?? []).compactMap { try? $0.members().first?.identifierParts() }
    }

    private var policies: RegoValue {
        policyList.isEmpty ? .null : .array(policyList.map { .array($0.map { .int($0) }) })
    }

    private var policyNames: RegoValue {
        Self.list(policyList.map { $0.map(String.init).joined(separator: ".") })
    }

    // MARK: Numbers of algorithms

    static func signatureNumber(_ identifier: [Int]) -> Int {
        switch identifier {
        case [1, 2, 840, 113549, 1, 1, 2]: 1
        case [1, 2, 840, 113549, 1, 1, 4]: 2
        case [1, 2, 840, 113549, 1, 1, 5]: 3
        case [1, 2, 840, 113549, 1, 1, 11]: 4
        case [1, 2, 840, 113549, 1, 1, 12]: 5
        case [1, 2, 840, 113549, 1, 1, 13]: 6
        case [1, 2, 840, 10045, 4, 1]: 9
        case [1, 2, 840, 10045, 4, 3, 2]: 10
        case [1, 2, 840, 10045, 4, 3, 3]: 11
        case [1, 2, 840, 10045, 4, 3, 4]: 12
        case [1, 2, 840, 113549, 1, 1, 10]: 13
        case [1, 3, 101, 112]: 16
        default: 0
        }
    }

    static func keyNumber(_ identifier: [Int]) -> Int {
        switch identifier {
        case [1, 2, 840, 113549, 1, 1, 1]: 1
        case [1, 2, 840, 10040, 4, 1]: 2
        case [1, 2, 840, 10045, 2, 1]: 3
        case [1, 3, 101, 112]: 4
        default: 0
        }
    }

    static let usageNumbers: [[Int]: Int] = {
        let base = [1, 3, 6, 1, 5, 5, 7, 3]
        var result: [[Int]: Int] = [
            [2, 5, 29, 37, 0]: 0, [1, 3, 6, 1, 4, 1, 311, 10, 3, 3]: 10, [2, 16, 840, 1, 113730, 4, 1]: 11,
            [1, 3, 6, 1, 4, 1, 311, 2, 1, 22]: 12, [1, 3, 6, 1, 4, 1, 311, 61, 1, 1]: 13,
        ]
        for number in 1...9 { result[base + [number]] = number }
        return result
    }()
}

/// The key in a certificate or request, in the parts that Go's keys have.
enum PublicKeyDocument {
    static func value(_ keyInfo: ArraySlice<UInt8>) -> RegoValue {
        guard let parts = try? DERValue(keyInfo).members(), parts.count == 2,
            let algorithm = try? parts[0].members().first?.identifierParts()
        else { return .null }
        let bits = parts[1].bits
        switch CertificateDocument.keyNumber(algorithm) {
        case 1:
            guard let numbers = try? DERValue(bits).members(), numbers.count == 2 else { return .null }
            return [
                "N": .number(RegoNumber(numbers[0].number)), "E": .number(RegoNumber(numbers[1].number)),
            ]
        case 3:
            guard bits.first == 4 else { return .null }
            let point = Array(bits.dropFirst())
            func number(_ bytes: ArraySlice<UInt8>) -> RegoValue {
                .number(RegoNumber(DERValue(tag: 2, content: [0] + bytes, whole: []).number))
            }
            return [
                "Curve": .object(RegoObject([])), "X": number(point[..<(point.count / 2)]),
                "Y": number(point[(point.count / 2)...]),
            ]
        case 4: return .string(Base64.encode(Array(bits)))
        default: return .null
        }
    }
}
