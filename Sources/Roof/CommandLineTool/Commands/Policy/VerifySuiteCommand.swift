import ArgumentParser
import Files
import Foundation
import Gatekeeper
import RegularExpressions
import WaybillCore

/// Do constraint templates do what their suites say?
struct VerifySuiteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-suite", abstract: "Run Gatekeeper's suites, as gator verify does.",
        discussion: """
            A suite names templates, constraints, objects and what must be found in them. A folder stands for the suites \
            in it, FOLDER/... also for those in folders below. Exit status: 0 all hold, 1 an assertion does not, 2 it \
            could not be found out.
            """)

    @Argument(help: "Suites, folders, or FOLDER/...") var paths: [String] = ["."]
    @Option(name: .customLong("run"), help: "Run only tests and cases whose name matches: TEST or TEST//CASE.")
    var filter: String?
    @Option(help: "What judges: rego, or cel for a template's K8sNativeValidation; templates without it are skipped.")
    var engine: Engine?
    @Option(name: [.short, .long], help: "text, table, json or junit.", transform: Choice.read)
    var output = SuiteText.Format.text
    @Flag(name: [.short, .long], help: "Print what holds too.") var verbose = false

    enum Engine: String, ExpressibleByArgument, CaseIterable {
        case rego, cel

        var known: ConstraintEngine {
            switch self {
            case .rego: .rego
            case .cel: .native
            }
        }
    }

    func run() throws {
        let results: [SuiteResult]
        do {
            let filter = try SuiteFilter(filter)
            results = try suites().map { verified($0, filter) }
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
        Terminal.result(SuiteText.string(results, output, isVerbose: verbose))
        if results.contains(where: { if case .broken = $0.outcome { true } else { false } }) {
            throw ExitStatus.unknown
        }
        if !results.allSatisfy(\.outcome.isGood) { throw ExitStatus.no }
    }

    private func verified(_ path: String, _ filter: SuiteFilter) -> SuiteResult {
        let runner = SuiteRunner(
            engine: engine?.known,
            read: { (path) throws(WaybillError) in try Files.read(path, bytesMax: SuiteSearch.fileBytesMax) },
            isChosen: filter.isChosen)
        let clock = ContinuousClock()
        let start = clock.now
        var result = runner.run(path)
        let duration = clock.now - start
        result.seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        return result
    }

    private func suites() throws(WaybillError) -> [String] {
        var found: [String] = []
        for path in paths { found += try SuiteSearch.suites(at: path) }
        guard !found.isEmpty else {
            throw WaybillError(
                .notFound, "there is no suite", subject: paths.joined(separator: ", "),
                remedy: "name a suite's file, or FOLDER/... to search folders below too")
        }
        return found
    }
}
