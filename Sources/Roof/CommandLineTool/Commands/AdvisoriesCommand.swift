import Advisories
import ArgumentParser
import Documents
import Files
import HTTPServing
import Hummingbird
import Ledger
import MonitorService
import Registries
import Signers
import Trust
import WaybillCore

/// The advisories that findings come from.
struct AdvisoriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advisories",
        abstract: "Bring advisories into a state folder, publish them, fetch them, see how old they are.",
        subcommands: [Import.self, Pull.self, Push.self, Status.self, Serve.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Import files, archives and folders of advisories; all or none.",
            discussion: """
                Known by what stands in them: OSV (JSON, YAML, all.zip), RustSec, RubySec, FriendsOfPHP, Node.js, \
                RetireJS, Debian's tracker, Alpine's secdb, Red Hat's and AlmaLinux's OSV, CISA's catalogue of known \
                exploited weaknesses, EPSS.
                """)

        @Argument(help: "Files, archives (.zip, .tar.gz) or folders.") var paths: [String]
        @OptionGroup var state: StateOption

        func run() async throws {
            try await AdvisoriesCommand.orUnknown {
                let (monitor, ledger) = try OpenState.monitor(state.folder, isMaking: true)
                let report = try await AdvisoryOperations(monitor: monitor, ledger: ledger).importFiles(paths)
                Terminal.result(
                    "\(report.added) added, \(report.changed) changed, \(report.withdrawn) withdrawn, \(report.unchanged) unchanged"
                        + (report.exploitations > 0 ? ", \(report.exploitations) with facts about attacks" : ""))
                for skipped in report.skipped.prefix(20) { Terminal.note("skipped: \(skipped)") }
                if report.skipped.count > 20 { Terminal.note("skipped: \(report.skipped.count - 20) more") }
            }
        }
    }

    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pull",
            abstract: "Fetch advisories from a registry; only what changed since the last time.",
            discussion: "The publisher's signature is verified; without a key that is trusted nothing is taken in.")

        @Argument(help: "HOST/REPOSITORY:TAG") var reference: String
        @Option(help: "The publisher's public key, PEM.") var key: [String] = []
        @OptionGroup var state: StateOption

        func run() async throws {
            try await AdvisoriesCommand.orUnknown {
                let (monitor, _) = try OpenState.monitor(state.folder, isMaking: true)
                let place = try ArtifactPlace(reference)
                let pull = try await monitor.pull(
                    from: try place.client(state.folder), repository: place.repository, tag: place.tag,
                    trusting: try AdvisoriesCommand.trusted(key, state.folder))
                Terminal.result(
                    pull.isNew
                        ? "\(pull.snapshot), \(pull.bytes) bytes"
                            + (pull.usedChanges > 0 ? " in \(pull.usedChanges) changes" : ", the whole state")
                        : "\(pull.snapshot), nothing new")
            }
        }
    }

    struct Push: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "push",
            abstract: "Publish the advisories of a state folder in a registry, signed by its signer.")

        @Argument(help: "HOST/REPOSITORY:TAG") var reference: String
        @OptionGroup var state: StateOption

        func run() async throws {
            try await AdvisoriesCommand.orUnknown {
                let (monitor, _) = try OpenState.monitor(state.folder)
                let place = try ArtifactPlace(reference)
                let registry = try place.client(state.folder)
                let digest = try await SignerProcess.using(state.folder) { (signer) async throws(WaybillError) in
                    try await monitor.push(to: registry, repository: place.repository, tag: place.tag, signer: signer)
                }
                Terminal.result("\(place.repository)@\(digest)")
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Show which advisories there are and how old they are.",
            discussion:
                "Exit status: 0 when all data is newer than --max-age days, 1 when some is older or there is none.")

        @Option(help: "Data that is older is told.") var maxAge = 7
        @Option(help: "text or json.") var output: OutputFormat = .text
        @OptionGroup var state: StateOption

        func run() async throws {
            let index = try await AdvisoriesCommand.orUnknown {
                Files.isFolder(state.folder.advisories)
                    ? try AdvisoryFolder.index(state.folder.advisories) : AdvisoryIndex()
            }
            let now = Platform.now().milliseconds
            func days(_ moment: Int64) -> Int { Int(max(0, now - moment) / 86_400_000) }
            let imported = index.imported.sorted { $0.key < $1.key }
            switch output {
            case .json:
                Terminal.result(
                    JSONWriter.string(
                        [
                            "snapshot": Value(index.snapshot), "records": .integer(index.count),
                            "ecosystems": .object(
                                Object(
                                    imported.map {
                                        (
                                            $0.key,
                                            ["imported": .integer(Int($0.value)), "ageDays": .integer(days($0.value))]
                                        )
                                    })),
                            "sources": .object(
                                Object(index.sources.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
                        ], style: .pretty))
            case .text:
                Terminal.result("\(index.count) records, \(index.snapshot ?? "no state")")
                Terminal.result(
                    Terminal.table(
                        imported.map { [$0.key, days($0.value) == 0 ? "today" : "\(days($0.value)) days old"] }))
            }
            if imported.isEmpty || imported.contains(where: { days($0.value) > maxAge }) { throw ExitStatus.no }
        }
    }

    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "serve",
            abstract: "Answer OSV's questions from a state folder, on loopback, in the foreground.",
            discussion:
                "For tools that speak OSV's API: pip-audit --vulnerability-service osv --osv-url http://127.0.0.1:PORT/v1/query"
        )

        @Option(help: "Zero takes a free one.") var port = 0
        @OptionGroup var state: StateOption

        func run() async throws {
            let interruption = Interruption()
            let server = try await AdvisoriesCommand.orUnknown {
                let folder = state.folder.advisories
                let index = Files.isFolder(folder) ? try AdvisoryFolder.index(folder) : AdvisoryIndex()
                guard index.count > 0 else {
                    throw WaybillError(
                        .notFound, "there are no advisories to answer from", subject: folder,
                        remedy: "import some: waybill advisories import FOLDER")
                }
                let router = Router(context: ServiceContext.self)
                OSVService(index: { index }).addRoutes(to: router)
                return try await HTTPServer.start(router, name: "osv", port: port)
            }
            Terminal.result("http://127.0.0.1:\(server.port)")
            await interruption.wait()
            await server.stop()
        }
    }

    /// Runs the work; an error is told, and the status says that we could not find out.
    static func orUnknown<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch let status as ExitCode {
            throw status
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
    }

    /// The keys that were named; without any, the folder's own.
    static func trusted(_ paths: [String], _ state: StateFolder) throws(WaybillError) -> [TrustedKey] {
        let paths = paths.isEmpty && Files.exists(state.signerPublicKey) ? [state.signerPublicKey] : paths
        guard !paths.isEmpty else {
            throw WaybillError(
                .invalidInput, "no key is trusted", subject: "advisories pull",
                remedy: "name the publisher's key: --key FILE")
        }
        var keys: [TrustedKey] = []
        for path in paths { keys.append(TrustedKey(try PublicKey(pem: try Files.text(path)), name: path)) }
        return keys
    }
}

/// An artifact in a registry: `127.0.0.1:5000/advisories:latest`.
struct ArtifactPlace {
    var host: String
    var repository: String
    var tag: String

    init(_ text: String) throws(WaybillError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].contains(".") || parts[0].contains(":") || parts[0] == "localhost" else {
            throw WaybillError(
                .invalidInput, "names no registry", subject: Redaction.excerpt(text),
                remedy: "write HOST/REPOSITORY:TAG")
        }
        let name = parts[1].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let repository = name.first, !repository.isEmpty else {
            throw WaybillError(.invalidInput, "names no repository", subject: Redaction.excerpt(text))
        }
        host = String(parts[0])
        self.repository = String(repository)
        tag = name.count > 1 ? String(name[1]) : "latest"
    }

    /// Plain HTTP on loopback, TLS everywhere else. The state's own registry gets its token.
    func client(_ state: StateFolder) throws(WaybillError) -> RegistryClient {
        let name = host.split(separator: ":").first.map(String.init) ?? host
        let isLocal = name == "localhost" || name.hasPrefix("127.")
        let token = "\(state.secrets)/registry.token"
        let credentials: RegistryClient.Credentials? =
            isLocal && Files.exists(token) ? .init(user: "advisories", token: try state.token(for: "registry")) : nil
        return try RegistryClient("\(isLocal ? "http" : "https")://\(host)", credentials: credentials)
    }
}

extension SignerProcess {
    /// The signer that runs already, or one that runs as long as the work.
    static func using<Result>(
        _ state: StateFolder, _ work: (any StatementSigner) async throws(WaybillError) -> Result
    ) async throws(WaybillError) -> Result {
        let running = SocketSigner(socketPath: state.signerSocket)
        if Files.exists(state.signerSocket), (try? await running.publicKey()) != nil { return try await work(running) }
        try state.prepare()
        let process = try await start(state, program: try Platform.program())
        defer { process.stop() }
        return try await work(process.signer)
    }
}
