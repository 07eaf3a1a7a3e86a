/// Addresses and their ranges. What would go over a network is refused.
enum NetworkBuiltins {
    static let all = [
        Builtin("net.cidr_contains", 2) { (a) throws(BuiltinFailure) in
            let (range, other) = (try range(try a.string(0)), try rangeOrAddress(try a.string(1)))
            return .bool(range.contains(other))
        },
        Builtin("net.cidr_intersects", 2, intersects),
        Builtin("net.cidr_overlap", 2) { (a) throws(BuiltinFailure) in
            let (range, other) = (try range(try a.string(0)), try rangeOrAddress(try a.string(1)))
            return .bool(range.contains(other))
        },
        Builtin("net.cidr_is_valid", 1) { a in .bool(a[0].string.flatMap { AddressRange($0) } != nil) },
        Builtin("net.cidr_expand", 1, expand), Builtin("net.cidr_merge", 1, merge),
        Builtin("net.cidr_contains_matches", 2, containsMatches),
        Builtin("net.lookup_ip_addr", 1, lookUp), Builtin("http.send", 1, send),
    ]

    /// Addresses that one range may be expanded to.
    static let addressesMax = 1 << 17

    private static func range(_ text: String) throws(BuiltinFailure) -> AddressRange {
        guard let range = AddressRange(text) else { throw BuiltinFailure("invalid CIDR address: \(text)") }
        return range
    }

    private static func rangeOrAddress(_ text: String) throws(BuiltinFailure) -> AddressRange {
        if let address = Address(text)?.unmapped { return AddressRange(address, prefix: address.bits) }
        guard let range = AddressRange(text) else {
            throw BuiltinFailure("not a valid textual representation of an IP address or CIDR: \(text)")
        }
        return range
    }

    @Sendable static func intersects(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let (one, other) = (try range(try a.string(0)), try range(try a.string(1)))
        return .bool(one.contains(other) || other.contains(one))
    }

    @Sendable static func expand(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let range = try range(try a.string(0))
        let free = range.first.bits - range.prefix
        guard free < 62, 1 << free <= addressesMax else { throw BuiltinFailure("more than \(addressesMax) addresses") }
        return .set(
            RegoSet(
                (0..<(1 << free)).map { offset in
                    .string(Address(value: range.first.value + UInt128(offset), bits: range.first.bits).text)
                }))
    }

    @Sendable static func merge(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        var ranges: [AddressRange] = []
        for element in try a.elements(0, "an array") {
            guard let text = element.string else { throw BuiltinFailure("element must be string") }
            if let range = AddressRange(text) {
                ranges.append(range)
            } else if let address = Address(text)?.unmapped {
                guard address.bits == 32 else { throw BuiltinFailure("IPv6 invalid: needs prefix length") }
                var range = AddressRange(address, prefix: address.classPrefix)
                range.shown = address
                ranges.append(range)
            } else {
                throw BuiltinFailure("invalid CIDR address: \(text)")
            }
        }
        return .set(RegoSet(AddressRange.merged(ranges).map { .string($0.text) }))
    }

    @Sendable static func containsMatches(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        func items(_ index: Int) throws(BuiltinFailure) -> [(key: RegoValue, text: String)] {
            let invalid = BuiltinFailure("operand \(index + 1): element must be string or non-empty array")
            func text(_ value: RegoValue) throws(BuiltinFailure) -> String {
                if let text = value.string { return text }
                guard let text = value.array?.first?.string else { throw invalid }
                return text
            }
            var result: [(key: RegoValue, text: String)] = []
            switch a[index] {
            case .string(let text): result.append((.string(text), text))
            case .array(let elements):
                for (position, element) in elements.enumerated() { result.append((.int(position), try text(element))) }
            case .set(let set): for element in set { result.append((element, try text(element))) }
            case .object(let object): for member in object { result.append((member.key, try text(member.value))) }
            default: throw a.wrong(index, "one of {string, array, set, object}")
            }
            return result
        }
        let (left, right) = (try items(0), try items(1))
        var pairs: [RegoValue] = []
        for one in left {
            let range = try range(one.text)
            for other in right where range.contains(try rangeOrAddress(other.text)) {
                pairs.append([one.key, other.key])
            }
        }
        return .set(RegoSet(pairs))
    }

    /// Ends the evaluation: an answer that is not there must not count as no.
    static func failure(_ message: String) -> BuiltinFailure {
        var failure = BuiltinFailure("not available: \(message)")
        failure.isFatal = true
        return failure
    }

    private static func door(_ a: Arguments) throws(BuiltinFailure) -> NetworkDoor {
        guard let door = a.host.surroundings.network else { throw failure("a policy may not use the network") }
        return door
    }

    @Sendable static func lookUp(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let name = try a.string(0)
        // An address is its own answer and asks nobody.
        if let address = Address(name) { return .set(RegoSet([.string(address.text)])) }
        let door = try door(a)
        try door.check(name)
        do {
            return .set(RegoSet(try door.addresses(name).map { .string($0) }))
        } catch {
            throw BuiltinFailure("\(error)")
        }
    }

    private static let requestKeys: Set<String> = [
        "method", "url", "body", "enable_redirect", "force_json_decode", "force_yaml_decode", "headers", "raw_body",
        "tls_use_system_certs", "tls_ca_cert", "tls_ca_cert_file", "tls_ca_cert_env_variable", "tls_client_cert",
        "tls_client_cert_file", "tls_client_cert_env_variable", "tls_client_key", "tls_client_key_file",
        "tls_client_key_env_variable", "tls_insecure_skip_verify", "tls_server_name", "timeout", "cache", "force_cache",
        "force_cache_duration_seconds", "raise_error", "caching_mode", "max_retry_attempts", "cache_ignored_headers",
    ]

    @Sendable static func send(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let unknown = try a.object(0).keys.filter { $0.string.map { !requestKeys.contains($0) } ?? true }
        guard unknown.isEmpty else {
            throw BuiltinFailure(type: "invalid request parameters(s): \(RegoValue.set(RegoSet(unknown)))")
        }
        for name in ["method", "url"] where try a.object(0)[name]?.string == nil {
            throw BuiltinFailure(type: "operand 1 missing required request parameters(s): {\(RegoValue.string(name))}")
        }
        let door = try door(a)
        guard let address = WebAddress(a[0]["url"]?.string ?? ""), ["http", "https"].contains(address.scheme) else {
            throw BuiltinFailure("unsupported URL")
        }
        try door.check(address.hostname)
        do {
            return try door.send(a[0])
        } catch {
            throw BuiltinFailure("\(error)")
        }
    }
}
