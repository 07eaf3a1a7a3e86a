import ArgumentParser
import Attestations
import Documents
import WaybillCore

/// Will this get through?
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Run the gates that need no server on a working tree.",
        discussion: """
            Secrets, dependencies, manifests, container file and policy: the same decisions as in the pipeline. \
            Exit status: 0 it will get through, 1 it will not, 2 we could not find out.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif }

    @Argument(help: "The project's folder.") var path = "."
    @Option(help: "text, json or sarif.") var output: Format = .text
    @Option(help: "A folder or file of advisories (OSV JSON) to use; those of the state folder otherwise.")
    var advisories: [String] = []
    @OptionGroup var state: StateOption

    func run() async throws {
        let verdict: Verdict
        do {
            verdict = try await WorkingTreeCheck(path: path, advisories: advisories, state: state.folder).run()
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
        switch output {
        case .json: Terminal.result(JSONWriter.string(verdict.value, style: .pretty))
        case .sarif:
            Terminal.result(
                JSONWriter.string(
                    SARIFReport.value(verdict.violations + verdict.warnings, version: Waybill.version), style: .pretty))
        case .text:
            let findings = verdict.violations + verdict.warnings
            if !findings.isEmpty { Terminal.result(FindingReport.text(findings)) }
            Terminal.result(
                verdict.isAllowed
                    ? "allowed, \(verdict.warnings.count) warnings"
                    : "denied: \(verdict.violations.count) violations, \(verdict.warnings.count) warnings")
        }
        if !verdict.isAllowed { throw ExitStatus.no }
    }
}
