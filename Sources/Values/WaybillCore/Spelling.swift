/// Finds what somebody probably meant.
public enum Spelling {
    /// The candidate nearest to `word` by edit distance, when it is near enough to be a slip.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let allowed = max(1, word.utf8.count / 3)
        return candidates.map { ($0, distance(word.lowercased(), $0.lowercased())) }
            .filter { $0.1 <= allowed }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    }

    /// Optimal string alignment distance over bytes: insertions, deletions, substitutions, swaps of neighbours.
    static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left.utf8.prefix(64)), b = Array(right.utf8.prefix(64))
        var before: [Int] = [], last = Array(0...b.count)
        for row in 0..<a.count {
            var current = [row + 1]
            for column in 0..<b.count {
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (a[row] == b[column] ? 0 : 1))
                if row > 0, column > 0, a[row] == b[column - 1], a[row - 1] == b[column] {
                    best = min(best, before[column - 1] + 1)
                }
                current.append(best)
            }
            (before, last) = (last, current)
        }
        return last[b.count]
    }
}
