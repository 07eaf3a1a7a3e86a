import Documents
import NIOHTTP1
import OCI
import PolicyTools
import Rego
import Synchronization
import WaybillCore

/// Collects decisions, masked, and sends them in batches. What cannot be sent is kept up to a bound, the newest first.
final class DecisionLogger: Sendable {
    private struct Buffer {
        /// Encoded, oldest first.
        var events: [[UInt8]] = []
        var bytes = 0
        var dropped = 0
        var second = 0
        var inSecond = 0
        var failures = 0
        var failure: String?
    }

    let settings: DecisionLogSettings
    private let endpoint: ServiceEndpoint?
    private let host: PolicyHost
    private let console: @Sendable (String) -> Void
    private let buffer = Mutex(Buffer())

    init(
        _ settings: DecisionLogSettings, endpoint: ServiceEndpoint?, host: PolicyHost,
        console: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.endpoint = endpoint
        self.host = host
        self.console = console
    }

    /// Drops or masks the decision as the policy asks, and keeps it. A decision whose mask cannot be found out is kept
    /// without input and result.
    func log(_ event: DecisionEvent, _ snapshot: PolicyStore.Snapshot) {
        var event = event
        do {
            let input = RegoValue(event.value)
            var limits = EvaluationLimits.standard
            let (clock, end) = (host.clock, host.clock() + 5_000_000_000)
            limits.isOver = { clock() > end }
            if try snapshot.compiled.document(
                at: settings.dropPath, input: input, limits: limits, surroundings: host.surroundings()) == .bool(true)
            {
                return
            }
            if let result = try snapshot.compiled.document(
                at: settings.maskPath, input: input, limits: limits, surroundings: host.surroundings())
            {
                for mask in try DecisionMask.read(result.document) { mask.apply(to: &event) }
            }
        } catch {
            event.erased += [event.input == nil ? nil : "/input", event.result == nil ? nil : "/result"].compactMap {
                $0
            }
            event.input = nil
            event.result = nil
            event.error = event.error ?? "the mask could not be decided: \(ErrorReport(error).entries[0].text)"
        }
        let value = event.value
        if settings.isConsole {
            var line = value
            line["msg"] = "Decision Log"
            line["type"] = "openpolicyagent.org/decision_logs"
            console(JSONWriter.string(line))
        }
        guard endpoint != nil else { return }
        add(JSONWriter.bytes(value))
    }

    private func add(_ bytes: [UInt8]) {
        let second = host.clock() / 1_000_000_000
        buffer.withLock { buffer in
            if let most = settings.decisionsPerSecondMax {
                if buffer.second != second { (buffer.second, buffer.inSecond) = (second, 0) }
                buffer.inSecond += 1
                guard buffer.inSecond <= most else {
                    buffer.dropped += 1
                    return
                }
            }
            buffer.events.append(bytes)
            buffer.bytes += bytes.count
            shrink(&buffer)
        }
    }

    private func shrink(_ buffer: inout Buffer) {
        // Zero is no bound.
        guard settings.bufferBytesMax > 0 else { return }
        var count = 0
        while buffer.bytes > settings.bufferBytesMax, count < buffer.events.count {
            buffer.bytes -= buffer.events[count].count
            count += 1
        }
        buffer.dropped += count
        buffer.events.removeFirst(count)
    }

    /// Sends everything that waits; what is not taken waits on.
    func upload() async {
        guard let endpoint else { return }
        var events = buffer.withLock { buffer in
            defer { (buffer.events, buffer.bytes) = ([], 0) }
            return buffer.events
        }
        while !events.isEmpty {
            var count = 0
            var bytes = 2
            while count < events.count, count == 0 || bytes + events[count].count + 1 <= settings.uploadBytesMax {
                bytes += events[count].count + 1
                count += 1
            }
            do {
                try await send(Array(events.prefix(count)), endpoint)
                events.removeFirst(count)
                buffer.withLock { ($0.failures, $0.failure) = (0, nil) }
            } catch {
                let rest = events
                buffer.withLock { buffer in
                    buffer.events = rest + buffer.events
                    buffer.bytes = buffer.events.reduce(0) { $0 + $1.count }
                    buffer.failures += 1
                    buffer.failure = "\(error)"
                    shrink(&buffer)
                }
                return
            }
        }
    }

    private func send(_ events: [[UInt8]], _ endpoint: ServiceEndpoint) async throws(WaybillError) {
        let body = Array("[".utf8) + events.joined(separator: Array(",".utf8)) + Array("]".utf8)
        let answer = try await endpoint.send(
            .POST, settings.resource, headers: [("Content-Type", "application/json"), ("Content-Encoding", "gzip")],
            body: try Gzip.compress(body), bytesMax: 1 << 20)
        guard (200..<300).contains(answer.status) else {
            throw WaybillError(
                .failed, "log upload failed, server replied with HTTP \(answer.status)", subject: settings.resource)
        }
    }

    func run(sleeping: @Sendable (Duration) async throws -> Void) async {
        while !Task.isCancelled {
            let failures = buffer.withLock(\.failures)
            let backoff = Backoff(
                minimumSeconds: settings.reporting.minimumSeconds, maximumSeconds: settings.reporting.maximumSeconds)
            let seconds = backoff.seconds(failures: failures, chance: Double(host.random() >> 11) / Double(1 << 53))
            do {
                try await sleeping(.milliseconds(Int(seconds * 1000)))
            } catch {
                return
            }
            await upload()
        }
    }

    var droppedCount: Int { buffer.withLock(\.dropped) }
    var failure: String? { buffer.withLock(\.failure) }
}
