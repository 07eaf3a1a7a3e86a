import Documents

/// A table with lines around its cells.
enum TableReport {
    static func string(_ results: [FileResult]) -> String {
        var rows: [[String]] = []
        for result in results {
            func add(_ word: String, _ texts: [String]) {
                for text in texts { rows.append([word, result.file, result.namespace, text]) }
            }
            add("success", Array(repeating: "SUCCESS", count: result.successes))
            add("exception", result.exceptions.map(\.text))
            add("warning", result.warnings.map(\.text))
            add("failure", result.failures.map(\.text))
        }
        guard !rows.isEmpty else { return "" }
        let header = ["RESULT", "FILE", "NAMESPACE", "MESSAGE"]
        let cells = rows.map { $0.map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) } }
        let widths = header.indices.map { column in
            max(header[column].count, cells.flatMap { $0[column].map(\.count) }.max() ?? 0)
        }
        func rule(_ left: String, _ middle: String, _ right: String) -> String {
            left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right + "\n"
        }
        func line(_ texts: [String]) -> String { "│ " + texts.joined(separator: " │ ") + " │\n" }
        var table = rule("┌", "┬", "┐")
        table += line(header.indices.map { centered(header[$0], widths[$0]) })
        table += rule("├", "┼", "┤")
        for row in cells {
            for index in 0..<(row.map(\.count).max() ?? 1) {
                table += line(row.indices.map { padded(index < row[$0].count ? row[$0][index] : "", widths[$0]) })
            }
        }
        return table + rule("└", "┴", "┘")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func centered(_ text: String, _ width: Int) -> String {
        let before = (width - text.count) / 2
        return padded(String(repeating: " ", count: before) + text, width)
    }
}
