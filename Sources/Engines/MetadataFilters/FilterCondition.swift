import Attestations

/// A filter that is ready to be asked: what its tree means.
public indirect enum FilterCondition: Hashable, Sendable {
    public enum Comparison: Hashable, Sendable {
        case equals, less, lessOrEquals, greater, greaterOrEquals
    }

    public enum Operand: Hashable, Sendable {
        case text(FilterPattern)
        /// With the text as it was written.
        case number(Double, String)
        case bool(Bool)
        case moment(FilterMoment)
        case duration(nanoseconds: Double)
    }

    public enum Predicate: Hashable, Sendable {
        case prefix, suffix, substring
    }

    /// An empty filter.
    case always
    case all([FilterCondition])
    case any([FilterCondition])
    case not(FilterCondition)
    case compare(FieldPath, Comparison, Operand)
    /// The field has the value: in a list, as a key, or in its text.
    case has(FieldPath, Operand)
    case present(FieldPath)
    case predicate(FieldPath, Predicate, String)
    /// Any field's text holds it.
    case anywhere(String)
}

/// A moment in seconds and nanoseconds since 1970, UTC.
public struct FilterMoment: Hashable, Sendable, Comparable {
    public var seconds: Int64
    public var nanoseconds: Int64

    public init(seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// RFC 3339, or a date alone for its first moment.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        let isDate = bytes.count == 10
        guard let whole = Timestamp(isDate ? text + "T00:00:00Z" : text) else { return nil }
        seconds = whole.seconds
        nanoseconds = 0
        guard bytes.count > 20, bytes[19] == UInt8(ascii: ".") else { return }
        var scale: Int64 = 100_000_000
        for digit in bytes[20...].prefix(while: { (48...57).contains($0) }).prefix(9) {
            nanoseconds += Int64(digit - 48) * scale
            scale /= 10
        }
    }

    public static func < (left: FilterMoment, right: FilterMoment) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// Milliseconds since 1970, rounded down; nil where they would not fit.
    public var milliseconds: Int64? {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? nil : product + nanoseconds / 1_000_000
    }
}
