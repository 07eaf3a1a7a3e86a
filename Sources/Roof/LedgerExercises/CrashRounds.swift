import Files
public import Foundation
public import Ledger
import WaybillCore

/// Kills a writer in the middle of its work, again and again, and holds what is left against what it was told.
///
/// The writer does the operations of a seeded exercise and writes a line for each that the store acknowledged. After the
/// kill the store must be as after all of these, or one more that was under way: nothing lost, nothing half-written.
public struct CrashRounds: Sendable {
    /// What stands on the other side of the store and is killed too.
    public enum Victim: Sendable { case writer, server }

    /// Files of the rounds.
    let folder: String
    let seed: UInt64
    let open: @Sendable () async throws -> any MetadataStore
    /// Starts the writer: from which operation on, with which store it knows itself.
    let startWriter: @Sendable (_ from: Int) throws -> Process
    /// Kills the server as the power does and starts it again; nil where there is none.
    let crashServer: (@Sendable (_ round: Int) async throws -> Void)?

    public init(
        folder: String, seed: UInt64, open: @escaping @Sendable () async throws -> any MetadataStore,
        startWriter: @escaping @Sendable (_ from: Int) throws -> Process,
        crashServer: (@Sendable (_ round: Int) async throws -> Void)? = nil
    ) {
        self.folder = folder
        self.seed = seed
        self.open = open
        self.startWriter = startWriter
        self.crashServer = crashServer
    }

    public struct Report: Sendable {
        public var kills = 0
        public var serverKills = 0
        public var operations = 0
        /// Rounds in which the operation under way had been done.
        public var doneUnacknowledged = 0
    }

    static func acknowledgements(in folder: String) -> String { folder + "/acknowledged" }

    /// Throws at the first round that lost or tore something.
    public func run(_ rounds: Int, progress: @Sendable (Int) -> Void = { _ in }) async throws -> Report {
        var random = SplitMix(seed: seed &+ 1)
        var exercise = MetadataExercise(seed: seed)
        var report = Report()
        for round in 0..<rounds {
            let start = exercise.count
            try Files.write([], to: Self.acknowledgements(in: folder))
            let writer = try startWriter(start)
            let isServer = crashServer != nil && round % 2 == 1
            try await wait(for: Int.random(in: 1...12, using: &random), writer)
            try await Task.sleep(for: .microseconds(Int.random(in: 0...20_000, using: &random)))
            if isServer { try await crashServer?(round) }
            // Its work ends with the server, or it is killed before.
            kill(writer.processIdentifier, SIGKILL)
            writer.waitUntilExit()
            report.kills += 1
            report.serverKills += isServer ? 1 : 0

            let acknowledged = try Self.lines(folder)
            for _ in start..<max(start, acknowledged) { _ = exercise.next() }
            let store = try await open()
            // A server may still be storing what the writer sent last. Whoever writes next waits for that.
            _ = try await store.perform(.delete("nothing has this name", at: Instant(milliseconds: 0)))
            let lost = try await MetadataComparison(store, exercise.history, seed: seed).difference()
            if let lost {
                var further = exercise
                _ = further.next()
                if let torn = try await MetadataComparison(store, further.history, seed: seed).difference() {
                    throw WaybillError(
                        .corrupted, "neither as acknowledged (\(lost)) nor as after one more (\(torn))",
                        subject: "round \(round), after operation \(acknowledged)")
                }
                exercise = further
                report.doneUnacknowledged += 1
            }
            var comparison = MetadataComparison(store, exercise.history, seed: seed &+ UInt64(round))
            if let wrong = try await comparison.difference(reads: 5, upTo: Int64(exercise.count)) {
                throw WaybillError(.corrupted, wrong, subject: "round \(round)")
            }
            progress(round)
        }
        report.operations = exercise.count
        return report
    }

    /// The writer's whole life: operations from this one on, each told of once it is acknowledged.
    public static func write(to store: any MetadataStore, seed: UInt64, from start: Int, folder: String) async throws {
        var exercise = MetadataExercise(seed: seed)
        while exercise.count < start { _ = exercise.next() }
        let descriptor = Foundation.open(acknowledgements(in: folder), O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw WaybillError(.failed, "cannot be opened", subject: folder) }
        defer { close(descriptor) }
        while true {
            let (operation, failure) = exercise.next()
            let outcome = try await store.perform(operation)
            guard outcome == failure else {
                throw WaybillError(.failed, "operation \(exercise.count) ended otherwise", subject: "crash writer")
            }
            let line = Array("\(exercise.count)\n".utf8)
            guard Foundation.write(descriptor, line, line.count) == line.count else {
                throw WaybillError(.failed, "cannot be written", subject: folder)
            }
        }
    }

    /// Returns once the writer has told of so many more operations.
    private func wait(for count: Int, _ writer: Process) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while (try Files.read(Self.acknowledgements(in: folder))).count(where: { $0 == UInt8(ascii: "\n") }) < count {
            guard writer.isRunning else {
                throw WaybillError(.failed, "the writer ended by itself", subject: folder)
            }
            guard ContinuousClock.now < deadline else {
                throw WaybillError(.timeout, "the writer told of nothing", subject: folder)
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// The last operation that was told of; 0 where none was.
    private static func lines(_ folder: String) throws -> Int {
        let text = try Files.text(acknowledgements(in: folder))
        // A line is written at once: what has no end was not told.
        let whole = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return whole.last.flatMap { Int($0) } ?? 0
    }
}
