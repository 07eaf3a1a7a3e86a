public import Attestations
import Documents
import WaybillCore

/// From a moment to another; both belong to it. Without an end it goes on.
public struct TimeRange: Hashable, Sendable {
    public var start: Timestamp
    public var end: Timestamp?

    public init(start: Timestamp, end: Timestamp? = nil) {
        self.start = start
        self.end = end
    }

    public func contains(_ moment: Timestamp) -> Bool { start <= moment && end.map { moment <= $0 } ?? true }

    /// A range without a start is no range: taken as open it would let in whatever it was meant to keep out.
    init(_ value: Value?, of what: String) throws(SignatureFailure) {
        guard let text = value?["start"]?.string, let start = Timestamp(text) else {
            throw SignatureFailure(.format, "\(what) says not from when it is valid")
        }
        var end: Timestamp?
        if let stated = value?["end"], !stated.isNull {
            guard let found = stated.string.flatMap({ Timestamp($0) }) else {
                throw SignatureFailure(.format, "\(what) says not until when it is valid")
            }
            end = found
        }
        self.init(start: start, end: end)
    }
}
