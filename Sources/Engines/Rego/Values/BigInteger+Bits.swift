/// Bit operations as if the number were written in two's complement of unlimited length.
extension BigInteger {
    static func combine(_ left: BigInteger, _ right: BigInteger, by operation: (UInt32, UInt32) -> UInt32) -> BigInteger
    {
        let count = max(left.digits.count, right.digits.count) + 1
        let one = left.twosComplement(count)
        let other = right.twosComplement(count)
        return BigInteger(twosComplement: (0..<count).map { operation(one[$0], other[$0]) })
    }

    /// `-value - 1`
    var complement: BigInteger { -self - BigInteger(1) }

    func shiftedLeft(by count: Int) -> BigInteger {
        let (whole, part) = (count / 32, count % 32)
        var result = [UInt32](repeating: 0, count: whole)
        var carry: UInt32 = 0
        for digit in digits {
            result.append(part == 0 ? digit : digit << UInt32(part) | carry)
            carry = part == 0 ? 0 : digit >> UInt32(32 - part)
        }
        result.append(carry)
        return BigInteger(isNegative: isNegative, digits: result)
    }

    /// Rounds down, as an arithmetic shift does.
    func shiftedRight(by count: Int) -> BigInteger {
        if isNegative { return complement.shiftedRight(by: count).complement }
        let (whole, part) = (count / 32, count % 32)
        guard whole < digits.count else { return BigInteger(0) }
        let rest = Array(digits[whole...])
        let result = rest.indices.map { index -> UInt32 in
            let high = index + 1 < rest.count ? rest[index + 1] : 0
            return part == 0 ? rest[index] : rest[index] >> UInt32(part) | high << UInt32(32 - part)
        }
        return BigInteger(isNegative: false, digits: result)
    }

    private func twosComplement(_ count: Int) -> [UInt32] {
        let padded = digits + [UInt32](repeating: 0, count: count - digits.count)
        guard isNegative else { return padded }
        var carry = true
        return padded.map { digit in
            let (sum, overflow) = (~digit).addingReportingOverflow(carry ? 1 : 0)
            carry = overflow
            return sum
        }
    }

    private init(twosComplement digits: [UInt32]) {
        guard let last = digits.last, last >> 31 == 1 else {
            self.init(isNegative: false, digits: digits)
            return
        }
        let magnitude = BigInteger(isNegative: false, digits: digits.map { ~$0 }) + BigInteger(1)
        self = -magnitude
    }

    /// Digits in a base of at most 16, with the sign.
    func text(base: UInt32) -> String {
        guard !isZero else { return "0" }
        let letters = Array("0123456789abcdef".utf8)
        var rest = digits
        var reversed: [UInt8] = []
        while !rest.isEmpty { reversed.append(letters[Int(Self.divide(&rest, by: base))]) }
        return (isNegative ? "-" : "") + String(decoding: reversed.reversed(), as: UTF8.self)
    }
}
