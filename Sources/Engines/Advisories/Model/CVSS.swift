public import WaybillCore

/// A CVSS vector with its base score: versions 2.0, 3.0, 3.1 and 4.0.
public struct CVSS: Hashable, Sendable {
    /// 2, 3 or 4.
    public let version: Int
    /// From 0.0 to 10.0, one decimal.
    public let score: Double

    /// Nil for a vector that is incomplete, malformed, or of another version.
    public init?(vector: String) {
        var parts = vector.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first else { return nil }
        var metrics: [String: String] = [:]
        let kind: Int
        switch first {
        case "CVSS:3.0", "CVSS:3.1": kind = 3
        case "CVSS:4.0": kind = 4
        case _ where first.hasPrefix("CVSS:"): return nil
        default: kind = 2
        }
        if kind > 2 { parts.removeFirst() }
        for part in parts {
            let pair = part.split(separator: ":", omittingEmptySubsequences: false)
            guard pair.count == 2, metrics.updateValue(String(pair[1]), forKey: String(pair[0])) == nil else {
                return nil
            }
        }
        let score: Double? =
            switch kind {
            case 2: CVSS2.score(metrics)
            case 3: CVSS3.score(metrics)
            default: CVSS4.score(metrics)
            }
        guard let score else { return nil }
        version = kind
        self.score = score
    }

    /// The qualitative rating scale (version 3, section 5; version 4, section 6).
    public var severity: Severity { Self.severity(ofScore: score) }

    public static func severity(ofScore score: Double) -> Severity {
        switch score {
        case ..<0.1: .info
        case ..<4: .low
        case ..<7: .medium
        case ..<9: .high
        default: .critical
        }
    }
}

/// Weights of a metric's values, by letter.
private func weight(_ metrics: [String: String], _ name: String, _ weights: [String: Double]) -> Double? {
    metrics[name].flatMap { weights[$0] }
}

/// Version 2, section 3.2.1.
enum CVSS2 {
    static func score(_ metrics: [String: String]) -> Double? {
        let impacts: [String: Double] = ["N": 0, "P": 0.275, "C": 0.660]
        guard let vector = weight(metrics, "AV", ["L": 0.395, "A": 0.646, "N": 1]),
            let complexity = weight(metrics, "AC", ["H": 0.35, "M": 0.61, "L": 0.71]),
            let authentication = weight(metrics, "Au", ["M": 0.45, "S": 0.56, "N": 0.704]),
            let confidentiality = weight(metrics, "C", impacts), let integrity = weight(metrics, "I", impacts),
            let availability = weight(metrics, "A", impacts)
        else { return nil }
        let impact = 10.41 * (1 - (1 - confidentiality) * (1 - integrity) * (1 - availability))
        let exploitability = 20 * vector * complexity * authentication
        let score = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact == 0 ? 0 : 1.176)
        return (max(score, 0) * 10).rounded() / 10
    }
}

/// Version 3.1, section 7.1; 3.0 differs in the way of rounding only where floating point errs.
enum CVSS3 {
    static func score(_ metrics: [String: String]) -> Double? {
        let impacts: [String: Double] = ["N": 0, "L": 0.22, "H": 0.56]
        guard let scope = metrics["S"], scope == "U" || scope == "C" else { return nil }
        let isChanged = scope == "C"
        guard let vector = weight(metrics, "AV", ["N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2]),
            let complexity = weight(metrics, "AC", ["L": 0.77, "H": 0.44]),
            let privileges = weight(
                metrics, "PR", ["N": 0.85, "L": isChanged ? 0.68 : 0.62, "H": isChanged ? 0.5 : 0.27]),
            let interaction = weight(metrics, "UI", ["N": 0.85, "R": 0.62]),
            let confidentiality = weight(metrics, "C", impacts), let integrity = weight(metrics, "I", impacts),
            let availability = weight(metrics, "A", impacts)
        else { return nil }
        let base = 1 - (1 - confidentiality) * (1 - integrity) * (1 - availability)
        let impact = isChanged ? 7.52 * (base - 0.029) - 3.25 * power(base - 0.02, 15) : 6.42 * base
        if impact <= 0 { return 0 }
        let exploitability = 8.22 * vector * complexity * privileges * interaction
        return roundedUp(min((isChanged ? 1.08 : 1) * (impact + exploitability), 10))
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }

    /// Up to one decimal, in whole numbers so that 4.02 is not 4.1 by a rounding error (specification 3.1, appendix A).
    private static func roundedUp(_ value: Double) -> Double {
        let scaled = Int((value * 100_000).rounded())
        return scaled.isMultiple(of: 10_000) ? Double(scaled) / 100_000 : Double(scaled / 10_000 + 1) / 10
    }
}
