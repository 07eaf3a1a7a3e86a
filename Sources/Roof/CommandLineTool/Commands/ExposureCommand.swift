import ArgumentParser
import Documents
import MonitorService
import WaybillCore

/// A CVE was published: who is exposed?
struct ExposureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exposure",
        abstract: "Show which running workloads an advisory reaches, or hold a package; their owners and the fix.",
        discussion:
            "Exit status: 0 when nothing that runs is exposed, 1 when something is, 2 when we could not find out.")

    @Argument(help: "An advisory by any of its names (CVE-2021-44906), or a package URL (pkg:npm/minimist).")
    var advisory: String
    @Option(help: "text or json.") var output: OutputFormat = .text
    @OptionGroup var state: StateOption

    func run() async throws {
        let report: ExposureReport
        do {
            report = try await OpenState.monitor(state.folder).monitor.exposure(of: advisory)
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
        switch output {
        case .text: Terminal.result(ExposureText.lines(report).joined(separator: "\n"))
        case .json: Terminal.result(JSONWriter.string(ExposureText.value(report), style: .pretty))
        }
        if !report.entries.isEmpty { throw ExitStatus.no }
    }
}
