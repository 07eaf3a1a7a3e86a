/// The difference of two texts in the form that `git apply` and `patch` read.
enum UnifiedDiff {
    private static let context = 3

    static func text(file: String, from before: [UInt8], to after: [UInt8]) -> String {
        let old = lines(before), new = lines(after)
        var hunks: [Hunk] = []
        if old.count == new.count {
            for index in old.indices where old[index] != new[index] {
                add(index..<(index + 1), index..<(index + 1), &hunks)
            }
        } else {
            var head = 0, tail = 0
            while head < min(old.count, new.count), old[head] == new[head] { head += 1 }
            while tail < min(old.count, new.count) - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] {
                tail += 1
            }
            add(head..<(old.count - tail), head..<(new.count - tail), &hunks)
        }
        guard !hunks.isEmpty else { return "" }
        return "--- a/\(file)\n+++ b/\(file)\n" + hunks.map { $0.text(old, new) }.joined()
    }

    private struct Hunk {
        var old: Range<Int>
        var new: Range<Int>
        /// Which of the old and new lines differ.
        var changes: [(old: Range<Int>, new: Range<Int>)]

        func text(_ oldLines: [ArraySlice<UInt8>], _ newLines: [ArraySlice<UInt8>]) -> String {
            let lower = max(0, old.lowerBound - context), upper = min(oldLines.count, old.upperBound + context)
            let before = old.lowerBound - lower, behind = upper - old.upperBound
            var body = ""
            var position = lower
            for change in changes {
                body += oldLines[position..<change.old.lowerBound].map { line(" ", $0) }.joined()
                body += oldLines[change.old].map { line("-", $0) }.joined()
                body += newLines[change.new].map { line("+", $0) }.joined()
                position = change.old.upperBound
            }
            body += oldLines[position..<upper].map { line(" ", $0) }.joined()
            let oldCount = upper - lower, newCount = before + new.count + behind
            let oldStart = oldCount == 0 ? lower : lower + 1
            let newStart = newCount == 0 ? new.lowerBound - before : new.lowerBound - before + 1
            return "@@ -\(oldStart),\(oldCount) +\(newStart),\(newCount) @@\n" + body
        }

        private func line(_ mark: String, _ bytes: ArraySlice<UInt8>) -> String {
            let text = mark + String(decoding: bytes, as: UTF8.self)
            return bytes.last == 0x0A ? text : text + "\n\\ No newline at end of file\n"
        }
    }

    /// Changes that lie near each other share a hunk.
    private static func add(_ old: Range<Int>, _ new: Range<Int>, _ hunks: inout [Hunk]) {
        if let last = hunks.indices.last, old.lowerBound - hunks[last].old.upperBound <= context * 2 {
            hunks[last].old = hunks[last].old.lowerBound..<old.upperBound
            hunks[last].new = hunks[last].new.lowerBound..<new.upperBound
            hunks[last].changes.append((old, new))
        } else {
            hunks.append(Hunk(old: old, new: new, changes: [(old, new)]))
        }
    }

    /// With their ends.
    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var result: [ArraySlice<UInt8>] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == 0x0A {
            result.append(bytes[start...index])
            start = index + 1
        }
        if start < bytes.count { result.append(bytes[start...]) }
        return result
    }
}
