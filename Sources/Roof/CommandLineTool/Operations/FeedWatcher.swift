import Documents
import Files
import Foundation
import Ledger
import MonitorService
import Processes
import Trust
import WaybillCore

/// Where new advisories come from, and how often one looks.
struct Feed: Hashable, Sendable {
    enum Source: Hashable, Sendable {
        case folder(String)
        case git(url: String, branch: String)
        case registry(String, keys: [String])
    }

    var name: String
    var source: Source
    var minutes: Int

    /// Reads `feeds: [{name, folder | git | registry, minutes}]`.
    static func feeds(from bytes: [UInt8], file: String) throws(WaybillError) -> [Feed] {
        do throws(DocumentError) {
            var fields = try Fields(try YAMLReader.node(from: bytes, schema: .core), of: "feeds")
            var feeds: [Feed] = []
            for node in try fields.elements("feeds") ?? [] {
                var entry = try Fields(node, of: "feed")
                let name = try entry.requiredString("name")
                let minutes = try entry.integer("minutes", in: 1...10_080) ?? 360
                let source: Source
                if let folder = try entry.string("folder") {
                    source = .folder(folder)
                } else if let url = try entry.string("git") {
                    source = .git(url: url, branch: try entry.string("branch") ?? "main")
                } else if let reference = try entry.string("registry") {
                    source = .registry(reference, keys: try entry.strings("keys") ?? [])
                } else {
                    throw DocumentError(at: node.position, "a feed has a folder, a git URL or a registry")
                }
                try entry.finish()
                feeds.append(Feed(name: name, source: source, minutes: minutes))
            }
            try fields.finish()
            return feeds
        } catch {
            throw error.inFile(file, remedy: "see docs/advisories.md, “Keeping up”")
        }
    }
}

/// Looks for new advisories on a schedule, takes them in, and sends what people must be told.
struct FeedWatcher: Sendable {
    let state: StateFolder
    let monitor: MonitorService
    let ledger: SQLiteLedger
    let channels: [NotificationChannel]
    let feeds: [Feed]

    /// How often one looks whether something is due.
    static let tick = Duration.seconds(5)

    static func open(_ state: StateFolder, _ monitor: MonitorService, _ ledger: SQLiteLedger) throws(WaybillError)
        -> FeedWatcher
    {
        let feeds = state.path + "/feeds.yaml"
        return FeedWatcher(
            state: state, monitor: monitor, ledger: ledger, channels: try channels(state),
            feeds: Files.exists(feeds) ? try Feed.feeds(from: try Files.read(feeds), file: feeds) : [])
    }

    static func channels(_ state: StateFolder) throws(WaybillError) -> [NotificationChannel] {
        let path = state.path + "/notifications.yaml"
        return Files.exists(path) ? try NotificationChannel.channels(from: try Files.read(path), file: path) : []
    }

    /// Runs until it is cancelled. What goes wrong is an event in the ledger, and is tried again at the next time.
    func run() async {
        let desk = DeliveryDesk(
            ledger: ledger, carrier: NetworkCarrier(now: Platform.now), channels: channels, now: Platform.now)
        let notices = AgentNotices(ledger: ledger, channels: channels, now: Platform.now)
        var due: [String: Int64] = [:]
        while !Task.isCancelled {
            for feed in feeds where due[feed.name] ?? 0 <= Platform.now().milliseconds {
                due[feed.name] = Platform.now().milliseconds + Int64(feed.minutes) * 60_000
                do {
                    let delta = try await look(feed)
                    guard delta else { continue }
                    let denied = try await monitor.reevaluate().filter { !$0.verdict.isAllowed }
                    try await note(
                        "advisories.updated", feed.name,
                        "new advisories; \(denied.count) running workloads are denied now")
                } catch {
                    try? await note("advisories.failed", feed.name, "\(error)")
                }
            }
            // The ledger that cannot take the event is what failed: the round is tried again at the next tick.
            do { try await notices.round() } catch { try? await note("delivery.failed", "notices", "\(error)") }
            do { try await desk.round() } catch { try? await note("delivery.failed", "outbox", "\(error)") }
            do { try await Task.sleep(for: Self.tick) } catch { return }
        }
    }

    private func note(_ action: String, _ subject: String, _ message: String) async throws(WaybillError) {
        try await ledger.record(
            Event(moment: Platform.now(), actor: "monitor", action: action, subject: subject, message: message))
    }

    /// Whether something new came.
    func look(_ feed: Feed) async throws(WaybillError) -> Bool {
        switch feed.source {
        case .folder(let path): return try await take(path, feed)
        case .git(let url, let branch):
            let path = "\(state.advisories)/feeds/\(Digest.sha256(of: Array(feed.name.utf8)).short)"
            if Files.exists(path + "/.git") {
                try await git(["-C", path, "fetch", "--quiet", "--depth", "1", "origin", branch])
                try await git(["-C", path, "reset", "--quiet", "--hard", "FETCH_HEAD"])
            } else {
                try Files.makeFolder("\(state.advisories)/feeds")
                try await git(["clone", "--quiet", "--depth", "1", "--branch", branch, "--", url, path])
            }
            return try await take(path, feed)
        case .registry(let reference, let keys):
            let place = try ArtifactPlace(reference)
            return try await monitor.pull(
                from: try place.client(state), repository: place.repository, tag: place.tag,
                trusting: try AdvisoriesCommand.trusted(keys, state)
            ).isNew
        }
    }

    private func git(_ arguments: [String]) async throws(WaybillError) {
        let result = try await ProcessRunner.run(
            Command("git", ["-c", "protocol.ext.allow=never"] + arguments, timeout: .seconds(600)))
        guard result.isSuccess else {
            throw WaybillError(.failed, "git failed: \(result.errorText)", subject: arguments.last ?? "git")
        }
    }

    /// Imports a folder whose files are not those of the last time.
    private func take(_ path: String, _ feed: Feed) async throws(WaybillError) -> Bool {
        let files = try AdvisoryOperations.files(path)
        guard !files.isEmpty else {
            throw WaybillError(.notFound, "holds no file of advisories", subject: path)
        }
        var hasher = DigestHasher()
        for file in files {
            hasher.update(Array(file.name.utf8))
            hasher.update(file.bytes)
        }
        let digest = hasher.finish().description
        let name = "feed.\(feed.name)"
        if try await ledger.state(name)?.string == digest { return false }
        _ = try await monitor.importAdvisories(files)
        try await ledger.setState(name, to: .string(digest))
        return true
    }
}
