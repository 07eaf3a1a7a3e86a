/// A version of plain numbers between dots, ready to be compared without looking at text again.
///
/// Most versions in the world are of this form, and most orders agree about them: numbers by value, missing ones zero.
public struct NumericVersion: Hashable, Sendable {
    /// Four numbers of 32 bits, the first in the high half.
    private var high: UInt64
    private var low: UInt64

    /// Nil for any other form, for more than four numbers and for numbers beyond 32 bits.
    public init?(_ text: some Sequence<UInt8>) {
        var numbers: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var position = 0
        var value: UInt64 = 0
        var hasDigits = false
        func store() -> Bool {
            switch position {
            case 0: numbers.0 = value
            case 1: numbers.1 = value
            case 2: numbers.2 = value
            case 3: numbers.3 = value
            default: return false
            }
            return true
        }
        for byte in text {
            if ASCII.isDigit(byte) {
                value = value * 10 + UInt64(byte &- 48)
                guard value <= UInt32.max else { return nil }
                hasDigits = true
            } else if byte == UInt8(ascii: "."), hasDigits {
                guard store() else { return nil }
                position += 1
                value = 0
                hasDigits = false
            } else {
                return nil
            }
        }
        guard hasDigits, store() else { return nil }
        high = numbers.0 << 32 | numbers.1
        low = numbers.2 << 32 | numbers.3
    }

    public func compare(_ other: NumericVersion) -> VersionOrder {
        if high != other.high { return high < other.high ? .less : .greater }
        if low != other.low { return low < other.low ? .less : .greater }
        return .equal
    }
}

extension VersionOrdering {
    /// Whether plain numbers stand in the order of their values, with missing ones as zero.
    public var comparesPlainNumbersByValue: Bool {
        switch self {
        case .semver, .npm, .go, .cargo, .hex, .pub, .pep440, .gem, .maven, .nuget: true
        default: false
        }
    }
}
