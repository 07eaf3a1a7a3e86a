/// `coefficient * 10^exponent`, the coefficient without trailing zeros: equal numbers have equal parts.
struct BigDecimal: Sendable, Hashable {
    let coefficient: BigInteger
    let exponent: Int

    /// Results with more significant digits are rounded, so that no policy can fill the memory with one number.
    static let digitsMax = 2_000
    /// Exponents beyond are refused when they are read.
    static let exponentMax = 1_000_000

    /// Digits of a number as it is read.
    static let literalDigitsMax = 20_000

    /// A result too small to write becomes zero, one too large stays at the largest exponent.
    init(_ coefficient: BigInteger, exponent: Int) {
        guard !coefficient.isZero, exponent > -4 * Self.exponentMax else {
            self.coefficient = BigInteger(0)
            self.exponent = 0
            return
        }
        guard exponent < 4 * Self.exponentMax else {
            self.coefficient = BigInteger(coefficient.isNegative ? -1 : 1)
            self.exponent = 4 * Self.exponentMax
            return
        }
        var digits = coefficient.digits
        var exponent = exponent
        while true {
            var shorter = digits
            guard digits[0] & 1 == 0, BigInteger.divide(&shorter, by: 10) == 0 else { break }
            digits = shorter
            exponent += 1
        }
        self.coefficient = BigInteger(isNegative: coefficient.isNegative, digits: digits)
        self.exponent = exponent
    }

    /// From JSON's number syntax (RFC 8259 section 6); leading zeros are let through.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest.removeFirst() }
        let whole = rest.prefix { (48...57).contains($0) }
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = rest.prefix { (48...57).contains($0) }
            rest = rest.dropFirst(fraction.count)
            guard !fraction.isEmpty else { return nil }
        }
        var exponent = 0
        if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
            guard let value = Int(String(decoding: rest.dropFirst(), as: UTF8.self)),
                (-Self.exponentMax...Self.exponentMax).contains(value)
            else {
                return nil
            }
            exponent = value
            rest = []
        }
        guard rest.isEmpty, !whole.isEmpty, whole.count + fraction.count <= Self.literalDigitsMax,
            let magnitude = BigInteger(decimalDigits: whole + fraction)
        else { return nil }
        self.init(isNegative ? -magnitude : magnitude, exponent: exponent - fraction.count)
    }

    /// The number written out, when it is whole and not too long.
    var wholeValue: BigInteger? {
        exponent >= 0 && exponent <= Self.digitsMax ? coefficient * .power(ofTen: exponent) : nil
    }

    /// Position of the first digit: the number lies in `10^(order-1) ..< 10^order`.
    private var order: Int { coefficient.decimalDigits.count + exponent }

    static func compare(_ left: BigDecimal, _ right: BigDecimal) -> Int {
        if left.coefficient.isZero || right.coefficient.isZero
            || left.coefficient.isNegative != right.coefficient.isNegative
        {
            return left.sign < right.sign ? -1 : left.sign == right.sign ? 0 : 1
        }
        let (one, other) = (left.order, right.order)
        if one != other { return (one < other) == left.coefficient.isNegative ? 1 : -1 }
        let exponent = min(left.exponent, right.exponent)
        return BigInteger.compare(left.scaled(to: exponent), right.scaled(to: exponent))
    }

    private var sign: Int { coefficient.isZero ? 0 : coefficient.isNegative ? -1 : 1 }
    private func scaled(to exponent: Int) -> BigInteger { coefficient * .power(ofTen: self.exponent - exponent) }

    static func add(_ left: BigDecimal, _ right: BigDecimal) -> BigDecimal {
        if left.coefficient.isZero { return right }
        if right.coefficient.isZero { return left }
        // A number too small to reach the digits that are kept changes nothing.
        if left.order - right.order > digitsMax { return left }
        if right.order - left.order > digitsMax { return right }
        let exponent = min(left.exponent, right.exponent)
        guard max(left.exponent, right.exponent) - exponent <= 4 * digitsMax else {
            return left.order > right.order ? left : right
        }
        return BigDecimal(left.scaled(to: exponent) + right.scaled(to: exponent), exponent: exponent).rounded()
    }

    func rounded(digits: Int = BigDecimal.digitsMax) -> BigDecimal {
        guard coefficient.digits.count * 10 > digits else { return self }
        let excess = coefficient.decimalDigits.count - digits
        guard excess > 0 else { return self }
        let scale = BigInteger.power(ofTen: excess)
        let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: scale)
        let isFar = BigInteger.compare((remainder + remainder).magnitude, scale) >= 0
        let away = BigInteger(coefficient.isNegative ? -1 : 1)
        return BigDecimal(isFar ? quotient + away : quotient, exponent: exponent + excess)
    }

    static func divide(_ left: BigDecimal, _ right: BigDecimal) -> BigDecimal {
        let digits = 22 + max(0, right.coefficient.decimalDigits.count - left.coefficient.decimalDigits.count)
        let (quotient, remainder) = (left.coefficient * .power(ofTen: digits)).quotientAndRemainder(
            dividingBy: right.coefficient)
        let result = BigDecimal(quotient, exponent: left.exponent - right.exponent - digits)
        if remainder.isZero { return result }
        return BinaryQuotient(left, right)?.shortest ?? result.rounded(digits: 20)
    }

    /// As Go writes a number: whole ones in full, others with an exponent where they are very small.
    var text: String {
        let digits = coefficient.decimalDigits
        let sign = coefficient.isNegative ? "-" : ""
        if exponent >= 0, exponent <= Self.digitsMax {
            return sign + String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: exponent)
        }
        let point = digits.count + exponent
        if exponent < 0, point > -4, point <= max(21, digits.count) {
            if point > 0 {
                return sign + String(decoding: digits[..<point], as: UTF8.self) + "."
                    + String(decoding: digits[point...], as: UTF8.self)
            }
            return sign + "0." + String(repeating: "0", count: -point) + String(decoding: digits, as: UTF8.self)
        }
        let power = point - 1
        let tail = digits.count > 1 ? "." + String(decoding: digits[1...], as: UTF8.self) : ""
        let magnitude = abs(power) < 10 ? "0\(abs(power))" : "\(abs(power))"
        return sign + String(decoding: digits[..<1], as: UTF8.self) + tail + "e" + (power < 0 ? "-" : "+") + magnitude
    }
}
