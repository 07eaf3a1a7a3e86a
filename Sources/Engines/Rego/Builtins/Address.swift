/// An IPv4 or IPv6 address.
struct Address: Equatable {
    let value: UInt128
    /// 32 or 128.
    let bits: Int

    init(value: UInt128, bits: Int) {
        self.value = value
        self.bits = bits
    }

    init?(_ text: String) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard let value = Self.version6(text) else { return nil }
            self.init(value: value, bits: 128)
        } else {
            guard let value = Self.version4(text) else { return nil }
            self.init(value: value, bits: 32)
        }
    }

    private static func version4(_ text: String) -> UInt128? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt128 = 0
        for part in parts {
            // A leading zero could mean octal: nobody may guess.
            guard part.utf8.allSatisfy({ (48...57).contains($0) }), part.utf8.count == 1 || !part.hasPrefix("0"),
                let byte = UInt8(part)
            else { return nil }
            value = value << 8 | UInt128(byte)
        }
        return value
    }

    private static func version6(_ text: String) -> UInt128? {
        let halves = StringBuiltins.split(text, by: "::")
        guard halves.count <= 2 else { return nil }
        func groups(_ half: String) -> [UInt16]? {
            guard !half.isEmpty else { return [] }
            var result: [UInt16] = []
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                if index == parts.count - 1, part.contains(".") {
                    guard let value = version4(String(part)) else { return nil }
                    result += [UInt16(truncatingIfNeeded: value >> 16), UInt16(truncatingIfNeeded: value)]
                } else {
                    guard (1...4).contains(part.utf8.count), part.first?.isHexDigit == true,
                        let value = UInt16(part, radix: 16)
                    else {
                        return nil
                    }
                    result.append(value)
                }
            }
            return result
        }
        guard let head = groups(halves[0]), let tail = groups(halves.count == 2 ? halves[1] : "") else { return nil }
        let count = head.count + tail.count
        guard halves.count == 2 ? count <= 7 : count == 8 else { return nil }
        let all = head + Array(repeating: 0, count: 8 - count) + tail
        return all.reduce(0) { $0 << 16 | UInt128($1) }
    }

    /// An IPv4 address for one that is written as IPv6 (`::ffff:192.0.2.1`).
    var unmapped: Address {
        bits == 128 && value >> 32 == 0xFFFF ? Address(value: value & 0xFFFF_FFFF, bits: 32) : self
    }

    /// The prefix of the address's class, as before there were prefixes.
    var classPrefix: Int {
        let first = Int(value >> 24)
        return first < 128 ? 8 : first < 192 ? 16 : 24
    }

    /// RFC 5952: lower case, the longest run of zero groups left out.
    var text: String {
        if bits == 32 {
            return (0..<4).map { String(UInt8(truncatingIfNeeded: value >> (24 - UInt128($0) * 8))) }.joined(
                separator: ".")
        }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> (112 - UInt128($0) * 16)) }
        var best = 0..<0
        var index = 0
        while index < 8 {
            let end = groups[index...].firstIndex { $0 != 0 } ?? 8
            if end - index > max(best.count, 1) { best = index..<end }
            index = max(end, index + 1)
        }
        func hex(_ slice: ArraySlice<UInt16>) -> String { slice.map { String($0, radix: 16) }.joined(separator: ":") }
        return best.isEmpty
            ? hex(groups[...]) : hex(groups[..<best.lowerBound]) + "::" + hex(groups[best.upperBound...])
    }
}

/// The addresses that share a prefix.
struct AddressRange: Equatable {
    let first: Address
    let prefix: Int
    /// The address that is shown: the one that was given where no prefix was.
    var shown: Address

    init(_ address: Address, prefix: Int) {
        self.prefix = prefix
        let free = UInt128(address.bits - prefix)
        first = Address(value: free == 128 ? 0 : (address.value >> free) << free, bits: address.bits)
        shown = first
    }

    /// `10.0.0.0/8`
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = Address(String(parts[0])),
            parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
            parts[1].utf8.count < 4, let prefix = Int(parts[1]), prefix <= address.bits
        else { return nil }
        self.init(address, prefix: prefix)
    }

    var text: String { "\(shown.text)/\(prefix)" }

    private var last: UInt128 {
        let free = UInt128(first.bits - prefix)
        return free == 128 ? .max : first.value | (1 << free - 1)
    }

    func contains(_ other: AddressRange) -> Bool {
        first.bits == other.first.bits && prefix <= other.prefix && first.value <= other.first.value
            && other.last <= last
    }

    /// The fewest ranges that hold the same addresses.
    static func merged(_ ranges: [AddressRange]) -> [AddressRange] {
        var stack: [AddressRange] = []
        let sorted = ranges.sorted {
            ($0.first.bits, $0.first.value, $0.prefix) < ($1.first.bits, $1.first.value, $1.prefix)
        }
        for range in sorted {
            if let top = stack.last, top.contains(range) {
                stack[stack.count - 1].shown = top.first
                continue
            }
            var current = range
            while let top = stack.last, top.first.bits == current.first.bits, top.prefix == current.prefix,
                current.prefix > 0
            {
                let parent = AddressRange(top.first, prefix: top.prefix - 1)
                guard top.first != current.first, parent.contains(current) else { break }
                stack.removeLast()
                current = parent
            }
            stack.append(current)
        }
        return stack
    }
}

/// Ranges of addresses, for hosts that ask as policies do.
public enum AddressRanges {
    /// Whether a range holds another, or an address; nil where either is written wrongly.
    public static func contains(_ range: String, _ other: String) -> Bool? {
        guard let range = AddressRange(range) else { return nil }
        let inner = Address(other).map { AddressRange($0.unmapped, prefix: $0.unmapped.bits) } ?? AddressRange(other)
        return inner.map(range.contains)
    }
}
