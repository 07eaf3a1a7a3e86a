public import Clusters
import Foundation
import Synchronization
public import WaybillCore

/// Lets one of several processes look after an environment: the one that holds its Lease.
///
/// Who could not renew in time stops by its own clock before anybody else may begin: a process that cannot reach the
/// cluster does not go on because nobody told it otherwise.
public final class AgentLease: Sendable {
    private let election: LeaderElection
    private let milliseconds: Int64
    private let now: @Sendable () -> Int64
    /// Until when this process may write, in milliseconds of `now`.
    private let validUntil = Mutex<Int64>(0)
    /// Why the last question was not answered; nil where it was.
    private let failure = Mutex<WaybillError?>(nil)

    /// - Parameters:
    ///   - identity: this process's alone.
    ///   - seconds: how long a lead lasts that is not renewed; this process gives it up after two thirds.
    ///   - now: milliseconds since 1970.
    public init(
        _ cluster: any Cluster, namespace: String, environment: String, identity: String, seconds: Int = 15,
        now: @escaping @Sendable () -> Int64
    ) {
        election = LeaderElection(
            cluster, namespace: namespace, name: "waybill-agent-\(environment)", identity: identity, seconds: seconds)
        milliseconds = Int64(max(seconds, 1)) * 1000
        self.now = now
    }

    /// Whether this process leads; asked before each stage of changes.
    public var isHeld: Bool { validUntil.withLock { now() < $0 } }

    /// Takes or renews the lead. A cluster that does not answer renews nothing.
    @discardableResult
    public func renew() async -> Bool {
        let asked = now()
        let isWon: Bool
        do throws(WaybillError) {
            isWon = try await election.holds(now: Date(timeIntervalSince1970: Double(asked) / 1000))
            failure.withLock { $0 = nil }
        } catch {
            failure.withLock { $0 = error }
            return isHeld
        }
        // Counted from before the question, so that others never see the lead end earlier than we do.
        validUntil.withLock { $0 = isWon ? asked + milliseconds * 2 / 3 : 0 }
        return isWon
    }

    /// Leads or waits until the task is cancelled; `work` runs while this process leads and is cancelled when it does
    /// not any more.
    ///
    /// - Parameter unreachable: told each time when the cluster could not be asked who leads.
    public func run(
        clock: any Clock<Duration> = ContinuousClock(),
        unreachable: @Sendable (WaybillError) async -> Void = { _ in },
        _ work: @escaping @Sendable () async -> Void
    ) async {
        while !Task.isCancelled {
            if await renew() {
                let task = Task { await work() }
                await withTaskCancellationHandler {
                    while !Task.isCancelled, isHeld {
                        do { try await clock.sleep(for: .milliseconds(milliseconds / 3)) } catch { break }
                        await renew()
                    }
                    task.cancel()
                    await task.value
                } onCancel: {
                    task.cancel()
                }
            } else {
                if let failure = failure.withLock({ $0 }) { await unreachable(failure) }
                do { try await clock.sleep(for: .milliseconds(milliseconds / 3)) } catch { break }
            }
        }
        validUntil.withLock { $0 = 0 }
        // What cannot be given back ends by itself.
        try? await election.release()
    }
}
