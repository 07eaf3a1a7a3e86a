import Documents
import WaybillCore

/// Results as conftest writes them.
public struct FileReport: Sendable {
    public enum Format: String, Sendable, CaseIterable {
        case stdout, json, tap, table, junit, github, azuredevops, sarif
    }

    public var suppressesExceptions = false
    public var usesColor = false
    /// Leaves the message out of the names of JUnit's test cases.
    public var hidesMessageInNames = false
    /// Of this program, for reports that name it.
    public var version: String

    public init(version: String) { self.version = version }

    public func string(_ results: [FileResult], _ format: Format) -> String {
        switch format {
        case .stdout: StandardReport(usesColor, suppressesExceptions).string(results)
        case .json: JSONFileReport.string(results)
        case .tap: TAPReport.string(results)
        case .table: TableReport.string(results)
        case .junit: JUnitReport(version: version, hidesMessage: hidesMessageInNames).string(results)
        case .github: GitHubReport.string(results)
        case .azuredevops: AzureReport.string(results)
        case .sarif: SARIFFileReport(version: version).string(results)
        }
    }

    /// How every rule was evaluated, instead of what came of it.
    public func traces(_ results: [FileResult]) -> String {
        var text = ""
        for result in results {
            for trace in result.traces {
                text += "file: \(result.file) | query: \(trace.query)\n"
                text += trace.lines.map { "TRAC \($0)\n" }.joined()
            }
        }
        return text
    }

    /// `5 tests, 4 passed, 1 warning, 0 failures, 0 exceptions`
    static func summary(_ results: [FileResult]) -> String {
        func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
        let total = results.reduce(0) { $0 + $1.total }
        return [
            count(total, "test"), "\(results.successCount) passed", count(results.warningCount, "warning"),
            count(results.failureCount, "failure"), count(results.exceptionCount, "exception"),
        ].joined(separator: ", ")
    }
}

/// For people.
struct StandardReport {
    private enum Color: Int {
        case red = 31
        case green = 32
        case yellow = 33
        case cyan = 36
        case white = 37
    }

    private let usesColor: Bool
    private let suppressesExceptions: Bool

    init(_ usesColor: Bool, _ suppressesExceptions: Bool) {
        self.usesColor = usesColor
        self.suppressesExceptions = suppressesExceptions
    }

    func string(_ results: [FileResult]) -> String {
        var lines: [String] = []
        for result in results {
            let place = (result.file == "-" ? "-" : "- \(result.file)") + " - \(result.namespace) -"
            guard result.total > 0 else {
                lines.append("\(colored("?", .white)) \(place) no policies found")
                continue
            }
            func add(_ word: String, _ color: Color, _ messages: [FileResult.Message]) {
                for message in messages {
                    lines.append("\(colored(word, color)) \(place) \(message.text)")
                    if let location = message.location { lines.append("  where  \(location)") }
                }
            }
            add("WARN", .yellow, result.warnings)
            add("FAIL", .red, result.failures)
            if !suppressesExceptions { add("EXCP", .cyan, result.exceptions) }
        }
        let color: Color =
            results.failureCount > 0
            ? .red : results.warningCount > 0 ? .yellow : results.exceptionCount > 0 ? .cyan : .green
        return (lines + ["", colored(FileReport.summary(results), color)]).joined(separator: "\n") + "\n"
    }

    private func colored(_ text: String, _ color: Color) -> String {
        usesColor ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// The test anything protocol.
enum TAPReport {
    static func string(_ results: [FileResult]) -> String {
        var lines: [String] = []
        for result in results where result.total > 0 {
            let place = (result.file == "-" ? "-" : "- \(result.file)") + " - \(result.namespace) -"
            var number = 0
            func add(_ word: String, _ texts: [String]) {
                for text in texts {
                    number += 1
                    lines.append("\(word) \(number) \(place) \(text)")
                }
            }
            lines.append("1..\(result.total)")
            add("not ok", result.failures.map(\.text))
            if !result.warnings.isEmpty { lines.append("# warnings") }
            add("not ok", result.warnings.map(\.text))
            if !result.exceptions.isEmpty { lines.append("# exceptions") }
            add("ok", result.exceptions.map(\.text))
            if result.successes > 0 { lines.append("# successes") }
            add("ok", Array(repeating: "SUCCESS", count: result.successes))
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
