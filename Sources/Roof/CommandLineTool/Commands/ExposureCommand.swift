import ArgumentParser
import Documents
import MonitorService
import WaybillCore

/// A CVE was published: who is exposed?
struct ExposureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exposure",
        abstract: "Show which running workloads an advisory reaches, their owners and the fix.",
        discussion:
            "Exit status: 0 when nothing that runs is exposed, 1 when something is, 2 when we could not find out.")

    @Argument(help: "The advisory, by any of its names: CVE-2021-44906.") var advisory: String
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

/// The advisories that findings come from.
struct AdvisoriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advisories", abstract: "Bring advisories into a state folder.", subcommands: [Import.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Import OSV files, or folders of them; all or none.")

        @Argument(help: "OSV JSON files or folders.") var paths: [String]
        @OptionGroup var state: StateOption

        func run() async throws {
            do {
                try state.folder.prepare()
                let (monitor, ledger) = try OpenState.monitor(state.folder)
                let report = try await AdvisoryOperations(monitor: monitor, ledger: ledger).importFiles(paths)
                Terminal.result(
                    "\(report.added) added, \(report.changed) changed, \(report.withdrawn) withdrawn, \(report.unchanged) unchanged"
                )
                for skipped in report.skipped { Terminal.note("skipped: \(skipped)") }
            } catch {
                Terminal.error(error)
                throw ExitStatus.unknown
            }
        }
    }
}
