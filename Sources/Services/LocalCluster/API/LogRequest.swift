import Documents
import Foundation
import Kubernetes
import KubernetesAPI

/// Which log lines somebody wants.
struct LogRequest: Sendable {
    var pod: Value
    var container: String?
    var follows: Bool
    var previous: Bool
    var tailLines: Int?
    /// Only lines from then on, as log files write times.
    var since: String?
    var withTimestamps: Bool
    var bytesMax: Int?

    init(_ pod: Value, _ request: APIRequest) throws(APIError) {
        self.pod = pod
        container = request.parameter("container").flatMap { $0.isEmpty ? nil : $0 }
        follows = request.flag("follow")
        previous = request.flag("previous")
        withTimestamps = request.flag("timestamps")
        tailLines = try Self.number("tailLines", request, from: 0)
        bytesMax = try Self.number("limitBytes", request, from: 1)
        let seconds = try Self.number("sinceSeconds", request, from: 1)
        if let text = request.parameter("sinceTime"), !text.isEmpty {
            guard seconds == nil else {
                throw Self.invalid(.forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified"))
            }
            guard let time = APITime.seconds(text) else { throw .badRequest("parsing time \"\(text)\"") }
            since = APITime.text(time, nanoseconds: 0)
        } else if let seconds {
            since = APITime.text(max(0, Int(Date().timeIntervalSince1970) - seconds), nanoseconds: 0)
        }
    }

    private static func number(_ name: String, _ request: APIRequest, from first: Int) throws(APIError) -> Int? {
        guard let text = request.parameter(name), !text.isEmpty else { return nil }
        guard let number = Int(text) else { throw .badRequest("\(name): \"\(text)\" is not a number") }
        guard number >= first else {
            let bound = first == 0 ? "or equal to 0" : "0"
            throw invalid(.invalid(name, .integer(number), "must be greater than \(bound)"))
        }
        return number
    }

    private static func invalid(_ cause: FieldError) -> APIError {
        .invalid(ObjectKind(group: "", version: "v1", kind: "PodLogOptions"), "", [cause])
    }
}
