/// A binary floating point number as Go writes it: the shortest digits that mean it, or exactly rounded ones.
struct FloatText {
    let isNegative: Bool
    let isFinite: Bool
    private let value: Double

    /// Nil for what is not a number.
    init?(_ value: Double) {
        guard !value.isNaN else { return nil }
        self.value = value.magnitude
        isNegative = value.sign == .minus
        isFinite = value.isFinite
    }

    /// Digits and where the point stands among them: `0.d1d2… × 10^point`.
    private struct Digits {
        var digits: [UInt8]
        var point: Int
    }

    /// The fewest digits that are read as the same number.
    private var shortest: Digits {
        let parts = "\(value)".split(separator: "e")
        let number = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = number.count > 1 ? Array(number[1].utf8) : []
        var digits = Array(number[0].utf8) + fraction
        var point = number[0].utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.first == 48 {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == 48 { digits.removeLast() }
        return digits.isEmpty ? Digits(digits: [], point: 0) : Digits(digits: digits, point: point)
    }

    /// Every digit of the number; a binary fraction ends.
    private var exact: Digits {
        guard value > 0 else { return Digits(digits: [], point: 0) }
        let significand = BigInteger(Int(value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)))
        let exponent = (value.isNormal ? Int(value.exponentBitPattern) : 1) - 1075
        // m / 2^k is m × 5^k / 10^k.
        let scaled =
            exponent >= 0
            ? significand.shiftedLeft(by: exponent)
            : significand * BigInteger.power(ofTen: -exponent).shiftedRight(by: -exponent)
        var digits = scaled.decimalDigits
        let point = digits.count + min(0, exponent)
        while digits.last == 48 { digits.removeLast() }
        return Digits(digits: digits, point: point)
    }

    /// The exact number with so many digits, halves to the even one.
    private static func rounded(_ number: Digits, _ count: Int) -> Digits {
        guard count >= 0, number.digits.count > count else {
            return count < 0 ? Digits(digits: [], point: 0) : number
        }
        let rest = number.digits[count...]
        let isOdd = count > 0 && number.digits[count - 1] & 1 == 1
        let isUp = rest[count] > 53 || (rest[count] == 53 && (rest.count > 1 || isOdd))
        var digits = Array(number.digits[..<count])
        var point = number.point
        if isUp {
            var index = count - 1
            while index >= 0, digits[index] == 57 {
                digits[index] = 48
                index -= 1
            }
            if index >= 0 {
                digits[index] += 1
            } else {
                digits.insert(49, at: 0)
                point += 1
            }
        }
        while digits.last == 48 { digits.removeLast() }
        return digits.isEmpty ? Digits(digits: [], point: 0) : Digits(digits: digits, point: point)
    }

    func fixed(_ decimals: Int) -> String {
        let number = exact
        return Self.fixed(Self.rounded(number, number.point + decimals), decimals)
    }

    private static func fixed(_ number: Digits, _ decimals: Int) -> String {
        func digit(_ index: Int) -> UInt8 { number.digits.indices.contains(index) ? number.digits[index] : 48 }
        var text: [UInt8] = number.point > 0 ? (0..<number.point).map(digit) : [48]
        if decimals > 0 {
            text.append(UInt8(ascii: "."))
            text += (0..<decimals).map { digit(number.point + $0) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    func scientific(_ decimals: Int) -> String { Self.scientific(Self.rounded(exact, decimals + 1), decimals) }

    private static func scientific(_ number: Digits, _ decimals: Int) -> String {
        let power = number.digits.isEmpty ? 0 : number.point - 1
        var text: [UInt8] = [number.digits.first ?? 48]
        if decimals > 0 {
            text.append(UInt8(ascii: "."))
            text += (1...decimals).map { number.digits.indices.contains($0) ? number.digits[$0] : 48 }
        }
        let magnitude = abs(power) < 10 ? "0\(abs(power))" : "\(abs(power))"
        return String(decoding: text, as: UTF8.self) + "e" + (power < 0 ? "-" : "+") + magnitude
    }

    /// `%g`: with an exponent only where the number is very small or large for its digits.
    func general(_ precision: Int?) -> String {
        let significant = precision.map { max(1, $0) }
        let number = significant.map { Self.rounded(exact, $0) } ?? shortest
        let count = number.digits.count
        var bound = significant ?? 6
        if significant != nil, bound > count, count >= number.point { bound = count }
        if significant == nil { bound = 6 }
        let power = number.point - 1
        if !number.digits.isEmpty, power < -4 || power >= bound { return Self.scientific(number, max(0, count - 1)) }
        return Self.fixed(number, max(0, count - number.point))
    }
}
