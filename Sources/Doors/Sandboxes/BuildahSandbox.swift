import Documents
import Files
public import Foundation
import Processes
public import WaybillCore

/// Builds with buildah inside a room of its own (`Jail`), each build with its own storage, removed when it ends.
public final class BuildahSandbox: Sandbox {
    public let isolation: IsolationReport
    private let stateFolder: String
    private let now: @Sendable () -> Int
    private let ranges: RangePool

    /// Looks at the machine and takes the strongest isolation that works.
    ///
    /// - Parameters:
    ///   - stateFolder: builds work below it and leave nothing there.
    ///   - now: seconds since 1970, for the provenance.
    public init(
        stateFolder: String, now: @escaping @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }
    ) async throws(WaybillError) {
        self.stateFolder = stateFolder
        self.now = now
        ranges = RangePool.systemPool()
        try Files.makeFolder(stateFolder, mode: 0o700)
        isolation = try await IsolationProbe(stateFolder: stateFolder).run()
    }

    public func build(_ request: BuildRequest) async throws(WaybillError) -> BuildOutcome {
        guard !Files.exists(request.output) else {
            throw WaybillError(.conflict, "exists already", subject: request.output)
        }
        let started = now()
        let room = try await enter(request.limits)
        do throws(WaybillError) {
            let outcome = try await build(request, in: room, started: started)
            await room.leave()
            return outcome
        } catch {
            await room.leave()
            throw error
        }
    }

    public func open(_ image: LocalImage, limits: ResourceLimits) async throws(WaybillError) -> any OpenImage {
        let room = try await enter(limits)
        do throws(WaybillError) {
            return try await BuildahImage(image, in: room)
        } catch {
            await room.leave()
            throw error
        }
    }

    private func enter(_ limits: ResourceLimits) async throws(WaybillError) -> BuildRoom {
        try await BuildRoom(stateFolder: stateFolder, isolation: isolation, ranges: ranges, limits: limits)
    }

    private func build(
        _ request: BuildRequest, in room: BuildRoom, started: Int
    ) async throws(WaybillError) -> BuildOutcome {
        try await room.bring(context: request.context, containerfile: request.containerfile)
        for base in request.baseImages { try await room.add(base) }
        let (exit, log) = try await room.build(request)
        let redacted = Self.redacted(log, request.secrets)
        let result: BuildOutcome.Result
        if exit == .exited(0) {
            let digest = try await room.export(to: request.output)
            result = .built(LocalImage(path: request.output, digest: digest))
        } else {
            result = .failed(reason: Self.reason(exit, redacted, request.limits))
        }
        return BuildOutcome(
            result: result, baseImages: request.baseImages, isolation: isolation, started: started, finished: now(),
            log: redacted)
    }

    /// Bytes of the log's end that are kept with the outcome.
    static let logKeptBytes = 64 << 10

    static func redacted(_ log: [UInt8], _ secrets: [String]) -> String {
        var text = String(decoding: log, as: UTF8.self)
        for secret in secrets where !secret.isEmpty { text = text.replacing(secret, with: "[redacted]") }
        guard text.utf8.count > logKeptBytes else { return text }
        return "[…]\n" + String(decoding: text.utf8.suffix(logKeptBytes), as: UTF8.self)
    }

    private static func reason(_ exit: Outcome.Exit, _ log: String, _ limits: ResourceLimits) -> String {
        let line = log.split(separator: "\n").last { $0.contains("rror") } ?? log.split(separator: "\n").last
        let text = line.map { String($0.prefix(400)) } ?? "\(exit)"
        guard text.hasSuffix("exit status 137") else { return text }
        return "\(text) (the step was killed; it may take \(limits.memoryBytes >> 20) MiB of memory)"
    }
}
