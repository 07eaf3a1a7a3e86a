import ArgumentParser
import Attestations
import AuditService
import Documents
import Ledger
import WaybillCore

/// Who let this run?
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Show the chain of papers from a running workload to its reviewers, each link verified.",
        discussion: """
            Works offline on the state folder, or anywhere on an exported pack: --evidence FILE --trust-root KEY.
            Exit status: 0 when every link holds, 1 when one is broken, 2 when we could not find out.
            """)

    @OptionGroup var subject: ChainSubjectOption
    @Option(help: "text or json.") var output: OutputFormat = .text
    @Option(help: "A pack that `waybill evidence export` wrote; the state folder is not asked.") var evidence: String?
    @Option(help: "Whose word counts for a pack: a public key (PEM), or a file of trusted keys.") var trustRoot: String?
    @OptionGroup var state: StateOption

    func validate() throws {
        guard (evidence == nil) == (trustRoot == nil) else {
            throw ValidationError("--evidence and --trust-root belong together: a pack cannot vouch for itself")
        }
    }

    func run() async throws {
        let chain: PaperChain
        do {
            if let evidence, let trustRoot {
                chain = try await PackedAudit.chain(
                    evidence, trustRoot: trustRoot, asked: subject.text, namespace: subject.namespace,
                    at: Timestamp(seconds: Platform.now().milliseconds / 1000))
            } else {
                let ledger = try OpenState.ledger(state.folder)
                chain = try await AuditOperations(state: state.folder, ledger: ledger).chain(
                    of: subject.text, namespace: subject.namespace)
            }
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
        switch output {
        case .text: Terminal.result(WhyReport.text(chain))
        case .json: Terminal.result(JSONWriter.string(WhyReport.value(chain), style: .pretty))
        }
        if !chain.isIntact { throw ExitStatus.no }
    }
}
