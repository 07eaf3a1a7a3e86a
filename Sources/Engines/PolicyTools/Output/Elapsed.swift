/// A length of time as Go's programs write it: `417.5µs`, `1.2ms`, `2.5s`.
public enum Elapsed {
    public static func text(nanoseconds: Int) -> String {
        switch nanoseconds {
        case ..<1000: "\(max(0, nanoseconds))ns"
        case ..<1_000_000: decimal(nanoseconds, 1000) + "µs"
        case ..<1_000_000_000: decimal(nanoseconds, 1_000_000) + "ms"
        default: decimal(nanoseconds, 1_000_000_000) + "s"
        }
    }

    private static func decimal(_ value: Int, _ unit: Int) -> String {
        let (whole, rest) = (value / unit, value % unit)
        guard rest > 0 else { return String(whole) }
        var digits = String(rest + unit).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}
