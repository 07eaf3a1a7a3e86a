import Documents
import WaybillCore

/// Commands that GitHub's workflows turn into notes beside the lines.
enum GitHubReport {
    static func string(_ results: [FileResult]) -> String {
        var lines: [String] = []
        for result in results {
            let start = SourceLocation(file: result.file, line: 1)
            let (file, namespace) = (quoted(result.file), quoted(result.namespace))
            lines.append("::group::Testing \(file) against \(result.total) policies in namespace \(namespace)")
            func add(_ level: String, _ messages: [FileResult.Message]) {
                for message in messages {
                    guard let location = message.location else {
                        lines.append(command(level, start, message.text))
                        continue
                    }
                    lines.append(command(level, location, message.text))
                    // A place in another file is told at both.
                    if location.file != result.file, result.file != "Combined" {
                        let origin = "(ORIGINATING FROM \(location.file) L\(location.line ?? 1)) "
                        lines.append(command(level, start, origin + message.text))
                    }
                }
            }
            add("error", result.failures)
            add("warning", result.warnings)
            add("notice", result.exceptions)
            lines.append(command("notice", start, "Number of successful checks: \(result.successes)"))
            lines.append("::endgroup::")
        }
        lines.append(FileReport.summary(results))
        return lines.map { $0 + "\n" }.joined()
    }

    private static func command(_ level: String, _ location: SourceLocation, _ message: String) -> String {
        var place = "file=\(property(location.file)),line=\(location.line ?? 1)"
        if let column = location.column, column > 1 { place += ",col=\(column)" }
        return "::\(level) \(place)::\(data(message))"
    }

    /// A line end would end the command, and what follows could be one of its own.
    private static func data(_ text: String) -> String {
        escaped(text, ["%": "%25", "\r": "%0D", "\n": "%0A"])
    }

    private static func property(_ text: String) -> String {
        escaped(text, ["%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"])
    }

    private static func escaped(_ text: String, _ table: [Unicode.Scalar: String]) -> String {
        text.unicodeScalars.map { table[$0] ?? String($0) }.joined()
    }

    private static func quoted(_ text: String) -> String { data(JSONWriter.string(.string(text))) }
}

/// Commands of Azure DevOps.
enum AzureReport {
    static func string(_ results: [FileResult]) -> String {
        var lines: [String] = []
        for result in results {
            lines.append(
                "##[section]Testing '\(plain(result.file))' against \(result.total) policies in namespace '\(plain(result.namespace))'"
            )
            lines.append("##[group]See conftest results")
            for message in result.failures { lines.append(issue("error", result.file, message)) }
            for message in result.warnings + result.exceptions { lines.append(issue("warning", result.file, message)) }
            if result.successes > 0 { lines.append("success file=\(plain(result.file)) \(result.successes)") }
            lines.append("##[endgroup]")
        }
        lines.append(FileReport.summary(results))
        return lines.map { $0 + "\n" }.joined()
    }

    private static func issue(_ type: String, _ file: String, _ message: FileResult.Message) -> String {
        var properties = "type=\(type)"
        if let location = message.location, let position = location.position {
            properties +=
                ";sourcepath=\(plain(location.file));linenumber=\(position.line);columnnumber=\(position.column)"
        }
        return "##vso[task.logissue \(properties)] file=\(plain(file)) --> \(plain(message.text))"
    }

    private static func plain(_ text: String) -> String {
        String(text.map { $0 == "\n" || $0 == "\r" || $0 == "\r\n" ? " " : $0 })
    }
}
