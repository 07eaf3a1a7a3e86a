import ArgumentParser
import Documents
import Foundation
import PolicyFiles
import PolicyTools
import Rego
import WaybillCore

/// Do these files keep the rules?
struct TestFilesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test-files", abstract: "Test configuration files against policies, as conftest does.",
        discussion: """
            Rules named deny, violation and warn (also deny_x, violation_x, warn_x) in the package main say what is wrong \
            with a file; every result points to its line and column. Files are read by their names: YAML, JSON, TOML, \
            INI, dotenv, properties, XML, HCL2, Dockerfile, ignore files, EDN, HOCON, CycloneDX, SPDX, text protobuf. \
            Exit status: 0 all hold, 1 one does not, 2 it could not be found out. With --fail-on-warn: 0, 1 only \
            warnings, 2 failures, 3 it could not be found out.
            """)

    @Argument(help: "Files and folders; - is standard input.") var paths: [String] = []
    @Option(name: [.short, .long], parsing: .singleValue, help: "Files and folders with policies.")
    var policy: [String] = ["policy"]
    @Option(name: [.short, .long], parsing: .singleValue, help: "Files and folders with data for the policies.")
    var data: [String] = []
    @Option(name: [.short, .long], parsing: .singleValue, help: "Packages whose rules count; may hold *.")
    var namespace: [String] = ["main"]
    @Flag(help: "The rules of every package count.") var allNamespaces = false
    @Flag(help: "Give all files to the policies as one input: a list of {path, contents}.") var combine = false
    @Option(help: "Read every file by this parser.", transform: FileParser.init(named:)) var parser: FileParser?
    @Option(help: "Leave out files whose path matches this pattern.") var ignore: String?
    @Option(
        name: [.short, .long], help: "stdout, json, tap, table, junit, github, azuredevops or sarif.",
        transform: Choice.read)
    var output = FileReport.Format.stdout
    @Option(help: "The Rego that policies are written in: v0 or v1.", transform: Choice.regoVersion)
    var regoVersion = RegoVersion.v1
    @Option(help: "Run Trivy's checks in this folder instead of policies of conftest's kind.") var trivyChecks: String?
    @Flag(help: "Run the tests that stand beside Trivy's checks instead of testing files.") var runTests = false
    @Flag(help: "Exit with 1 for warnings and 2 for failures.") var failOnWarn = false
    @Flag(help: "Exit with 0 also where files break rules.") var noFail = false
    @Flag(help: "Print nothing where every rule holds.") var quiet = false
    @Flag(help: "Leave exceptions out of the output.") var suppressExceptions = false
    @Flag(help: "Leave messages out of the names of JUnit's test cases.") var junitHideMessage = false
    @Flag(help: "Print without colours.") var noColor = false
    @Flag(help: "Print how the rules were evaluated.") var trace = false

    /// A run that broke must not look like one that found something.
    private var brokenStatus: ExitCode { failOnWarn ? ExitCode(3) : ExitStatus.unknown }

    func validate() throws {
        guard runTests ? trivyChecks != nil && paths.isEmpty : !paths.isEmpty else {
            throw ValidationError(
                runTests ? "--run-tests wants --trivy-checks FOLDER and no files" : "name files or folders to test")
        }
    }

    func run() throws {
        do {
            let test = FileTest(
                paths: paths, policies: policy, data: data, namespaces: namespace, allNamespaces: allNamespaces,
                isCombined: combine, parser: parser, ignore: ignore, version: regoVersion,
                isTraced: trace)
            if let trivyChecks, runTests {
                try report(try test.tests(checks: trivyChecks))
            } else if let trivyChecks {
                try report(try test.findings(checks: trivyChecks))
            } else {
                try report(try test.results())
            }
        } catch let status as ExitCode {
            throw status
        } catch {
            Terminal.error(error)
            throw brokenStatus
        }
    }

    private func report(_ results: [FileResult]) throws {
        let isGood = results.failureCount == 0 && results.warningCount == 0
        if !quiet || !isGood {
            var report = FileReport(version: Waybill.version)
            report.suppressesExceptions = suppressExceptions
            report.hidesMessageInNames = junitHideMessage
            report.usesColor = !noColor && isatty(STDOUT_FILENO) == 1
            Terminal.result(trace && output == .stdout ? report.traces(results) : report.string(results, output))
        }
        guard !noFail else { return }
        if results.failureCount > 0 { throw failOnWarn ? ExitCode(2) : ExitStatus.no }
        if failOnWarn, results.warningCount > 0 { throw ExitStatus.no }
    }

    private func report(_ tests: TrivyTests) throws {
        for error in tests.left { Terminal.error(error) }
        let clock = ContinuousClock()
        let start = clock.now
        let output = TestTool().run(tests.sources) {
            let duration = (clock.now - start).components
            return Int(duration.seconds) * 1_000_000_000 + Int(duration.attoseconds / 1_000_000_000)
        }
        Terminal.result(output.output)
        if !output.diagnostics.isEmpty { Terminal.note(output.diagnostics) }
        if !tests.left.isEmpty || output.status == 1 { throw brokenStatus }
        if output.status != 0 { throw ExitStatus.no }
    }

    private func report(_ findings: [Finding]) throws {
        switch output {
        case .json:
            let sorted = findings.sorted(by: Finding.inReadingOrder)
            Terminal.result(JSONWriter.string(.array(sorted.map(\.value)), style: .pretty))
        case .sarif:
            Terminal.result(JSONWriter.string(SARIFReport.value(findings, version: Waybill.version), style: .pretty))
        case .stdout:
            if !findings.isEmpty { Terminal.result(FindingReport.text(findings)) }
            if !quiet || !findings.isEmpty { Terminal.result("\(findings.count) findings") }
        default:
            throw WaybillError(
                .unsupported, "checks of Trivy are reported as stdout, json or sarif", subject: "--output")
        }
        if !noFail, !findings.isEmpty { throw ExitStatus.no }
    }
}
