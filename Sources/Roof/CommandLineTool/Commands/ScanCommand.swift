import ArgumentParser
import Documents
import Files
import Foundation
import Inventory
import OCI
import ScanService
import WaybillCore

/// What is inside, and what is known about it?
struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Find the packages, weaknesses, secrets and licences of an image, folder, commit or SBOM.",
        discussion: """
            TARGET is a path (OCI layout, image archive, folder, SBOM: told apart by what it is) or an image's name. A \
            prefix says it outright: oci:FOLDER:TAG, archive:FILE, image:NAME, rootfs:FOLDER, dir:FOLDER, \
            git:FOLDER#REVISION, sbom:FILE.
            Exit status: 0 nothing found at or above --fail-on, 1 something was, 2 we could not find out.
            """)

    @Argument(help: "What to scan.") var target: String
    @OptionGroup var look: ScanLookOptions
    @OptionGroup var judge: ScanJudgeOptions
    @Option(help: "\(ScanFormat.allCases.map(\.rawValue).joined(separator: ", ")).") var output: ScanFormat = .table
    @Option(help: "Write the report into this file instead of standard output.") var outputFile: String?
    @Flag(help: "Say nothing on standard error but errors.") var quiet = false
    @OptionGroup var state: StateOption

    func run() async throws {
        let outcome: ScanOutcome
        do {
            let options = try look.options()
            let scanner = TargetScanner(
                options: options, registry: ScanLookOptions.registry, report: ScanProgressLine(isQuiet: quiet).show)
            let found = try await scanner.scan(try ScanTarget(parsing: target))
            outcome = try await judge.outcome(of: found, look: look, state: state.folder)
            try write(ScanOutput.text(outcome, as: output, showsSuppressed: judge.showSuppressed))
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
        if !quiet { for note in outcome.notes { Terminal.note(note) } }
        if outcome.isUnknown || outcome.isWithoutData { throw ExitStatus.unknown }
        if outcome.isDenied { throw ExitStatus.no }
    }

    private func write(_ text: String) throws(WaybillError) {
        guard let outputFile else { return Terminal.result(text) }
        try Files.write(Array((text.hasSuffix("\n") ? text : text + "\n").utf8), to: outputFile)
    }
}

/// One line on standard error that is written anew, where a person waits.
struct ScanProgressLine: Sendable {
    let isQuiet: Bool

    func show(_ progress: ScanProgress) {
        guard !isQuiet, isatty(STDERR_FILENO) != 0 else { return }
        let text =
            switch progress {
            case .opening(let name): "opening \(name)"
            case .layer(let number, let count, let isRemembered):
                "layer \(number) of \(count)\(isRemembered ? ", known" : "")"
            case .folder(let path): "reading \(path)"
            case .history(let commits): "searched \(commits) commits"
            }
        Terminal.note(text)
    }
}
