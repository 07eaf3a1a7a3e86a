import ArgumentParser
import AuditService
import Documents
import Ledger
import WaybillCore

/// Who let this run?
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Show the chain of papers from a running workload to its reviewers, each link verified.",
        discussion:
            "Works offline on the state folder. Exit status: 0 when every link holds, 1 when one is broken, 2 when we could not find out."
    )

    @Argument(help: "The workload, as kubectl names it: deployment/shop.") var workload: String
    @Option(name: .shortAndLong, help: "Its namespace.") var namespace = "default"
    @Option(help: "text or json.") var output: OutputFormat = .text
    @OptionGroup var state: StateOption

    func run() async throws {
        let chain: PaperChain
        do {
            let ledger = try OpenState.ledger(state.folder)
            chain = try await AuditOperations(state: state.folder, ledger: ledger).chain(
                of: workload, namespace: namespace)
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
