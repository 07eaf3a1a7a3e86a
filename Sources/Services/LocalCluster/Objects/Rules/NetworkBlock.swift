/// A block of addresses: `10.0.0.0/8`.
struct NetworkBlock: Hashable, Sendable {
    let address: NetworkAddress
    let bits: Int

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = NetworkAddress(parts[0]), parts[1].allSatisfy(\.isNumber),
            let bits = Int(parts[1]), bits <= address.bytes.count * 8
        else { return nil }
        self.address = address
        self.bits = bits
    }

    /// Whether `other` lies in it and is smaller.
    func strictlyContains(_ other: NetworkBlock) -> Bool {
        guard other.address.isIPv6 == address.isIPv6, bits < other.bits else { return false }
        return (0..<bits).allSatisfy { index in
            let mask = UInt8(0x80) >> UInt8(index % 8)
            return address.bytes[index / 8] & mask == other.address.bytes[index / 8] & mask
        }
    }
}
