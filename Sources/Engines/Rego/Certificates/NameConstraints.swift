import WaybillCore

/// What names an authority may vouch for (RFC 5280 section 4.2.1.10).
struct NameConstraints {
    struct Range {
        let address: ArraySlice<UInt8>
        let mask: ArraySlice<UInt8>

        /// An address and its mask, as Go's `net.IPNet`.
        var value: RegoValue {
            [
                "IP": .string(
                    Address(value: address.reduce(0) { $0 << 8 | UInt128($1) }, bits: address.count * 8).text),
                "Mask": .string(Base64.encode(Array(mask))),
            ]
        }

        func contains(_ other: ArraySlice<UInt8>) -> Bool {
            other.count == address.count
                && zip(other, zip(address, mask)).allSatisfy { $0 & $1.1 == $1.0 & $1.1 }
        }
    }

    static let identifier = [2, 5, 29, 30]

    struct Names {
        var dns: [String] = []
        var mail: [String] = []
        var uris: [String] = []
        var ranges: [Range] = []
    }

    private(set) var permitted = Names()
    private(set) var excluded = Names()
    /// A kind of name that is not understood.
    private(set) var hasUnknown = false

    init(_ value: DERValue) throws(DERValue.Malformed) {
        for part in try value.expect(DERValue.sequence).members() {
            guard part.tag == 0xA0 || part.tag == 0xA1 else { throw DERValue.Malformed("malformed name constraints") }
            for subtree in try part.members() {
                guard let base = try subtree.members().first else {
                    throw DERValue.Malformed("malformed name constraints")
                }
                var names = part.tag == 0xA0 ? permitted : excluded
                add(base, to: &names)
                if part.tag == 0xA0 { permitted = names } else { excluded = names }
            }
        }
    }

    private mutating func add(_ name: DERValue, to names: inout Names) {
        switch name.tag {
        case 0x81: names.mail.append(name.text)
        case 0x82: names.dns.append(name.text)
        case 0x86: names.uris.append(name.text)
        case 0x87 where name.content.count == 8 || name.content.count == 32:
            let half = name.content.count / 2
            names.ranges.append(Range(address: name.content.prefix(half), mask: name.content.suffix(half)))
        default: hasUnknown = true
        }
    }

    /// Whether an authority with these constraints may vouch for the certificate.
    func allow(_ certificate: CertificateDocument) -> Bool {
        let names = certificate.alternativeNames
        return Self.allow(names.dns, permitted.dns, excluded.dns, Self.isBelow)
            && Self.allow(names.mail, permitted.mail, excluded.mail, Self.isMailbox)
            && Self.allow(names.uris, permitted.uris, excluded.uris) { uri, constraint in
                guard let host = WebAddress(uri)?.hostname, !host.isEmpty, Address(host) == nil else { return nil }
                return Self.isBelow(host, constraint)
            }
            && Self.allow(certificate.addressBytes, permitted.ranges, excluded.ranges) { $1.contains($0) }
    }

    /// A name that cannot be compared is not allowed where there is a constraint on its kind.
    private static func allow<Name, Constraint>(
        _ names: [Name], _ permitted: [Constraint], _ excluded: [Constraint], _ matches: (Name, Constraint) -> Bool?
    ) -> Bool {
        names.allSatisfy { name in
            for constraint in excluded where matches(name, constraint) ?? true { return false }
            return permitted.isEmpty || permitted.contains { matches(name, $0) ?? false }
        }
    }

    /// `example.com` stands for itself and what is below it, `.example.com` only for what is below.
    private static func isBelow(_ domain: String, _ constraint: String) -> Bool? {
        guard !constraint.isEmpty else { return true }
        let name = domain.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        var wanted = constraint.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        let mustBeBelow = wanted.first == ""
        if mustBeBelow { wanted.removeFirst() }
        guard !name.contains(""), !wanted.contains("") else { return nil }
        return name.count >= wanted.count + (mustBeBelow ? 1 : 0) && name.suffix(wanted.count).elementsEqual(wanted)
    }

    private static func isMailbox(_ address: String, _ constraint: String) -> Bool? {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        guard constraint.contains("@") else { return isBelow(String(parts[1]), constraint) }
        let wanted = constraint.split(separator: "@", omittingEmptySubsequences: false)
        return wanted.count == 2 && parts[0] == wanted[0] && parts[1].lowercased() == wanted[1].lowercased()
    }
}

extension CertificateDocument {
    /// Whether this authority may vouch for all certificates of the chain below it.
    func isAllowed(_ chain: [CertificateDocument]) -> Bool {
        nameConstraints.map { constraints in chain.allSatisfy(constraints.allow) } ?? true
    }

    /// The constraints that this authority sets; nil for none.
    var nameConstraints: NameConstraints? { value(of: NameConstraints.identifier).flatMap { try? NameConstraints($0) } }

    /// What policies see of the constraints.
    var constraintMembers: [String: RegoValue] {
        guard let constraints = nameConstraints else { return [:] }
        var members: [String: RegoValue] = [:]
        for (kind, names) in [("Permitted", constraints.permitted), ("Excluded", constraints.excluded)] {
            for (what, texts) in [
                ("DNSDomains", names.dns), ("EmailAddresses", names.mail), ("URIDomains", names.uris),
            ] where !texts.isEmpty { members[kind + what] = .array(texts.map { .string($0) }) }
            guard !names.ranges.isEmpty else { continue }
            members[kind + "IPRanges"] = .array(names.ranges.map(\.value))
        }
        members["PermittedDNSDomainsCritical"] = .bool(
            extensions.contains { $0.identifier == NameConstraints.identifier && $0.isCritical })
        return members
    }

    /// IP addresses among the alternative names, as they are written.
    var addressBytes: [ArraySlice<UInt8>] {
        ((try? value(of: [2, 5, 29, 17])?.members()) ?? []).filter { $0.tag == 0x87 }.map(\.content)
    }

    /// Extensions that whoever trusts the certificate must understand, and that are not understood here.
    var unhandledCriticalExtensions: [[Int]] {
        extensions.filter { item in
            guard item.isCritical else { return false }
            if item.identifier == NameConstraints.identifier { return nameConstraints?.hasUnknown ?? true }
            if item.identifier == [2, 5, 29, 17] { return !alternativeNames.hasAny }
            return !Self.handledExtensions.contains(item.identifier)
        }.map(\.identifier)
    }

    private static let handledExtensions: Set<[Int]> = [
        [2, 5, 29, 14], [2, 5, 29, 15], [2, 5, 29, 17], [2, 5, 29, 19], [2, 5, 29, 31], [2, 5, 29, 32], [2, 5, 29, 33],
        [2, 5, 29, 35], [2, 5, 29, 36], [2, 5, 29, 37], [2, 5, 29, 54], [1, 3, 6, 1, 5, 5, 7, 1, 1],
    ]
}
