import Documents

/// Which log lines somebody wants.
struct LogRequest: Sendable {
    var pod: Value
    var container: String?
    var follows: Bool
    var previous: Bool
    var tailLines: Int?
    var sinceSeconds: Int?
    var withTimestamps: Bool
    var bytesMax: Int?

    init(_ pod: Value, _ request: APIRequest) {
        self.pod = pod
        container = request.parameter("container").flatMap { $0.isEmpty ? nil : $0 }
        follows = request.flag("follow")
        previous = request.flag("previous")
        tailLines = request.parameter("tailLines").flatMap { Int($0) }
        sinceSeconds = request.parameter("sinceSeconds").flatMap { Int($0) }
        withTimestamps = request.flag("timestamps")
        bytesMax = request.parameter("limitBytes").flatMap { Int($0) }
    }
}
