import Attestations
import Delivery
import Documents
import Files
import Foundation
public import GitRepositories
public import HTTPServing
public import Ledger
import Logging
public import Signers
import Trust
public import WaybillCore

/// Hosts Git repositories and lets nothing into their branches without its papers.
///
/// Repositories are bare Git repositories in a folder; what must not be lost is in Git itself and in the ledger, so
/// that the process may end at any moment. Every push is judged before a reference moves; without a verdict it is
/// refused.
public actor ForgeService {
    /// Called after a protected branch has moved and its papers are in the ledger; at least once for each move, again
    /// after a crash.
    public typealias MergeHandler =
        @Sendable (
            _ repository: String, _ reference: String, _ old: ObjectID?, _ new: ObjectID
        ) async -> Void

    public struct Options: Sendable {
        /// Whether everybody may read; pushing always needs an identity.
        public var anonymousRead: Bool
        /// Who may create repositories; nil means every identity.
        public var administrators: Set<Identity>?
        public var pushBytesMax: Int
        /// Git requests served at the same time; more are told to come again.
        public var exchangesMax: Int
        /// The longest that one Git request may take.
        public var exchangeTimeout: Duration
        public var now: @Sendable () -> Instant

        public init(
            anonymousRead: Bool = false, administrators: Set<Identity>? = nil, pushBytesMax: Int = 1 << 30,
            exchangesMax: Int = 16, exchangeTimeout: Duration = .seconds(900),
            now: @escaping @Sendable () -> Instant = Options.systemTime
        ) {
            self.anonymousRead = anonymousRead
            self.administrators = administrators
            self.pushBytesMax = pushBytesMax
            self.exchangesMax = exchangesMax
            self.exchangeTimeout = exchangeTimeout
            self.now = now
        }

        /// The machine's clock.
        public static let systemTime: @Sendable () -> Instant = {
            Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        }
    }

    /// A push under way: what its hook may speak for.
    struct Ticket {
        var repository: String
        var identity: Identity
    }

    nonisolated let ledger: any Ledger
    nonisolated let signer: any StatementSigner
    nonisolated let tokens: TokenTable
    nonisolated let options: Options
    nonisolated let hooks: HookFolder
    nonisolated let repositoriesFolder: String
    nonisolated let onMerged: MergeHandler

    var tickets: [String: Ticket] = [:]
    var exchanges = 0
    private var hookSocket: HookSocket?
    nonisolated let logger = Logger(label: "waybill.forge")
    /// The last piece of work on each repository; work on one repository is done one after the other.
    private var tails: [String: Task<Void, Never>] = [:]
    var announcements: [UInt64: Task<Void, Never>] = [:]

    /// Opens the forge on its state folder. `hookProgram` is the `waybill` program, which git's hooks run.
    /// Call `start` when the handler is ready to be called.
    public init(
        folder: String, ledger: any Ledger, signer: any StatementSigner, tokens: TokenTable, hookProgram: String,
        options: Options = Options(), onMerged: @escaping MergeHandler
    ) async throws(WaybillError) {
        try Files.makeFolder("\(folder)/repositories", mode: 0o700)
        // Git names folders by their real path, and we compare with what it says.
        let folder = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        self.ledger = ledger
        self.signer = signer
        self.tokens = tokens
        self.options = options
        self.onMerged = onMerged
        repositoriesFolder = "\(folder)/repositories"
        hooks = HookFolder(path: "\(folder)/hooks", program: hookProgram)
        try hooks.install()
        hookSocket = try HookSocket(in: folder) { [weak self] bytes in
            await self?.answerHook(bytes) ?? HookMessage.Answer(isAllowed: false, text: "the forge is stopping")
        }
    }

    var hookSocketPath: String { hookSocket?.path ?? "" }

    /// Puts right what a crash left undone and announces moves that nobody was told about.
    public func start() async throws(WaybillError) {
        for name in try HostedRepository.names(in: repositoriesFolder) {
            try await announceAgain(name)
            try await settle(name)
        }
    }

    /// Takes no more pushes and waits for handlers under way.
    public func stop() async {
        hookSocket?.stop()
        for task in announcements.values { await task.value }
    }

    // MARK: Repositories

    /// Makes a repository. `signers` is an `allowed_signers` file: who may push its first commits.
    public func createRepository(_ name: String, signers: [UInt8], by identity: Identity) async throws(WaybillError) {
        if let administrators = options.administrators, !administrators.contains(identity) {
            throw WaybillError(.forbidden, "\(identity) may not create repositories", subject: name)
        }
        let repository = try await HostedRepository.create(name, signers: signers, in: repositoriesFolder)
        let people = repository.rootSigners.entries.flatMap(\.principals.patterns).joined(separator: ", ")
        try await record(
            "repository.created", by: identity, about: "repository:\(name)", "\(name) was created; signers: \(people)")
    }

    public func repositories() throws(WaybillError) -> [String] { try HostedRepository.names(in: repositoriesFolder) }

    /// The repository itself, for services in the same process. Throws `.notFound`.
    public func repository(_ name: String) throws(WaybillError) -> GitExecutable { try open(name).git }

    nonisolated func open(_ name: String) throws(WaybillError) -> HostedRepository {
        try HostedRepository(name, in: repositoriesFolder)
    }

    nonisolated func gate(_ repository: HostedRepository, quarantine: Quarantine? = nil) throws(WaybillError)
        -> ReferenceGate
    {
        ReferenceGate(
            git: quarantine == nil ? repository.git : try GitExecutable(repository.path, quarantine: quarantine),
            rootSigners: repository.rootSigners, moment: moment)
    }

    nonisolated var moment: Timestamp { Timestamp(seconds: options.now().milliseconds / 1000) }

    nonisolated func record(
        _ action: String, by actor: Identity, about subject: String, _ message: String, verdict: String? = nil,
        detail: Value = .null
    ) async throws(WaybillError) {
        try await ledger.record(
            Event(
                moment: options.now(), actor: actor.name, action: action, subject: subject, verdict: verdict,
                message: message,
                detail: detail))
    }

    /// Does work on a repository after all work that was asked for before.
    func serially<Success: Sendable>(
        _ repository: String, _ work: @escaping @Sendable () async throws(WaybillError) -> Success
    ) async throws(WaybillError) -> Success {
        let before = tails[repository]
        let task = Task<Result<Success, WaybillError>, Never> {
            await before?.value
            do throws(WaybillError) { return .success(try await work()) } catch { return .failure(error) }
        }
        tails[repository] = Task { _ = await task.value }
        return try await task.value.get()
    }
}
