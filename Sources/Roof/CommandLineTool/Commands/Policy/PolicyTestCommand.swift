import ArgumentParser
import PolicyService
import PolicyTools
import WaybillCore

/// Runs tests.
struct PolicyTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run the tests among policies: rules whose names begin with test_.",
        discussion: """
            A failing comparison is shown with both values and where they differ. Names that begin with todo_test_ are \
            skipped. Exit status: 0 all pass, 2 a test fails or is skipped, 1 they could not be run.
            """)

    @Argument(help: "Files and folders; with --bundle bundles.", completion: .file()) var paths: [String]
    @Flag(name: .shortAndLong, help: "The paths are bundles.") var bundle = false
    @Flag(name: .shortAndLong, help: "List passing tests too.") var verbose = false
    @Option(name: .shortAndLong, help: "Run only tests whose full name matches a pattern: data.shop.test_.*") var run:
        String?
    @Option(name: .shortAndLong, help: "pretty, json or junit.") var format: TestTool.Format = .pretty
    @Option(help: "Of each test: 5s, 300ms.") var timeout = "5s"
    @Option(help: "Run all tests so often.") var count = 1
    @Flag(
        name: [.customShort("z"), .customLong("exit-zero-on-skipped")], help: "Skipped tests do not change the status.")
    var exitZeroOnSkipped = false
    @Flag(name: .customLong("fail-on-empty"), help: "Status 1 when there are no tests.") var failOnEmpty = false
    @Flag(
        name: .customLong("var-values"),
        help: "Both sides of a failing comparison are shown always; kept for other tools' scripts.") var varValues =
        false
    @Flag(name: .shortAndLong, help: "Tell which lines the tests reach.") var coverage = false
    @Option(help: "Status 2 when the tests reach less than so many percent.") var threshold: Double?
    @Flag(help: "Measure the tests.") var bench = false
    @Option(help: "Leave out files and folders by pattern.") var ignore: [String] = []
    @OptionGroup var rego: RegoVersionOptions
    @OptionGroup var verification: VerificationOptions

    func run() async throws {
        let output: ToolOutput
        do {
            if let threshold, !(0...100).contains(threshold) {
                throw WaybillError(
                    .invalidInput, "Code coverage threshold must be between 0 and 100", subject: "--threshold")
            }
            try PolicyFiles.refuse("--bench", when: bench, remedy: "waybill policy bench measures one query")
            let loader = PolicyLoader(
                version: rego.version, ignored: ignore, verification: try verification.verification(),
                extensions: rego.extensions)
            let sources = try bundle ? loader.load(bundles: paths) : loader.load(paths: paths)
            let tool = TestTool(
                format: format, isVerbose: verbose, filter: self.run,
                timeoutNanoseconds: try PolicyFiles.duration(timeout),
                passesSkipped: exitZeroOnSkipped, failsEmpty: failOnEmpty, count: count,
                reportsCoverage: coverage, coverageMin: threshold ?? 0)
            output = tool.run(sources, surroundings: PolicyFiles.surroundings, clock: PolicyFiles.clock)
        } catch {
            output = ToolOutput(diagnostics: ErrorReport(error).text, status: 1)
        }
        try output.finish()
    }
}
