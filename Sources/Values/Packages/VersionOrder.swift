/// How one version stands to another.
public enum VersionOrder: Int, Sendable, Hashable {
    case less = -1
    case equal = 0
    case greater = 1

    public var reversed: VersionOrder { VersionOrder(rawValue: -rawValue) ?? .equal }

    init<Item: Comparable>(_ left: Item, _ right: Item) {
        self = left < right ? .less : left == right ? .equal : .greater
    }

    /// Decimal digits of any length, leading zeros without meaning; no digits count as zero.
    static func digits(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> VersionOrder {
        let left = left.drop { $0 == UInt8(ascii: "0") }, right = right.drop { $0 == UInt8(ascii: "0") }
        if left.count != right.count { return VersionOrder(left.count, right.count) }
        return bytes(left, right)
    }

    /// Order by bytes; a prefix comes first.
    static func bytes(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> VersionOrder {
        if left.lexicographicallyPrecedes(right) { return .less }
        return right.lexicographicallyPrecedes(left) ? .greater : .equal
    }

    /// This order, or the next one where this says equal.
    func then(_ next: @autoclosure () -> VersionOrder) -> VersionOrder { self == .equal ? next() : self }
}
