/// A table of text in a frame of lines.
public struct TextTable: Sendable {
    private let headers: [String]
    private var rows: [[String]] = []
    /// Equal cells of the first column, one below the other, are written once.
    private let mergesFirstColumn: Bool

    public init(_ headers: [String], mergesFirstColumn: Bool = false) {
        self.headers = headers
        self.mergesFirstColumn = mergesFirstColumn
    }

    public mutating func add(_ row: [String]) { rows.append(row) }

    public var isEmpty: Bool { rows.isEmpty }

    public var text: String {
        let count = max(headers.count, rows.map(\.count).max() ?? 0)
        let widths = (0..<count).map { column in
            ([headers] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        func rule(_ left: String, _ middle: String, _ right: String) -> String {
            left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right + "\n"
        }
        var text = rule("┌", "┬", "┐")
        if !headers.isEmpty {
            text +=
                "│" + widths.indices.map { centered(column($0, of: headers), widths[$0]) }.joined(separator: "│")
                + "│\n"
            text += rule("├", "┼", "┤")
        }
        var previous: String?
        for row in rows {
            var row = row
            let first = row.first
            if mergesFirstColumn, first == previous, !row.isEmpty { row[0] = "" }
            previous = first
            text += "│" + widths.indices.map { left(column($0, of: row), widths[$0]) }.joined(separator: "│") + "│\n"
        }
        return text + rule("└", "┴", "┘")
    }

    private func column(_ index: Int, of row: [String]) -> String { index < row.count ? row[index] : "" }

    private func left(_ cell: String, _ width: Int) -> String {
        " " + cell + String(repeating: " ", count: width - cell.count + 1)
    }

    private func centered(_ cell: String, _ width: Int) -> String {
        let space = width - cell.count
        return String(repeating: " ", count: space / 2 + 1) + cell
            + String(repeating: " ", count: space - space / 2 + 1)
    }
}
