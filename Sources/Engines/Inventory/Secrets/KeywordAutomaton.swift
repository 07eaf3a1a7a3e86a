/// Finds which of many words occur in a text, in one pass and whatever the case of ASCII letters (Aho and Corasick).
///
/// The table is small: bytes that occur in no word share a column, and the columns are as few as the words' bytes.
struct KeywordAutomaton: Sendable {
    /// Column of each byte.
    private let columns: [UInt8]
    private let width: Int
    /// For each state and column the next state, times the width; the highest bit says that words end there.
    private let table: [UInt32]
    /// The words that end in a state, with those that end in its shorter suffixes.
    private let endings: [[Int]]
    let wordCount: Int

    private static let mark: UInt32 = 1 << 31

    init(_ words: [String]) {
        let bytes = words.map { Array($0.utf8).map(Self.folded) }
        wordCount = words.count
        var columns = [UInt8](repeating: 0, count: 256), width = 1
        for byte in Set(bytes.joined()).sorted() {
            columns[Int(byte)] = UInt8(truncatingIfNeeded: width)
            width += 1
        }
        for byte in UInt8(ascii: "A")...UInt8(ascii: "Z") { columns[Int(byte)] = columns[Int(byte | 0x20)] }
        var next: [[Int]] = [[Int](repeating: -1, count: width)]
        var endings: [[Int]] = [[]]
        for (index, word) in bytes.enumerated() where !word.isEmpty {
            var state = 0
            for byte in word {
                let column = Int(columns[Int(byte)])
                if next[state][column] < 0 {
                    next[state][column] = next.count
                    next.append([Int](repeating: -1, count: width))
                    endings.append([])
                }
                state = next[state][column]
            }
            endings[state].append(index)
        }
        Self.complete(&next, &endings, width)
        self.columns = columns
        self.width = width
        self.endings = endings
        table = next.flatMap { row in
            row.map { UInt32($0 * width) | (endings[$0].isEmpty ? 0 : Self.mark) }
        }
    }

    /// Fills every missing step with that of the longest proper suffix.
    private static func complete(_ next: inout [[Int]], _ endings: inout [[Int]], _ width: Int) {
        var suffix = [Int](repeating: 0, count: next.count)
        var queue: [Int] = []
        for column in 0..<width {
            let state = next[0][column]
            if state < 0 { next[0][column] = 0 } else { queue.append(state) }
        }
        var position = 0
        while position < queue.count {
            let state = queue[position]
            position += 1
            endings[state] += endings[suffix[state]]
            for column in 0..<width {
                let child = next[state][column]
                if child < 0 {
                    next[state][column] = next[suffix[state]][column]
                } else {
                    suffix[child] = next[suffix[state]][column]
                    queue.append(child)
                }
            }
        }
    }

    private static func folded(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

    /// Every place where a word ends, in order; `limit` bounds how many are kept.
    func ends(in bytes: [UInt8], limit: Int) -> [(word: Int, end: Int)] {
        var found: [(word: Int, end: Int)] = []
        bytes.withUnsafeBufferPointer { text in
            columns.withUnsafeBufferPointer { columns in
                table.withUnsafeBufferPointer { table in
                    var state = 0
                    for index in 0..<text.count {
                        let step = table[state + Int(columns[Int(text[index])])]
                        state = Int(step & ~Self.mark)
                        guard step & Self.mark != 0 else { continue }
                        for word in endings[state / width] { found.append((word, index + 1)) }
                        if found.count >= limit { return }
                    }
                }
            }
        }
        return found
    }
}
