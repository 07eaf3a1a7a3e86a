import Synchronization

/// Requests by handler, method and status, in Prometheus' text form.
final class RequestMetrics: Sendable {
    private struct Series: Hashable {
        var handler: String
        var method: String
        var status: Int
    }

    private struct Histogram {
        var counts = [Int](repeating: 0, count: RequestMetrics.boundsNanoseconds.count)
        var count = 0
        var sumNanoseconds = 0
    }

    /// As OPA has them, from a microsecond to a second.
    private static let boundsNanoseconds = [
        1000, 5000, 10_000, 50_000, 100_000, 500_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    ]

    private let series = Mutex<[Series: Histogram]>([:])

    func record(handler: String, method: String, status: Int, nanoseconds: Int) {
        series.withLock { series in
            var histogram = series[Series(handler: handler, method: method, status: status)] ?? Histogram()
            for (index, bound) in Self.boundsNanoseconds.enumerated() where nanoseconds <= bound {
                histogram.counts[index] += 1
            }
            histogram.count += 1
            histogram.sumNanoseconds += nanoseconds
            series[Series(handler: handler, method: method, status: status)] = histogram
        }
    }

    var text: String {
        let all = series.withLock { $0 }.sorted {
            ($0.key.handler, $0.key.method, $0.key.status) < ($1.key.handler, $1.key.method, $1.key.status)
        }
        var text = """
            # HELP http_request_duration_seconds A histogram of duration for requests.
            # TYPE http_request_duration_seconds histogram

            """
        for (series, histogram) in all {
            let labels = "code=\"\(series.status)\",handler=\"\(series.handler)\",method=\"\(series.method)\""
            for (bound, count) in zip(Self.boundsNanoseconds, histogram.counts) {
                text += "http_request_duration_seconds_bucket{\(labels),le=\"\(Double(bound) / 1e9)\"} \(count)\n"
            }
            text += "http_request_duration_seconds_bucket{\(labels),le=\"+Inf\"} \(histogram.count)\n"
            text += "http_request_duration_seconds_sum{\(labels)} \(Double(histogram.sumNanoseconds) / 1e9)\n"
            text += "http_request_duration_seconds_count{\(labels)} \(histogram.count)\n"
        }
        return text
    }
}
