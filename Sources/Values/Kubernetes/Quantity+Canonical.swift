extension Quantity {
    /// The text as the API writes it: `0.5` is `500m`, `1024Mi` is `1Gi`, `1000` is `1k`. Nil when it is not a quantity.
    public static func canonical(_ text: String) -> String? {
        guard Quantity(text) != nil else { return nil }
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let suffix = String(rest[number.endIndex...])
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        var fraction = parts.count == 2 ? String(parts[1]) : ""
        while fraction.hasSuffix("0") { fraction.removeLast() }
        // Beyond this the text is kept: nobody writes such numbers.
        guard parts[0].count + fraction.count <= 17, var mantissa = Int((parts[0].isEmpty ? "0" : parts[0]) + fraction)
        else { return text }
        let sign = isNegative && mantissa != 0 ? "-" : ""
        if mantissa == 0 { return "0" }
        if suffix.hasSuffix("i"), let power = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].firstIndex(of: suffix) {
            return binary(mantissa, fraction.count, power + 1, sign) ?? text
        }
        guard var exponent = decimalExponent(suffix) else { return text }
        exponent -= fraction.count
        while mantissa % 10 == 0 {
            mantissa /= 10
            exponent += 1
        }
        // Nothing is finer than a billionth.
        while exponent < -9 {
            mantissa = (mantissa + 9) / 10
            exponent += 1
        }
        while exponent % 3 != 0 {
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            guard !overflow else { return text }
            mantissa = product
            exponent -= 1
        }
        let isExponent = suffix.first == "e" || suffix.first == "E" && suffix.count > 1
        return isExponent
            ? "\(sign)\(mantissa)\(exponent == 0 ? "" : "e\(exponent)")" : decimal(mantissa, exponent, sign)
    }

    private static let decimalSuffixes = [
        -9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E",
    ]

    private static func decimal(_ mantissa: Int, _ exponent: Int, _ sign: String) -> String {
        decimalSuffixes[exponent].map { "\(sign)\(mantissa)\($0)" } ?? "\(sign)\(mantissa)e\(exponent)"
    }

    private static func decimalExponent(_ suffix: String) -> Int? {
        if let known = decimalSuffixes.first(where: { $0.value == suffix }) { return known.key }
        guard let first = suffix.first, first == "e" || first == "E" else { return nil }
        return Int(suffix.dropFirst())
    }

    private static func binary(_ mantissa: Int, _ decimals: Int, _ power: Int, _ sign: String) -> String? {
        var value = mantissa
        for _ in 0..<power {
            let (product, overflow) = value.multipliedReportingOverflow(by: 1024)
            guard !overflow else { return nil }
            value = product
        }
        for _ in 0..<decimals { value = value / 10 + (value % 10 > 0 ? 1 : 0) }
        guard value >= 1024 else { return canonical("\(sign)\(value)") }
        var units = 0
        while value % 1024 == 0, units < 6 {
            value /= 1024
            units += 1
        }
        return "\(sign)\(value)\(["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][units])"
    }
}
