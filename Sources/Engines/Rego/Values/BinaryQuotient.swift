/// A quotient whose decimal digits never end, as OPA has it: both numbers and their quotient rounded to 64 binary
/// digits, then written with the fewest decimal digits that mean the result.
struct BinaryQuotient {
    /// The value is `mantissa * 2^-shift`.
    private let value: Rounded
    private let isNegative: Bool

    static let bitsMax = 64
    /// Numbers so far from 1 would take long to be turned from binary to decimal.
    static let shiftMax = 4_000
    /// So many decimal digits tell any two numbers of 64 binary digits apart.
    private static let digitsMax = 21

    private struct Rounded: Equatable {
        var mantissa: BigInteger
        var shift: Int
    }

    /// Nil for numbers too large or too small.
    init?(_ dividend: BigDecimal, _ divisor: BigDecimal) {
        guard let one = Self.rounded(dividend), let other = Self.rounded(divisor), !other.mantissa.isZero else {
            return nil
        }
        var quotient = Self.rounded(one.mantissa, other.mantissa)
        quotient.shift += one.shift - other.shift
        guard abs(quotient.shift) <= Self.shiftMax else { return nil }
        value = quotient
        isNegative = dividend.coefficient.isNegative != divisor.coefficient.isNegative
    }

    /// The decimal with the fewest digits that is nearer to this number than to any other of 64 binary digits.
    var shortest: BigDecimal {
        let exact =
            value.shift >= 0
            ? BigDecimal(value.mantissa * Self.power(ofFive: value.shift), exponent: -value.shift)
            : BigDecimal(value.mantissa.shiftedLeft(by: -value.shift), exponent: 0)
        let found = (1...Self.digitsMax).lazy.map { exact.rounded(digits: $0) }.first { Self.rounded($0) == value }
        let magnitude = found ?? exact
        return isNegative ? BigDecimal(-magnitude.coefficient, exponent: magnitude.exponent) : magnitude
    }

    private static func rounded(_ number: BigDecimal) -> Rounded? {
        guard !number.coefficient.isZero else { return Rounded(mantissa: BigInteger(0), shift: 0) }
        guard abs(number.exponent) <= shiftMax else { return nil }
        let power = BigInteger.power(ofTen: abs(number.exponent))
        return number.exponent >= 0
            ? rounded(number.coefficient.magnitude * power, BigInteger(1))
            : rounded(number.coefficient.magnitude, power)
    }

    /// Halves go to the even mantissa.
    private static func rounded(_ numerator: BigInteger, _ denominator: BigInteger) -> Rounded {
        var shift = bitsMax - numerator.bitCount + denominator.bitCount
        var (quotient, remainder, divisor) = divided(numerator, denominator, shift)
        if quotient.bitCount > bitsMax {
            shift -= 1
            (quotient, remainder, divisor) = divided(numerator, denominator, shift)
        }
        let order = BigInteger.compare(remainder + remainder, divisor)
        if order > 0 || order == 0 && quotient.isOdd { quotient = quotient + BigInteger(1) }
        while !quotient.isZero, !quotient.isOdd {
            quotient = quotient.shiftedRight(by: 1)
            shift -= 1
        }
        return Rounded(mantissa: quotient, shift: shift)
    }

    private static func divided(
        _ numerator: BigInteger, _ denominator: BigInteger, _ shift: Int
    ) -> (BigInteger, BigInteger, BigInteger) {
        let (one, other) =
            shift >= 0
            ? (numerator.shiftedLeft(by: shift), denominator) : (numerator, denominator.shiftedLeft(by: -shift))
        let (quotient, remainder) = one.quotientAndRemainder(dividingBy: other)
        return (quotient, remainder, other)
    }

    private static func power(ofFive exponent: Int) -> BigInteger {
        BigInteger.power(ofTen: exponent).shiftedRight(by: exponent)
    }
}

extension BigInteger {
    /// Binary digits of the magnitude.
    fileprivate var bitCount: Int { digits.last.map { digits.count * 32 - $0.leadingZeroBitCount } ?? 0 }
}
