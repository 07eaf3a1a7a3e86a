/// What changes between two texts, in the unified form of diff.
enum LineDifference {
    /// Lines around a change.
    private static let context = 3
    /// Pairs of lines that are compared; larger differences are shown as one change.
    private static let pairsMax = 4_000_000

    private enum Edit: Equatable { case same, remove, add }

    static func text(_ old: String, _ new: String, file: String) -> String {
        let left = lines(old), right = lines(new)
        let edits = edits(left, right)
        var text = "--- \(file)\n+++ \(file)\n"
        var index = 0
        // Where each edit stands in both texts.
        var places: [(left: Int, right: Int)] = []
        var (one, other) = (0, 0)
        for edit in edits {
            places.append((one, other))
            if edit != .add { one += 1 }
            if edit != .remove { other += 1 }
        }
        while let first = edits[index...].firstIndex(where: { $0 != .same }) {
            let start = max(index, first - context)
            var end = first
            var quiet = 0
            while end < edits.count, quiet <= 2 * context {
                quiet = edits[end] == .same ? quiet + 1 : 0
                end += 1
            }
            end -= max(0, quiet - context)
            let hunk = start..<end
            let removed = hunk.count { edits[$0] != .add }, added = hunk.count { edits[$0] != .remove }
            text += "@@ -\(places[start].left + 1),\(removed) +\(places[start].right + 1),\(added) @@\n"
            for position in hunk {
                switch edits[position] {
                case .same: text += " \(left[places[position].left])\n"
                case .remove: text += "-\(left[places[position].left])\n"
                case .add: text += "+\(right[places[position].right])\n"
                }
            }
            index = end
        }
        return text
    }

    private static func lines(_ text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// A shortest sequence of edits, found by the longest common subsequence between equal ends.
    private static func edits(_ left: [Substring], _ right: [Substring]) -> [Edit] {
        var start = 0
        while start < min(left.count, right.count), left[start] == right[start] { start += 1 }
        var tail = 0
        while tail < min(left.count, right.count) - start, left[left.count - 1 - tail] == right[right.count - 1 - tail]
        {
            tail += 1
        }
        let one = Array(left[start..<(left.count - tail)]), other = Array(right[start..<(right.count - tail)])
        var middle: [Edit] = []
        if one.count * other.count > pairsMax {
            middle = one.map { _ in .remove } + other.map { _ in .add }
        } else {
            var lengths = [[Int]](repeating: [Int](repeating: 0, count: other.count + 1), count: one.count + 1)
            for row in stride(from: one.count - 1, through: 0, by: -1) {
                for column in stride(from: other.count - 1, through: 0, by: -1) {
                    lengths[row][column] =
                        one[row] == other[column]
                        ? lengths[row + 1][column + 1] + 1 : max(lengths[row + 1][column], lengths[row][column + 1])
                }
            }
            var (row, column) = (0, 0)
            while row < one.count || column < other.count {
                if row < one.count, column < other.count, one[row] == other[column] {
                    middle.append(.same)
                    (row, column) = (row + 1, column + 1)
                } else if column == other.count
                    || row < one.count && lengths[row + 1][column] >= lengths[row][column + 1]
                {
                    middle.append(.remove)
                    row += 1
                } else {
                    middle.append(.add)
                    column += 1
                }
            }
        }
        return [Edit](repeating: .same, count: start) + middle + [Edit](repeating: .same, count: tail)
    }
}
