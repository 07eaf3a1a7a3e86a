import Documents
import WaybillCore

/// What a check found.
public struct VerificationAnswer: Hashable, Sendable {
    public var isPassed: Bool
    public var message: String

    public init(isPassed: Bool, message: String) {
        self.isPassed = isPassed
        self.message = message
    }
}

extension VerificationSettings {
    /// The address to ask; nil for a Job.
    public var address: String? {
        switch check {
        case .http(let url, _, _): return url
        case .metric(let url, let query, _, _):
            let base = url.hasSuffix("/") ? String(url.dropLast()) : url
            return "\(base)/api/v1/query?query=\(Self.escaped(query))"
        case .job: return nil
        }
    }

    /// Judges an answer. What cannot be understood has not passed.
    public func judge(status: Int, body: [UInt8]) -> VerificationAnswer {
        switch check {
        case .http(_, let wanted, let text):
            guard status == wanted else {
                return VerificationAnswer(isPassed: false, message: "answered \(status), not \(wanted)")
            }
            guard let text, !Self.contains(body, Array(text.utf8)) else {
                return VerificationAnswer(isPassed: true, message: "answered \(status)")
            }
            return VerificationAnswer(isPassed: false, message: "the answer does not hold “\(text)”")
        case .metric(_, _, let least, let most):
            guard status == 200, let value = Self.number(body) else {
                return VerificationAnswer(isPassed: false, message: "the query has not exactly one value")
            }
            // A number that is none compares with nothing.
            guard value >= least ?? -.infinity, value <= most ?? .infinity else {
                return VerificationAnswer(isPassed: false, message: "the value is \(value)")
            }
            return VerificationAnswer(isPassed: true, message: "the value is \(value)")
        case .job: return VerificationAnswer(isPassed: false, message: "a Job is not asked over HTTP")
        }
    }

    /// `{"data":{"result":[{"value":[time,"1.5"]}]}}`, or a scalar's `"result":[time,"1.5"]`.
    private static func number(_ body: [UInt8]) -> Double? {
        // An answer that is no JSON has no number: the check has not passed.
        guard let document = try? JSONReader.value(from: body), document["status"]?.string == "success" else {
            return nil
        }
        let result = document["data"]?["result"]
        if document["data"]?["resultType"]?.string == "scalar" { return result?[1]?.string.flatMap { Double($0) } }
        guard let series = result?.array, series.count == 1 else { return nil }
        return series[0]["value"]?[1]?.string.flatMap { Double($0) }
    }

    private static func contains(_ body: [UInt8], _ wanted: [UInt8]) -> Bool {
        guard body.count >= wanted.count else { return false }
        return (0...(body.count - wanted.count)).contains { body[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let isPlain =
                (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                || "-_.~".utf8.contains(byte)
            result += isPlain ? String(Unicode.Scalar(byte)) : "%" + Hex.encode([byte]).uppercased()
        }
        return result
    }
}
