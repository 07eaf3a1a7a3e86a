import ArgumentParser
import Files
import WaybillCore

/// Runs the field's own suites against our engines and says how far they agree.
struct SuiteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suite",
        abstract: "Run a conformance suite and print its score; what is run when no other word stands first.",
        discussion:
            "Exit status: 0 when no kept score fell, 1 when one fell or a case failed without kept scores, 2 when the cases could not be read."
    )

    @Argument(help: "The suite's name, or “all”.")
    var suite: String

    @Option(help: "The folder that holds the suite (for “all”: the folder that holds all of them).")
    var cases: String?

    @Option(help: "Run only cases whose name holds this text.")
    var filter: String?

    @Option(help: "The file of kept scores to hold the results against.")
    var scores: String?

    @Flag(help: "Write higher scores into the file of kept scores.")
    var update = false

    @Option(help: "How many failures to print per suite.")
    var failures = 20

    func run() async throws {
        let chosen = suite == "all" ? Suite.all : Suite.all.filter { $0.name == suite }
        guard !chosen.isEmpty else {
            let names = Suite.all.map(\.name)
            let hint = Spelling.nearest(to: suite, among: names).map { ", did you mean \($0)?" } ?? ""
            print("error: no suite \(suite)\(hint) There are: \(names.joined(separator: ", "))")
            throw ExitCode(64)
        }
        let root = cases ?? (suite == "all" ? "../shared/conformance" : "../shared/conformance/\(suite)")
        var kept = try scores.map { Files.exists($0) ? try Scores(path: $0) : Scores() }
        var total = SuiteReport()
        var shortfalls: [String] = []
        for each in chosen {
            let folder = suite == "all" ? "\(root)/\(each.name)" : root
            guard Files.isFolder(folder) else {
                print("\(each.name): skipped, its cases are not here (\(folder))")
                total.results.append(.init(name: each.name, category: each.name, outcome: .skipped("no cases")))
                continue
            }
            let report = await each.run(folder, filter)
            print("\(each.name)")
            let text = report.text(failuresMax: failures)
            if !text.isEmpty { print(text) }
            print("  \(report.passed) passed, \(report.failed) failed, \(report.skipped) skipped")
            if report.results.isEmpty { shortfalls.append("\(each.name): ran no case") }
            if filter == nil {
                if let shortfall = kept?.shortfall(each.name, passed: report.passed) { shortfalls.append(shortfall) }
                kept?.raise(each.name, to: report.passed)
            }
            total.results += report.results
        }
        if update, let scores, let kept { try Files.write(Array(kept.text.utf8), to: scores) }
        for shortfall in shortfalls { print("error: \(shortfall)") }
        if kept != nil {
            // With kept scores a run is judged by them: what failed before may go on failing, and is shown above.
            print("scores: \(shortfalls.isEmpty ? "none fell" : "\(shortfalls.count) fell")")
        }
        print("\(total.passed) passed, \(total.failed) failed, \(total.skipped) skipped")
        if !shortfalls.isEmpty || (kept == nil && total.failed > 0) { throw ExitCode(1) }
    }
}
