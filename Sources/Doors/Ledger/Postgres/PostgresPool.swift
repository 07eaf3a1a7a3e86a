import Foundation
import Synchronization
import WaybillCore

/// A few threads, each with a session of its own, that run blocking work in the order in which it came.
final class PostgresPool: Sendable {
    /// Work that waits; more is refused rather than piled up.
    static let waitingMax = 1_000

    /// The URL without its password, for messages.
    let subject: String
    private let line = Line()
    private let size: Int

    /// Connects when work comes, so that a server may start after us.
    init(url: String, size: Int) {
        let subject = Redaction.url(url)
        self.subject = subject
        self.size = size
        for number in 0..<size {
            let thread = Thread { [line] in Self.serve(line, url: url, subject: subject) }
            thread.name = "waybill.postgres.\(number)"
            thread.start()
        }
    }

    deinit { line.close(threads: size) }

    /// Runs the work on a session. Work whose task was cancelled before its turn is not begun.
    func run<Success: Sendable>(
        _ work: @escaping @Sendable (PostgresConnection) throws(WaybillError) -> Success
    ) async throws(WaybillError) -> Success {
        let given = Given()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Success, WaybillError>, Never>) in
                let isTaken = line.add { session in
                    guard !given.isGivenUp else {
                        return continuation.resume(
                            returning: .failure(WaybillError(.unavailable, "was given up", subject: "PostgreSQL")))
                    }
                    continuation.resume(
                        returning: Result { () throws(WaybillError) in try work(try session.get()) })
                }
                guard !isTaken else { return }
                continuation.resume(
                    returning: .failure(
                        WaybillError(
                            .unavailable, "more than \(Self.waitingMax) requests wait for it", subject: subject)))
            }
        } onCancel: {
            given.giveUp()
        }
        return try result.get()
    }

    // MARK: the threads

    private static func serve(_ line: Line, url: String, subject: String) {
        var session: PostgresConnection?
        while let work = line.next() {
            if session?.isReusable != true { session = nil }
            if let session {
                work(.success(session))
                continue
            }
            do throws(WaybillError) {
                let opened = try PostgresConnection(url: url, subject: subject)
                session = opened
                work(.success(opened))
            } catch {
                work(.failure(error))
            }
        }
    }

    private typealias Work = @Sendable (Result<PostgresConnection, WaybillError>) -> Void

    /// The work that waits; it outlives the pool until the threads have left.
    private final class Line: Sendable {
        private let waiting = Mutex<[Work]>([])
        private let ready = DispatchSemaphore(value: 0)

        func add(_ work: @escaping Work) -> Bool {
            let isTaken = waiting.withLock { waiting in
                guard waiting.count < PostgresPool.waitingMax else { return false }
                waiting.append(work)
                return true
            }
            if isTaken { ready.signal() }
            return isTaken
        }

        /// Waits for work; nil when there will be no more.
        func next() -> Work? {
            ready.wait()
            return waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }

        /// Nobody can add any more: each thread finds nothing and leaves.
        func close(threads: Int) { for _ in 0..<threads { ready.signal() } }
    }

    private final class Given: Sendable {
        private let flag = Mutex(false)
        var isGivenUp: Bool { flag.withLock { $0 } }
        func giveUp() { flag.withLock { $0 = true } }
    }
}
