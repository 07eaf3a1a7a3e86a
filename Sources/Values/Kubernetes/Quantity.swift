/// A resource quantity: `500m`, `1.5Gi`, `2e3`. Kept as a whole number of thousandths, rounded up as Kubernetes does.
public struct Quantity: Hashable, Sendable, Comparable {
    /// The value times 1000.
    public let thousandths: Int

    public init(thousandths: Int) { self.thousandths = thousandths }

    /// Nil when the text is not a quantity; values too large are capped.
    public init?(_ text: String) {
        var digits = Substring(text)
        var isNegative = false
        if let sign = digits.first, sign == "+" || sign == "-" {
            isNegative = sign == "-"
            digits = digits.dropFirst()
        }
        let number = digits.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), number.contains(where: { $0 != "." }), number.count <= 40,
            let scale = Self.scale(String(digits[number.endIndex...]))
        else { return nil }
        let whole = parts[0].isEmpty ? "0" : String(parts[0])
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard let mantissa = Double(whole + "." + (fraction.isEmpty ? "0" : fraction)) else { return nil }
        // Exact where the digits fit, by floating point where they do not.
        let exact: Int? =
            fraction.isEmpty
            ? Int(whole).flatMap { whole in
                guard let factor = Int(exactly: scale * 1000) else { return nil }
                let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
                return overflow ? nil : product
            } : nil
        let rounded = (mantissa * scale * 1000 - 1e-9).rounded(.up)
        let magnitude = exact ?? (rounded >= 9.2e18 ? Int.max : Int(rounded))
        thousandths = isNegative ? -magnitude : magnitude
    }

    /// Rounded up to a whole number: bytes, pods.
    public var whole: Int { thousandths / 1000 + (thousandths % 1000 > 0 ? 1 : 0) }
    public static func < (left: Quantity, right: Quantity) -> Bool { left.thousandths < right.thousandths }

    private static func scale(_ suffix: String) -> Double? {
        switch suffix {
        case "": return 1
        case "n": return 1e-9
        case "u": return 1e-6
        case "m": return 1e-3
        case "k": return 1e3
        case "M": return 1e6
        case "G": return 1e9
        case "T": return 1e12
        case "P": return 1e15
        case "E": return 1e18
        case "Ki": return 1024
        case "Mi": return 1_048_576
        case "Gi": return 1_073_741_824
        case "Ti": return 1_099_511_627_776
        case "Pi": return 1_125_899_906_842_624
        case "Ei": return 1_152_921_504_606_846_976
        default: break
        }
        guard let first = suffix.first, first == "e" || first == "E", let exponent = Int(suffix.dropFirst()),
            abs(exponent) <= 18
        else { return nil }
        return Double("1e\(exponent)")
    }
}
