/// What differs between two texts line by line, as the API server's messages show it: matching blocks are found by
/// Ratcliff and Obershelp's rule, the longest first, and three lines stand around each change.
struct LineDifference {
    static let context = 3
    /// From so many lines on, a line that is everywhere starts no block.
    private static let popularFrom = 200

    private struct Block {
        var old: Int
        var new: Int
        var count: Int
    }

    /// A stretch of both texts that is equal or is not.
    private struct Change {
        var isEqual: Bool
        var old: Range<Int>
        var new: Range<Int>
    }

    private let old: [String]
    private let new: [String]
    private var places: [String: [Int]] = [:]

    private init(_ old: [String], _ new: [String]) {
        self.old = old
        self.new = new
        for (index, line) in new.enumerated() { places[line, default: []].append(index) }
        if new.count >= Self.popularFrom {
            let most = new.count / 100 + 1
            places = places.filter { $0.value.count <= most }
        }
    }

    /// The hunks, each under its `@@` line; nothing where the texts are the same.
    static func text(_ old: [String], _ new: [String]) -> String {
        guard old != new else { return "" }
        let difference = LineDifference(old, new)
        return difference.hunks().map(difference.text).joined()
    }

    private func text(_ hunk: [Change]) -> String {
        guard let first = hunk.first, let last = hunk.last else { return "" }
        func place(_ lower: Int, _ upper: Int) -> String {
            let count = upper - lower
            return count == 1 ? "\(lower + 1)" : "\(count == 0 ? lower : lower + 1),\(count)"
        }
        let before = place(first.old.lowerBound, last.old.upperBound)
        let after = place(first.new.lowerBound, last.new.upperBound)
        var lines = ["@@ -\(before) +\(after) @@"]
        for change in hunk {
            if change.isEqual {
                lines += old[change.old].map { " \($0)" }
            } else {
                lines += old[change.old].map { "-\($0)" } + new[change.new].map { "+\($0)" }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Hunks

    /// Changes that lie near one another, with the lines around them.
    private func hunks() -> [[Change]] {
        var changes = self.changes()
        if let first = changes.first, first.isEqual {
            let kept = min(first.old.count, Self.context)
            changes[0].old = (first.old.upperBound - kept)..<first.old.upperBound
            changes[0].new = (first.new.upperBound - kept)..<first.new.upperBound
        }
        if let last = changes.last, last.isEqual {
            let kept = min(last.old.count, Self.context)
            changes[changes.count - 1].old = last.old.lowerBound..<(last.old.lowerBound + kept)
            changes[changes.count - 1].new = last.new.lowerBound..<(last.new.lowerBound + kept)
        }
        var hunks: [[Change]] = []
        var hunk: [Change] = []
        for change in changes {
            if change.isEqual, change.old.count > 2 * Self.context {
                hunk.append(
                    Change(
                        isEqual: true, old: change.old.prefix(Self.context), new: change.new.prefix(Self.context)))
                hunks.append(hunk)
                hunk = [
                    Change(isEqual: true, old: change.old.suffix(Self.context), new: change.new.suffix(Self.context))
                ]
            } else {
                hunk.append(change)
            }
        }
        if hunk.contains(where: { !$0.isEqual }) { hunks.append(hunk) }
        return hunks
    }

    private func changes() -> [Change] {
        var changes: [Change] = []
        var old = 0
        var new = 0
        for block in blocks() + [Block(old: self.old.count, new: self.new.count, count: 0)] {
            if old < block.old || new < block.new {
                changes.append(Change(isEqual: false, old: old..<block.old, new: new..<block.new))
            }
            old = block.old + block.count
            new = block.new + block.count
            if block.count > 0 { changes.append(Change(isEqual: true, old: block.old..<old, new: block.new..<new)) }
        }
        return changes
    }

    // MARK: Blocks

    /// The matching blocks in their order; those that touch are one.
    private func blocks() -> [Block] {
        var open = [(0..<old.count, 0..<new.count)]
        var found: [Block] = []
        while let (left, right) = open.popLast() {
            let block = longest(left, right)
            guard block.count > 0 else { continue }
            found.append(block)
            if left.lowerBound < block.old, right.lowerBound < block.new {
                open.append((left.lowerBound..<block.old, right.lowerBound..<block.new))
            }
            let ends = (block.old + block.count, block.new + block.count)
            if ends.0 < left.upperBound, ends.1 < right.upperBound {
                open.append((ends.0..<left.upperBound, ends.1..<right.upperBound))
            }
        }
        var joined: [Block] = []
        for block in found.sorted(by: { ($0.old, $0.new) < ($1.old, $1.new) }) {
            if let last = joined.last, last.old + last.count == block.old, last.new + last.count == block.new {
                joined[joined.count - 1].count += block.count
            } else {
                joined.append(block)
            }
        }
        return joined
    }

    /// The longest block in both ranges, the earliest of equal ones.
    private func longest(_ left: Range<Int>, _ right: Range<Int>) -> Block {
        var best = Block(old: left.lowerBound, new: right.lowerBound, count: 0)
        var lengths: [Int: Int] = [:]
        for index in left {
            var next: [Int: Int] = [:]
            for place in places[old[index]] ?? [] where right.contains(place) {
                let count = (lengths[place - 1] ?? 0) + 1
                next[place] = count
                if count > best.count {
                    best = Block(old: index - count + 1, new: place - count + 1, count: count)
                }
            }
            lengths = next
        }
        while best.old > left.lowerBound, best.new > right.lowerBound, old[best.old - 1] == new[best.new - 1] {
            best = Block(old: best.old - 1, new: best.new - 1, count: best.count + 1)
        }
        while best.old + best.count < left.upperBound, best.new + best.count < right.upperBound,
            old[best.old + best.count] == new[best.new + best.count]
        {
            best.count += 1
        }
        return best
    }
}
