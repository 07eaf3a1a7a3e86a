import Documents
import PolicyTools
import Rego
import Synchronization
import WaybillCore

/// Keeps one bundle up to date: asks its source, checks what comes, activates it as one step, keeps it on disk.
///
/// A bundle that cannot be read, is not signed as it should be, or does not compile leaves the active one as it is.
final class BundlePoller: Sendable {
    struct State: Sendable {
        var activeRevision = ""
        var isActive = false
        var lastRequest: String?
        var lastSuccessfulRequest: String?
        var lastSuccessfulDownload: String?
        var lastSuccessfulActivation: String?
        var failure: Failure?
        var downloads = 0
        var failedDownloads = 0
        /// In a row.
        var failures = 0
        var etag: String?
    }

    struct Failure: Sendable {
        var message: String
        var errors: Value?
    }

    /// Between questions to a source that waits itself, in case it does not.
    static let pauseSeconds = 0.1

    let settings: BundleSettings
    private let source: any BundleSource
    private let verification: BundleVerification?
    private let store: PolicyStore
    private let shelf: BundleShelf?
    private let host: PolicyHost
    private let version: RegoVersion
    private let state = Mutex(State())

    init(
        _ settings: BundleSettings, source: any BundleSource, verification: BundleVerification?, store: PolicyStore,
        shelf: BundleShelf?, host: PolicyHost, version: RegoVersion
    ) {
        self.settings = settings
        self.source = source
        self.verification = verification
        self.store = store
        self.shelf = shelf
        self.host = host
        self.version = version
    }

    var current: State { state.withLock { $0 } }

    /// Activates what was kept on disk, so that decisions can be made before the source answers.
    func restore() {
        guard let shelf else { return }
        do {
            guard let kept = try shelf.load(bytesMax: settings.bytesMax) else { return }
            try activate(kept.archive, etag: kept.etag)
        } catch {
            fail(error)
        }
    }

    /// Asks once. What goes wrong is in the state.
    func poll() async {
        let time = host.timestamp()
        let etag = state.withLock { state -> String? in
            state.lastRequest = time
            return state.etag
        }
        do {
            switch try await source.fetch(etag: etag) {
            case .unchanged:
                state.withLock { state in
                    state.lastSuccessfulRequest = host.timestamp()
                    state.failures = 0
                    state.failure = nil
                }
            case .archive(let bytes, let etag):
                state.withLock { state in
                    state.lastSuccessfulRequest = host.timestamp()
                    state.lastSuccessfulDownload = host.timestamp()
                }
                let bundle = try activate(bytes, etag: etag)
                // A delta alone says nothing after a restart.
                if bundle.patch == nil { try shelf?.keep(bytes, etag: etag) }
            }
        } catch {
            fail(error)
        }
    }

    /// Polls until the task is cancelled.
    func run(sleeping: @Sendable (Duration) async throws -> Void) async {
        while !Task.isCancelled {
            await poll()
            let backoff = Backoff(
                minimumSeconds: settings.polling.minimumSeconds, maximumSeconds: settings.polling.maximumSeconds)
            let chance = Double(host.random() >> 11) / Double(1 << 53)
            let isWaiting = source.letsWait && current.failures == 0
            let seconds = isWaiting ? Self.pauseSeconds : backoff.seconds(failures: current.failures, chance: chance)
            do {
                try await sleeping(.milliseconds(Int(seconds * 1000)))
            } catch {
                return
            }
        }
    }

    @discardableResult
    private func activate(_ archive: [UInt8], etag: String?) throws -> PolicyBundle {
        let files = try BundleArchive.files(in: archive, subject: settings.name)
        let bundle = try PolicyBundle(
            files: files, name: settings.name, version: version, verification: verification)
        try store.activate(bundle, name: settings.name)
        state.withLock { state in
            state.isActive = true
            if bundle.patch == nil || bundle.hasManifest { state.activeRevision = bundle.manifest.revision }
            state.lastSuccessfulActivation = host.timestamp()
            state.etag = etag
            state.failure = nil
            state.failures = 0
            state.downloads += 1
        }
        return bundle
    }

    private func fail(_ error: any Error) {
        let report = ErrorReport(error)
        state.withLock { state in
            state.failure = Failure(
                message: report.entries.map(\.text).joined(separator: "\n"),
                errors: error is RegoErrors || error is RegoError ? report.values : nil)
            state.failures += 1
            state.failedDownloads += 1
            // The same bytes would fail again, but only the source knows whether they are the same.
        }
    }

    /// As `/v1/status` shows it.
    var status: Value {
        let state = current
        var object: Object = ["name": .string(settings.name)]
        if state.isActive { object["active_revision"] = .string(state.activeRevision) }
        let times = [
            ("last_request", state.lastRequest), ("last_successful_request", state.lastSuccessfulRequest),
            ("last_successful_download", state.lastSuccessfulDownload),
            ("last_successful_activation", state.lastSuccessfulActivation),
        ]
        for (key, time) in times { if let time { object[key] = .string(time) } }
        if let failure = state.failure {
            object["code"] = "bundle_error"
            object["message"] = .string(failure.message)
            object["errors"] = failure.errors
        }
        return .object(object)
    }
}
