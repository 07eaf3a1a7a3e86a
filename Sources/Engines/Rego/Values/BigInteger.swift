/// A whole number of any size: sign and magnitude, 32-bit digits from the least significant.
struct BigInteger: Sendable, Hashable {
    private(set) var isNegative: Bool
    private(set) var digits: [UInt32]

    init(isNegative: Bool, digits: [UInt32]) {
        var digits = digits
        while digits.last == 0 { digits.removeLast() }
        self.digits = digits
        self.isNegative = isNegative && !digits.isEmpty
    }

    init(_ value: Int) {
        let magnitude = value.magnitude
        self.init(
            isNegative: value < 0,
            digits: [UInt32(truncatingIfNeeded: magnitude), UInt32(truncatingIfNeeded: magnitude >> 32)])
    }

    /// From decimal digits, without a sign.
    init?(decimalDigits text: some Collection<UInt8>) {
        var digits: [UInt32] = []
        for chunk in Self.chunks(Array(text)) {
            var carry: UInt64 = 0
            for byte in chunk {
                guard (48...57).contains(byte) else { return nil }
                carry = carry * 10 + UInt64(byte - 48)
            }
            let scale = UInt64(Self.power(10, chunk.count))
            for index in digits.indices {
                let value = UInt64(digits[index]) * scale + carry
                digits[index] = UInt32(truncatingIfNeeded: value)
                carry = value >> 32
            }
            if carry > 0 { digits.append(UInt32(carry)) }
        }
        self.init(isNegative: false, digits: digits)
    }

    private static func chunks(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: bytes.count, by: 9).map { bytes[$0..<min($0 + 9, bytes.count)] }
    }

    private static func power(_ base: Int, _ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { value, _ in value * base }
    }

    var isZero: Bool { digits.isEmpty }
    var isOdd: Bool { (digits.first ?? 0) & 1 == 1 }

    /// The value when it fits.
    var int: Int? {
        guard digits.count <= 2 else { return nil }
        var magnitude: UInt = 0
        for digit in digits.reversed() { magnitude = magnitude << 32 | UInt(digit) }
        if isNegative { return magnitude <= Int.min.magnitude ? Int(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int(exactly: magnitude)
    }

    var magnitude: BigInteger { BigInteger(isNegative: false, digits: digits) }

    /// Decimal digits of the magnitude.
    var decimalDigits: [UInt8] {
        guard !isZero else { return [48] }
        var rest = digits
        var reversed: [UInt8] = []
        while !rest.isEmpty {
            var remainder = Self.divide(&rest, by: 1_000_000_000)
            for _ in 0..<9 {
                reversed.append(UInt8(48 + remainder % 10))
                remainder /= 10
            }
        }
        while reversed.last == 48 { reversed.removeLast() }
        return reversed.reversed()
    }

    /// Divides in place, returns the remainder.
    static func divide(_ digits: inout [UInt32], by divisor: UInt32) -> UInt32 {
        var remainder: UInt64 = 0
        for index in digits.indices.reversed() {
            let value = remainder << 32 | UInt64(digits[index])
            digits[index] = UInt32(value / UInt64(divisor))
            remainder = value % UInt64(divisor)
        }
        while digits.last == 0 { digits.removeLast() }
        return UInt32(remainder)
    }

    static func power(ofTen exponent: Int) -> BigInteger {
        var result = BigInteger(1)
        var base = BigInteger(10)
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result = result * base }
            rest >>= 1
            if rest > 0 { base = base * base }
        }
        return result
    }
}

extension BigInteger {
    static prefix func - (value: BigInteger) -> BigInteger {
        BigInteger(isNegative: !value.isNegative, digits: value.digits)
    }

    static func + (left: BigInteger, right: BigInteger) -> BigInteger {
        if left.isNegative == right.isNegative {
            return BigInteger(isNegative: left.isNegative, digits: add(left.digits, right.digits))
        }
        switch compare(left.digits, right.digits) {
        case 0: return BigInteger(0)
        case 1: return BigInteger(isNegative: left.isNegative, digits: subtract(left.digits, right.digits))
        default: return BigInteger(isNegative: right.isNegative, digits: subtract(right.digits, left.digits))
        }
    }

    static func - (left: BigInteger, right: BigInteger) -> BigInteger { left + -right }

    static func * (left: BigInteger, right: BigInteger) -> BigInteger {
        guard !left.isZero, !right.isZero else { return BigInteger(0) }
        var result = [UInt32](repeating: 0, count: left.digits.count + right.digits.count)
        for (offset, digit) in left.digits.enumerated() {
            var carry: UInt64 = 0
            for (index, other) in right.digits.enumerated() {
                let value = UInt64(digit) * UInt64(other) + UInt64(result[offset + index]) + carry
                result[offset + index] = UInt32(truncatingIfNeeded: value)
                carry = value >> 32
            }
            result[offset + right.digits.count] = UInt32(carry)
        }
        return BigInteger(isNegative: left.isNegative != right.isNegative, digits: result)
    }

    /// Rounds toward zero; the remainder has the dividend's sign. `divisor` must not be zero.
    func quotientAndRemainder(dividingBy divisor: BigInteger) -> (BigInteger, BigInteger) {
        precondition(!divisor.isZero)
        if Self.compare(digits, divisor.digits) < 0 { return (BigInteger(0), self) }
        if divisor.digits.count == 1 {
            var quotient = digits
            let remainder = Self.divide(&quotient, by: divisor.digits[0])
            return (
                BigInteger(isNegative: isNegative != divisor.isNegative, digits: quotient),
                BigInteger(isNegative: isNegative, digits: [remainder])
            )
        }
        let (quotient, remainder) = Self.divide(digits, by: divisor.digits)
        return (
            BigInteger(isNegative: isNegative != divisor.isNegative, digits: quotient),
            BigInteger(isNegative: isNegative, digits: remainder)
        )
    }

    /// Knuth's algorithm D; `divisor` has at least two digits and is not larger than `dividend`.
    private static func divide(_ dividend: [UInt32], by divisor: [UInt32]) -> ([UInt32], [UInt32]) {
        let shift = divisor[divisor.count - 1].leadingZeroBitCount
        let v = shiftLeft(divisor, shift, count: divisor.count)
        var u = shiftLeft(dividend, shift, count: dividend.count + 1)
        let n = v.count
        var quotient = [UInt32](repeating: 0, count: dividend.count - n + 1)
        for j in (0...(dividend.count - n)).reversed() {
            let top = UInt64(u[j + n]) << 32 | UInt64(u[j + n - 1])
            var guess = top / UInt64(v[n - 1])
            var rest = top % UInt64(v[n - 1])
            while guess >> 32 != 0 || guess * UInt64(v[n - 2]) > (rest << 32 | UInt64(u[j + n - 2])) {
                guess -= 1
                rest += UInt64(v[n - 1])
                if rest >> 32 != 0 { break }
            }
            var borrow: Int64 = 0
            var carry: UInt64 = 0
            for i in 0..<n {
                let product = guess * UInt64(v[i]) + carry
                carry = product >> 32
                let value = Int64(u[i + j]) - borrow - Int64(product & 0xFFFF_FFFF)
                u[i + j] = UInt32(truncatingIfNeeded: value)
                borrow = value < 0 ? 1 : 0
            }
            let value = Int64(u[j + n]) - borrow - Int64(carry)
            u[j + n] = UInt32(truncatingIfNeeded: value)
            if value < 0 {
                guess -= 1
                var carry: UInt64 = 0
                for i in 0..<n {
                    let sum = UInt64(u[i + j]) + UInt64(v[i]) + carry
                    u[i + j] = UInt32(truncatingIfNeeded: sum)
                    carry = sum >> 32
                }
                u[j + n] = u[j + n] &+ UInt32(carry)
            }
            quotient[j] = UInt32(guess)
        }
        var remainder = [UInt32](repeating: 0, count: n)
        for i in 0..<n {
            remainder[i] = shift == 0 ? u[i] : u[i] >> UInt32(shift) | u[i + 1] << UInt32(32 - shift)
        }
        return (quotient, remainder)
    }

    private static func shiftLeft(_ digits: [UInt32], _ shift: Int, count: Int) -> [UInt32] {
        var result = [UInt32](repeating: 0, count: count)
        var carry: UInt32 = 0
        for index in 0..<count {
            let digit = index < digits.count ? digits[index] : 0
            result[index] = shift == 0 ? digit : digit << UInt32(shift) | carry
            carry = shift == 0 ? 0 : digit >> UInt32(32 - shift)
        }
        return result
    }

    private static func add(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(max(left.count, right.count) + 1)
        var carry: UInt64 = 0
        for index in 0..<max(left.count, right.count) {
            let sum =
                UInt64(index < left.count ? left[index] : 0) + UInt64(index < right.count ? right[index] : 0) + carry
            result.append(UInt32(truncatingIfNeeded: sum))
            carry = sum >> 32
        }
        if carry > 0 { result.append(UInt32(carry)) }
        return result
    }

    /// `left` must not be smaller.
    private static func subtract(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var result = left
        var borrow: Int64 = 0
        for index in left.indices {
            let value = Int64(left[index]) - Int64(index < right.count ? right[index] : 0) - borrow
            result[index] = UInt32(truncatingIfNeeded: value)
            borrow = value < 0 ? 1 : 0
        }
        return result
    }

    static func compare(_ left: [UInt32], _ right: [UInt32]) -> Int {
        if left.count != right.count { return left.count < right.count ? -1 : 1 }
        for index in left.indices.reversed() where left[index] != right[index] {
            return left[index] < right[index] ? -1 : 1
        }
        return 0
    }

    static func compare(_ left: BigInteger, _ right: BigInteger) -> Int {
        if left.isNegative != right.isNegative { return left.isNegative ? -1 : 1 }
        return left.isNegative ? compare(right.digits, left.digits) : compare(left.digits, right.digits)
    }
}
