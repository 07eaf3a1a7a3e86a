/// A decimal number without rounding: what is written is what is computed with.
///
/// A whole number that fits is always an `Int`, so that equal numbers are stored alike.
public struct RegoNumber: Sendable, Hashable {
    enum Storage: Sendable, Hashable {
        case int(Int)
        /// Apart from the value, so that a value stays small.
        case decimal(Box)
    }

    final class Box: Sendable, Hashable {
        let value: BigDecimal

        init(_ value: BigDecimal) { self.value = value }
        static func == (left: Box, right: Box) -> Bool { left.value == right.value }
        func hash(into hasher: inout Hasher) { hasher.combine(value) }
    }

    let storage: Storage

    public init(_ value: Int) { storage = .int(value) }

    init(_ value: BigDecimal) {
        if value.exponent == 0, let int = value.coefficient.int {
            storage = .int(int)
        } else if value.exponent > 0, value.exponent < 19,
            let int = (value.coefficient * .power(ofTen: value.exponent)).int
        {
            storage = .int(int)
        } else {
            storage = .decimal(Box(value))
        }
    }

    init(_ value: BigInteger) {
        if let int = value.int { self.init(int) } else { self.init(BigDecimal(value, exponent: 0)) }
    }

    /// From JSON's number syntax; nil for other text, and for exponents beyond all use.
    public init?(_ text: String) {
        if let int = Int(text) {
            guard !text.hasPrefix("+") else { return nil }
            self.init(int)
        } else if let decimal = BigDecimal(text) {
            self.init(decimal)
        } else {
            return nil
        }
    }

    public init(_ value: Double) { self = RegoNumber("\(value)") ?? RegoNumber(0) }

    var decimal: BigDecimal {
        switch storage {
        case .int(let value): BigDecimal(BigInteger(value), exponent: 0)
        case .decimal(let box): box.value
        }
    }

    /// The value when it is whole and fits.
    public var int: Int? {
        // Inlined into chains of optionals, the optimizer of Swift 6.3.1 ends the value's life too early and fails.
        @inline(never) get { if case .int(let value) = storage { value } else { nil } }
    }

    /// The value when it is whole, of any size that is reasonable to write out.
    var integer: BigInteger? {
        switch storage {
        case .int(let value): BigInteger(value)
        case .decimal(let box): box.value.wholeValue
        }
    }

    var isInteger: Bool {
        switch storage {
        case .int: true
        case .decimal(let box): box.value.exponent >= 0
        }
    }

    var isZero: Bool { int == 0 }
    var isNegative: Bool {
        switch storage {
        case .int(let value): value < 0
        case .decimal(let box): box.value.coefficient.isNegative
        }
    }

    public var double: Double {
        switch storage {
        case .int(let value): Double(value)
        case .decimal(let box): Double(box.value.text) ?? 0
        }
    }

    /// JSON text.
    public var text: String {
        switch storage {
        case .int(let value): String(value)
        case .decimal(let box): box.value.text
        }
    }

    static func compare(_ left: RegoNumber, _ right: RegoNumber) -> Int {
        if case .int(let one) = left.storage, case .int(let other) = right.storage {
            return one < other ? -1 : one == other ? 0 : 1
        }
        return BigDecimal.compare(left.decimal, right.decimal)
    }
}

extension RegoNumber {
    static func + (left: RegoNumber, right: RegoNumber) -> RegoNumber {
        if let one = left.int, let other = right.int {
            let (sum, overflow) = one.addingReportingOverflow(other)
            if !overflow { return RegoNumber(sum) }
        }
        return RegoNumber(BigDecimal.add(left.decimal, right.decimal))
    }

    static prefix func - (value: RegoNumber) -> RegoNumber { RegoNumber(0) - value }

    static func - (left: RegoNumber, right: RegoNumber) -> RegoNumber {
        if let one = left.int, let other = right.int {
            let (difference, overflow) = one.subtractingReportingOverflow(other)
            if !overflow { return RegoNumber(difference) }
        }
        let negated = BigDecimal(-right.decimal.coefficient, exponent: right.decimal.exponent)
        return RegoNumber(BigDecimal.add(left.decimal, negated))
    }

    static func * (left: RegoNumber, right: RegoNumber) -> RegoNumber {
        if let one = left.int, let other = right.int {
            let (product, overflow) = one.multipliedReportingOverflow(by: other)
            if !overflow { return RegoNumber(product) }
        }
        return RegoNumber(
            BigDecimal(
                left.decimal.coefficient * right.decimal.coefficient,
                exponent: left.decimal.exponent + right.decimal.exponent
            ).rounded())
    }

    /// Exact where the quotient is short, rounded to 64 binary digits where not. Nil for a zero divisor.
    func divided(by divisor: RegoNumber) -> RegoNumber? {
        guard !divisor.isZero else { return nil }
        if let one = int, let other = divisor.int, other != -1, one % other == 0 { return RegoNumber(one / other) }
        return RegoNumber(BigDecimal.divide(decimal, divisor.decimal))
    }

    enum Rounding { case down, up, nearest }

    func rounded(_ rule: Rounding) -> RegoNumber {
        guard case .decimal(let box) = storage, box.value.exponent < 0 else { return self }
        let value = box.value
        guard -value.exponent < BigDecimal.digitsMax else {
            return rule == .up && !isNegative ? RegoNumber(1) : RegoNumber(rule == .down && isNegative ? -1 : 0)
        }
        let scale = BigInteger.power(ofTen: -value.exponent)
        let (quotient, remainder) = value.coefficient.quotientAndRemainder(dividingBy: scale)
        let away = BigInteger(value.coefficient.isNegative ? -1 : 1)
        switch rule {
        case .down: return RegoNumber(value.coefficient.isNegative ? quotient - BigInteger(1) : quotient)
        case .up: return RegoNumber(value.coefficient.isNegative ? quotient : quotient + BigInteger(1))
        case .nearest:
            let isFar = BigInteger.compare((remainder + remainder).magnitude, scale) >= 0
            return RegoNumber(isFar ? quotient + away : quotient)
        }
    }
}
