import Foundation
import WaybillCore

/// Standard output for results, standard error for progress and diagnostics.
enum Terminal {
    static func result(_ text: String) {
        FileHandle.standardOutput.write(Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
    }

    /// Bytes as they are.
    static func output(_ bytes: [UInt8]) { FileHandle.standardOutput.write(Data(bytes)) }

    static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// An error as people read it: what, where, what to do.
    static func error(_ error: any Error) {
        guard let error = error as? WaybillError else { return note("error: \(error)") }
        note("error: \(error.message)")
        if !error.subject.isEmpty { note("  where  \(error.subject)") }
        if let cause = error.cause { note("  cause  \(cause)") }
        if let remedy = error.remedy { note("  try    \(remedy)") }
    }

    /// Rows with columns padded to the widest cell.
    static func table(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
            }
            return line
        }.joined(separator: "\n")
    }
}
