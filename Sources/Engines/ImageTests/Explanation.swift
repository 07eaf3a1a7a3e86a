import Documents
import RegularExpressions

/// Why a matcher did not hold, in the words of goss.
struct Explanation: Sendable {
    var actual: Value
    var phrase: String
    var expected: Value
    var missing: [Value] = []
    var extra: [Value] = []
    /// The lines that differ, empty where that says nothing.
    var difference: [String] = []

    init(_ matcher: Matcher, _ actual: Actual) {
        self.actual = actual.value
        phrase = matcher.phrase
        expected = matcher.expected
        switch matcher {
        case .containElements(let matchers, let isExplicit):
            if let pairing = Self.pairing(matchers, matcher, actual, splitsText: isExplicit) {
                missing = pairing.missing.map(\.json)
            }
        case .consistOf(let matchers):
            if let pairing = Self.pairing(matchers, matcher, actual, splitsText: true) {
                missing = pairing.missing.map(\.json)
                extra = pairing.extra
            }
        case .havePatterns(let patterns):
            missing = patterns.filter { !$0.holds(for: actual.lines ?? []) }.map { .string($0.text) }
        default: break
        }
        if let tested = matcher.comparedText, let found = actual.value.string {
            difference = LineDifference.lines(from: tested, to: found)
        }
    }

    private static func pairing(_ matchers: [Matcher], _ matcher: Matcher, _ actual: Actual, splitsText: Bool)
        -> Pairing?
    {
        // The matcher was evaluated before: an error would have shown then.
        guard let elements = try? matcher.elements(actual, splitsText: splitsText, name: "") else { return nil }
        return try? Pairing(matchers, elements)
    }

    /// Over several lines, values indented.
    var text: String {
        var lines = ["Expected", "    \(JSONWriter.string(actual))", phrase, "    \(JSONWriter.string(expected))"]
        lines += tail.flatMap { [$0.0, "    \($0.1)"] }
        if !difference.isEmpty { lines += ["diff"] + difference.map { "    \($0)" } }
        return lines.joined(separator: "\n")
    }

    /// In one line.
    var compactText: String {
        (["Expected", JSONWriter.string(actual), phrase, JSONWriter.string(expected)] + tail.flatMap { [$0.0, $0.1] })
            .joined(separator: " ")
    }

    private var tail: [(String, String)] {
        var parts: [(String, String)] = []
        if !missing.isEmpty { parts.append(("the missing elements were", JSONWriter.string(.array(missing)))) }
        if !extra.isEmpty { parts.append(("the extra elements were", JSONWriter.string(.array(extra)))) }
        return parts
    }
}

extension Matcher {
    /// The text that a difference is shown against.
    fileprivate var comparedText: String? {
        switch self {
        case .equal(.string(let text)), .havePrefix(let text), .haveSuffix(let text), .containSubstring(let text): text
        case .matchRegexp(let expression): expression.pattern
        case .not(let matcher): matcher.comparedText
        default: nil
        }
    }
}

/// A unified difference of two texts, with one line of context.
enum LineDifference {
    /// Lines that are compared; longer texts show no difference.
    static let linesMax = 1_000
    private static let context = 1

    static func lines(from old: String, to new: String) -> [String] {
        let a = old.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let b = new.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard old != new, a.count <= linesMax, b.count <= linesMax else { return [] }
        let edits = edits(a, b)
        var result = ["--- test", "+++ actual"]
        var index = 0
        while let first = edits[index...].firstIndex(where: { $0.sign != " " }) {
            var last = first
            var cursor = first
            // Changes nearer than twice the context share a hunk.
            while cursor < edits.count, cursor - last <= 2 * context {
                if edits[cursor].sign != " " { last = cursor }
                cursor += 1
            }
            let hunk = edits[max(index, first - context)...min(edits.count - 1, last + context)]
            let oldLines = hunk.filter { $0.sign != "+" }, newLines = hunk.filter { $0.sign != "-" }
            result.append(
                "@@ -\(range(hunk.first?.old ?? 0, oldLines.count)) +\(range(hunk.first?.new ?? 0, newLines.count)) @@")
            result += hunk.map { "\($0.sign)\($0.text)" }
            index = min(edits.count, last + context + 1)
            if index >= edits.count { break }
        }
        return result
    }

    private static func range(_ start: Int, _ count: Int) -> String {
        count == 1 ? "\(start + 1)" : "\(count == 0 ? start : start + 1),\(count)"
    }

    private struct Edit {
        var sign: Character
        var text: String
        /// The lines of either text before this one.
        var old: Int
        var new: Int
    }

    private static func edits(_ a: [String], _ b: [String]) -> [Edit] {
        // The longest common subsequence, from the end.
        var table = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in a.indices.reversed() {
            for j in b.indices.reversed() {
                table[i][j] = a[i] == b[j] ? table[i + 1][j + 1] + 1 : max(table[i + 1][j], table[i][j + 1])
            }
        }
        var edits: [Edit] = []
        var i = 0, j = 0
        while i < a.count || j < b.count {
            if i < a.count, j < b.count, a[i] == b[j] {
                edits.append(Edit(sign: " ", text: a[i], old: i, new: j))
                (i, j) = (i + 1, j + 1)
            } else if i < a.count, j == b.count || table[i + 1][j] >= table[i][j + 1] {
                edits.append(Edit(sign: "-", text: a[i], old: i, new: j))
                i += 1
            } else {
                edits.append(Edit(sign: "+", text: b[j], old: i, new: j))
                j += 1
            }
        }
        return edits
    }
}
