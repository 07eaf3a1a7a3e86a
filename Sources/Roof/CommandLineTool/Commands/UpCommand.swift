import ArgumentParser
import Dispatch
import Documents
import Foundation
import Signers
import WaybillCore

/// All services of one machine, in the foreground.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Run every service on this machine, in the foreground.",
        discussion: """
            Everything listens on loopback and keeps its state in one folder. End it with Ctrl-C; start it again on the \
            same folder and it goes on where it was.
            """)

    @OptionGroup var state: StateOption
    @Option(
        help: ArgumentHelp(
            "A PostgreSQL database for notes and occurrences: postgres://USER@HOST/DATABASE.",
            discussion: "Default: $WAYBILL_LEDGER_STORE, ledger-store of the state folder, or its own database.",
            valueName: "address"))
    var ledgerStore: String?
    @Option(help: "A file that holds that address, with the password.") var ledgerStoreFile: String?
    @Option(
        help: ArgumentHelp(
            "Kritis, Binary Authorization and ClusterImagePolicy documents that admission enforces everywhere.",
            discussion: "Default: admission of the state folder, where it is.", valueName: "folder"))
    var admissionPolicies: String?
    @Option(help: "text or json.") var output: OutputFormat = .text

    func run() async throws {
        await OrdinaryUser.enterIfPossible(state.folder)
        let interruption = Interruption()
        let platform: Platform
        do {
            platform = try await Platform.start(
                state.folder,
                PlatformOptions(
                    ledgerStore: LedgerStoreChoice(address: ledgerStore, file: ledgerStoreFile),
                    admissionPolicies: admissionPolicies))
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
        switch output {
        case .json: Terminal.result(JSONWriter.string(platform.addresses.value))
        case .text:
            Terminal.result(
                Terminal.table([
                    ["forge", platform.addresses.forge], ["registry", platform.addresses.registry],
                    ["cluster", platform.addresses.cluster], ["dashboard", platform.addresses.dashboard],
                    ["ledger", platform.addresses.ledger], ["ledger gRPC", platform.addresses.ledgerGRPC],
                    ["kubeconfig", platform.state.kubeconfig], ["state", platform.state.path],
                ]))
        }
        Terminal.note(SignerUser.standing().description)
        Terminal.note("ready; every service listens on loopback only. Tokens: \(platform.state.secrets)")
        await interruption.wait()
        Terminal.note("stopping")
        await platform.stop()
    }
}

/// Ctrl-C or a polite request to end, from the moment on when this is made: what came before the wait is not lost.
final class Interruption: Sendable {
    private let signals: AsyncStream<Int32>
    // Dispatch sources may be used from every thread; the type only does not say so.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    init() {
        let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.signals = signals
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }

    /// Returns at the first signal, or when the task is cancelled.
    func wait() async {
        for await _ in signals { return }
    }
}
